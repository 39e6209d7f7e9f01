/** The trigger's subscription against a real server: made, kept, changed, taken away, and everything that may go wrong. */
import { describe, expect, test } from 'vitest'
import { loadGroups, triggerNode } from './contexts.ts'
import { forgetEverything, kept, triggerBench } from './trigger-bench.ts'

const bench = triggerBench()
const { arrivedAt, breakRecord, delivered, subscriptions, trigger } = bench

describe('subscribing', () => {
  test('activation makes one signed subscription of its own url that covers all groups', async () => {
    const node = trigger()
    await node.activate()
    expect(await subscriptions(node)).toMatchObject([
      { source: 'n8n', method: 'POST', is_active: true, all_groups: true, events: ['record.*'], has_secret: true },
    ])
  })

  test('the secret is made here, 32 octets long, and another for each subscription', async () => {
    const nodes = [trigger(), trigger()]
    for (const node of nodes) await node.activate()
    const secrets = nodes.map((node) => kept(node).secret)
    expect(new Set(secrets).size).toBe(2)
    for (const secret of secrets) expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32)
  })

  test('activated again, after a restart as well, it is the same subscription', async () => {
    const node = trigger()
    for (let time = 0; time < 3; time += 1) await node.activate()
    expect(await subscriptions(node)).toHaveLength(1)
    expect(await node.checkExists()).toBe(true)
  })

  test('a create whose answer was lost makes no second one', async () => {
    const node = trigger()
    await node.create()
    forgetEverything(node)
    await node.activate()
    expect(await subscriptions(node)).toHaveLength(1)
  })

  test('an orphan of the same url is taken over, and its old secret no longer opens the door', async () => {
    const node = trigger()
    await bench.radar.client.createWebhook({ url: node.url, source: 'n8n', secret: 'of somebody else' })
    await node.activate()
    expect(await subscriptions(node)).toHaveLength(1)
    await breakRecord()
    expect(await node.receive(await delivered(node))).toMatchObject({ status: 200 })
  })

  test('one that was lost on the server is made again', async () => {
    const node = trigger()
    await node.activate()
    await bench.radar.client.deleteWebhook(kept(node).webhookId)
    expect(await node.checkExists()).toBe(false)
    await node.activate()
    expect(await subscriptions(node)).toHaveLength(1)
  })

  test('one that another node made meanwhile is not believed, because its secret is unknown here', async () => {
    const node = trigger()
    await node.activate()
    await bench.radar.client.deleteWebhook(kept(node).webhookId)
    await bench.radar.client.createWebhook({ url: node.url, source: 'n8n' })
    expect(await node.checkExists()).toBe(false)
  })

  test('changed choices are patched into the subscription, whose id and secret stay', async () => {
    const node = trigger()
    await node.activate()
    const before = { ...node.staticData }
    node.parameters = { events: ['record.broken'], filters: { states: ['TIMEOUT'], recordTypes: ['MX'] } }
    expect(await node.checkExists()).toBe(true)
    expect(await subscriptions(node)).toMatchObject([
      { uuid: before['webhookId'], events: ['record.broken'], states: ['TIMEOUT'], record_types: ['MX'] },
    ])
    expect(node.staticData).toEqual(before)
  })

  test('one that was disabled is enabled again', async () => {
    const node = trigger()
    await node.activate()
    await bench.radar.client.disableWebhook(kept(node).webhookId)
    expect(await node.checkExists()).toBe(true)
    expect(await subscriptions(node)).toMatchObject([{ is_active: true }])
  })

  test('chosen groups are the only ones, and their new slugs change nothing', async () => {
    const group = await bench.radar.client.createGroup({ slug: 'mail' })
    const node = trigger({ parameters: { scope: 'groups', groups: [group.uuid] } })
    await node.activate()
    expect(await subscriptions(node)).toMatchObject([{ all_groups: false, groups: ['mail'] }])
    await bench.radar.client.updateGroup(group.uuid, { slug: 'mail-renamed' })
    expect(await node.checkExists()).toBe(true)
    expect(await subscriptions(node)).toMatchObject([{ groups: ['mail-renamed'] }])
  })

  test('an expression that gives one value is that choice, not any', async () => {
    const node = trigger({ parameters: { events: 'record.broken', filters: { states: 'TIMEOUT' } } })
    await node.activate()
    expect(await subscriptions(node)).toMatchObject([{ events: ['record.broken'], states: ['TIMEOUT'] }])
  })

  test('chosen monitors are the filter of the server', async () => {
    const { monitor } = await breakRecord()
    const values = [{ monitor: { __rl: true, mode: 'id', value: monitor.uuid } }]
    const node = trigger({ parameters: { scope: 'monitors', monitors: { values } } })
    await node.activate()
    expect(await subscriptions(node)).toMatchObject([{ monitors: [monitor.uuid] }])
  })

  test.for([
    { scope: 'groups', what: 'group' },
    { scope: 'monitors', what: 'monitor' },
  ])('a choice of $scope without one is refused instead of meaning all', async ({ scope, what }) => {
    const node = trigger({ parameters: { scope, monitors: { values: [] } } })
    await expect(node.create()).rejects.toThrow(`No ${what} is chosen`)
    expect(await subscriptions(node)).toEqual([])
  })

  test('an address that only this machine can reach is given to a server elsewhere with a warning', async () => {
    const elsewhere = { ...bench.credential, baseUrl: bench.radar.url.replace('127.0.0.1', '0.0.0.0') }
    const node = triggerNode(elsewhere, { n8nUrl: bench.freshN8n() })
    await node.activate()
    expect(node.warnings).toEqual([expect.stringContaining('set N8N_WEBHOOK_URL')])
    expect(await subscriptions(node)).toHaveLength(1)
    const beside = trigger()
    await beside.activate()
    expect(beside.warnings).toEqual([])
  })

  test('the list of groups holds all of them', async () => {
    expect(await loadGroups(bench.credential)).toContainEqual(
      expect.objectContaining({ name: expect.stringContaining('(default)') }),
    )
  })
})

describe('unsubscribing', () => {
  test('leaves nothing, here or there, and can be done again', async () => {
    const node = trigger()
    await node.activate()
    for (let time = 0; time < 2; time += 1) {
      await node.delete()
      expect(await subscriptions(node)).toEqual([])
      expect(node.staticData).toEqual({})
    }
  })

  test('one that is gone already is done', async () => {
    const node = trigger()
    await node.activate()
    await bench.radar.client.deleteWebhook(kept(node).webhookId)
    await expect(node.delete()).resolves.toBe(true)
  })

  test('without what was kept, the exact url says which one', async () => {
    const node = trigger()
    await node.activate()
    forgetEverything(node)
    await node.delete()
    expect(await subscriptions(node)).toEqual([])
  })

  test('leaves alone what belongs to others: longer urls, and webhooks of the same url', async () => {
    const node = trigger()
    const other = await bench.radar.client.createWebhook({ url: `${node.url}/more`, source: 'n8n' })
    const own = await bench.radar.client.createWebhook({ url: node.url })
    await node.activate()
    await node.delete()
    const left = (await bench.radar.client.listWebhooks({ limit: 100 })).data.map(({ uuid }) => uuid)
    expect(left).toEqual(expect.arrayContaining([other.uuid, own.uuid]))
  })

  test('takes away one that was made again behind its back', async () => {
    const node = trigger()
    await node.activate()
    await bench.radar.client.deleteWebhook(kept(node).webhookId)
    await bench.radar.client.createWebhook({ url: node.url, source: 'n8n' })
    await node.delete()
    expect(await subscriptions(node)).toEqual([])
  })
})

describe('listening for a test event', () => {
  test('subscribes the test url beside the active one, fetches a sample, and takes only itself away', async () => {
    const n8nUrl = bench.freshN8n()
    const active = trigger({ n8nUrl })
    await active.activate()
    // n8n hands what the active one keeps to the hooks of the test.
    const listening = trigger({ n8nUrl, listening: true, staticData: { ...active.staticData } })
    await listening.activate()
    const received = await listening.receive(await delivered(listening))
    expect(received).toMatchObject({ status: 200, items: [{ json: { event: { domain: 'example.com' } } }] })
    expect(arrivedAt(active)).toEqual([])
    await listening.delete()
    expect(await subscriptions(listening)).toEqual([])
    expect(await subscriptions(active)).toHaveLength(1)
  })

  test('whoever stops listening before the test subscribed loses nothing that is active', async () => {
    const n8nUrl = bench.freshN8n()
    const active = trigger({ n8nUrl })
    await active.activate()
    await trigger({ n8nUrl, listening: true, staticData: { ...active.staticData } }).delete()
    expect(await subscriptions(active)).toHaveLength(1)
  })

  test('fetches no sample when told so', async () => {
    const node = trigger({ listening: true, parameters: { options: { fetchSample: false } } })
    await node.activate()
    const [webhook] = await subscriptions(node)
    expect((await bench.radar.client.listRequests(webhook?.uuid ?? '')).data).toEqual([])
  })

  test('goes on when the server sends no more samples this minute', async () => {
    const node = trigger({ listening: true })
    for (let time = 0; time < 7; time += 1) await expect(node.create()).resolves.toBe(true)
  })
})

describe('when the server refuses or cannot be reached', () => {
  test('a wrong key fails the activation with the words of the API and a way out', async () => {
    const node = triggerNode(
      { ...bench.credential, apiKey: 'sk_wrong_wrong_wrong_wrong' },
      { n8nUrl: bench.freshN8n() },
    )
    await expect(node.activate()).rejects.toMatchObject({
      name: 'NodeApiError',
      httpCode: '401',
      message: expect.stringContaining('(unknown_key)'),
      description: expect.stringContaining('Copy the key'),
    })
  })

  test('a server that is down fails subscribing and unsubscribing, so that n8n tries again', async () => {
    const node = triggerNode({ ...bench.credential, baseUrl: 'http://127.0.0.1:1' }, { n8nUrl: bench.freshN8n() })
    await expect(node.create()).rejects.toThrow('could not be reached at http://127.0.0.1:1')
    await expect(node.delete()).rejects.toThrow('could not be reached')
  })

  test('an address that is no DNSRadar says so', async () => {
    bench.radar.receiver.answer({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' }, 1)
    const node = triggerNode(
      { ...bench.credential, baseUrl: bench.radar.receiver.origin },
      { n8nUrl: bench.freshN8n() },
    )
    await expect(node.delete()).rejects.toMatchObject({ description: expect.stringContaining('base URL') })
  })
})
