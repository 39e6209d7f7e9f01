/** The trigger's life against a real server: subscribe, receive, unsubscribe, and everything that may go wrong. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startRadar, type Radar } from '../../../test/harness/radar.ts'
import { type ReceivedRequest } from '../../../test/harness/webhook-receiver.ts'
import type { Kept } from '../nodes/DnsRadarTrigger/kept.ts'
import { type Credential, loadGroups, triggerNode, type TriggerNode, type TriggerSetting } from './contexts.ts'

let radar: Radar
let credential: Credential
beforeAll(async () => {
  radar = await startRadar({ settings: { DNSRADAR_CONFIRM: '0', DNSRADAR_RETRY_DELAYS: '20ms' } })
  credential = { baseUrl: radar.url, apiKey: radar.key }
})
afterAll(async () => radar[Symbol.asyncDispose]())

let n8nCount = 0
/** An n8n of its own: no other test's deliveries come here. */
const freshN8n = (): string => `${radar.receiver.origin}/n8n-${++n8nCount}`
const trigger = (setting: Partial<TriggerSetting> = {}): TriggerNode =>
  triggerNode(credential, { n8nUrl: freshN8n(), ...setting })

const kept = ({ staticData }: TriggerNode): Kept => staticData as unknown as Kept

const subscriptions = async (node: TriggerNode) =>
  (await radar.client.listWebhooks({ limit: 100 })).data.filter(({ url }) => url === node.url)

const arrivedAt = (node: TriggerNode): ReceivedRequest[] =>
  radar.receiver.requests.filter(({ path }) => node.url.endsWith(path))

/** The next delivery for `node`, as n8n's web server hands it over. */
async function delivered(node: TriggerNode, count = 1) {
  await vi.waitFor(() => expect(arrivedAt(node)).toHaveLength(count), { timeout: 10_000 })
  const { headers, raw } = arrivedAt(node).at(-1) as ReceivedRequest
  return { headers, raw }
}

let domainCount = 0
/** A monitor that is bad from its first look on. */
async function breakRecord(extra: object = {}) {
  const name = `record-${++domainCount}.example`
  radar.dns.set(name, 'A', ['192.0.2.2'])
  const monitor = await radar.client.createMonitorAndWait({
    domain: name,
    record_type: 'A',
    expected_value: '192.0.2.1',
    ...extra,
  })
  return { name, monitor }
}

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
    for (const name of Object.keys(node.staticData)) delete node.staticData[name]
    await node.activate()
    expect(await subscriptions(node)).toHaveLength(1)
  })

  test('an orphan of the same url is taken over, and its old secret no longer opens the door', async () => {
    const node = trigger()
    await radar.client.createWebhook({ url: node.url, source: 'n8n', secret: 'of somebody else' })
    await node.activate()
    expect(await subscriptions(node)).toHaveLength(1)
    await breakRecord()
    expect(await node.receive(await delivered(node))).toMatchObject({ status: 200 })
  })

  test('one that was lost on the server is made again', async () => {
    const node = trigger()
    await node.activate()
    await radar.client.deleteWebhook(kept(node).webhookId)
    expect(await node.checkExists()).toBe(false)
    await node.activate()
    expect(await subscriptions(node)).toHaveLength(1)
  })

  test('one that another node made meanwhile is not believed, because its secret is unknown here', async () => {
    const node = trigger()
    await node.activate()
    await radar.client.deleteWebhook(kept(node).webhookId)
    await radar.client.createWebhook({ url: node.url, source: 'n8n' })
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
    await radar.client.disableWebhook(kept(node).webhookId)
    expect(await node.checkExists()).toBe(true)
    expect(await subscriptions(node)).toMatchObject([{ is_active: true }])
  })

  test('chosen groups are the only ones, and their new slugs change nothing', async () => {
    const group = await radar.client.createGroup({ slug: 'mail' })
    const node = trigger({ parameters: { scope: 'groups', groups: [group.uuid] } })
    await node.activate()
    expect(await subscriptions(node)).toMatchObject([{ all_groups: false, groups: ['mail'] }])
    await radar.client.updateGroup(group.uuid, { slug: 'mail-renamed' })
    expect(await node.checkExists()).toBe(true)
    expect(await subscriptions(node)).toMatchObject([{ groups: ['mail-renamed'] }])
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

  test('the list of groups holds all of them', async () => {
    expect(await loadGroups(credential)).toContainEqual(
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
    await radar.client.deleteWebhook(kept(node).webhookId)
    await expect(node.delete()).resolves.toBe(true)
  })

  test('without what was kept, the exact url says which one', async () => {
    const node = trigger()
    await node.activate()
    for (const name of Object.keys(node.staticData)) delete node.staticData[name]
    await node.delete()
    expect(await subscriptions(node)).toEqual([])
  })

  test('leaves alone what belongs to others: longer urls, and webhooks of the same url', async () => {
    const node = trigger()
    const other = await radar.client.createWebhook({ url: `${node.url}/more`, source: 'n8n' })
    const own = await radar.client.createWebhook({ url: node.url })
    await node.activate()
    await node.delete()
    const left = (await radar.client.listWebhooks({ limit: 100 })).data.map(({ uuid }) => uuid)
    expect(left).toEqual(expect.arrayContaining([other.uuid, own.uuid]))
  })
})

describe('listening for a test event', () => {
  test('subscribes the test url beside the active one, fetches a sample, and takes only itself away', async () => {
    const n8nUrl = freshN8n()
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
    const n8nUrl = freshN8n()
    const active = trigger({ n8nUrl })
    await active.activate()
    await trigger({ n8nUrl, listening: true, staticData: { ...active.staticData } }).delete()
    expect(await subscriptions(active)).toHaveLength(1)
  })

  test('fetches no sample when told so', async () => {
    const node = trigger({ listening: true, parameters: { options: { fetchSample: false } } })
    await node.activate()
    const [webhook] = await subscriptions(node)
    expect((await radar.client.listRequests(webhook?.uuid ?? '')).data).toEqual([])
  })

  test('goes on when the server sends no more samples this minute', async () => {
    const node = trigger({ listening: true })
    for (let time = 0; time < 7; time += 1) await expect(node.create()).resolves.toBe(true)
  })
})

describe('a delivery', () => {
  test('starts the workflow with the event and its circumstances at the top', async () => {
    const node = trigger()
    await node.activate()
    const { name, monitor } = await breakRecord({ metadata: { customer: '42' } })
    const { status, body, items } = await node.receive(await delivered(node))
    expect(status).toBe(200)
    expect(body).toEqual({ accepted: expect.stringMatching(/^req_/) })
    expect(items).toHaveLength(1)
    expect(items?.[0]?.json).toMatchObject({
      uuid: expect.stringMatching(/^req_/),
      event: { monitor_uuid: monitor.uuid, domain: name, new_state: 'MISMATCH', current_value: ['192.0.2.2'] },
      context: { kind: 'record.broken', hostname: name, metadata: { customer: '42' }, missing: ['192.0.2.1'] },
    })
  })

  test('comes flat or simplified when asked', async () => {
    const node = trigger({ parameters: { output: 'flat', options: { includeHeaders: true } } })
    await node.activate()
    const { name } = await breakRecord()
    const incoming = await delivered(node)
    expect((await node.receive(incoming)).items?.[0]?.json).toMatchObject({
      hostname: name,
      new_state: 'MISMATCH',
      added: ['192.0.2.2'],
      removed: [],
      is_recovery: false,
      is_test: false,
      delivery_uuid: expect.stringMatching(/^req_/),
      headers: { 'webhook-id': expect.stringMatching(/^req_/) },
    })
    node.staticData['seen'] = []
    node.parameters = { output: 'simplified' }
    expect(Object.keys((await node.receive(incoming)).items?.[0]?.json ?? {}).toSorted()).toEqual([
      'current_value',
      'expected_value',
      'hostname',
      'kind',
      'monitor_uuid',
      'new_state',
      'occurred',
      'old_state',
      'record_type',
      'summary',
    ])
  })

  test('of a system event comes as it is, and flat with its kind', async () => {
    const node = trigger({ parameters: { events: ['monitor.disabled'] } })
    await node.activate()
    const { monitor } = await breakRecord()
    await radar.client.disableMonitor(monitor.uuid)
    const incoming = await delivered(node)
    expect((await node.receive(incoming)).items?.[0]?.json).toMatchObject({ type: 'monitor.disabled' })
    node.staticData['seen'] = []
    node.parameters = { events: ['monitor.*'], output: 'flat' }
    expect((await node.receive(incoming)).items?.[0]?.json).toMatchObject({ kind: 'monitor.disabled', is_test: false })
  })

  test('that comes twice runs once and is answered well both times', async () => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const incoming = await delivered(node)
    expect((await node.receive(incoming)).items).toHaveLength(1)
    const again = await node.receive(incoming)
    expect(again).toMatchObject({ status: 200, body: { duplicate: expect.stringMatching(/^req_/) } })
    expect(again.items).toBeUndefined()
  })

  test('is remembered among the last 200', async () => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const incoming = await delivered(node)
    node.staticData['seen'] = Array.from({ length: 200 }, (_, index) => `req_${index}`)
    await node.receive(incoming)
    expect(node.staticData['seen']).toHaveLength(200)
    expect(kept(node).seen.at(-1)).toBe(incoming.headers['webhook-id'])
    expect(kept(node).seen[0]).toBe('req_1')
  })

  const sha = 'x-dnsradar-signature'
  const forgeries: { why: string; change: (incoming: { headers: Record<string, unknown>; raw: Buffer }) => void }[] = [
    {
      why: 'with another body',
      change: (it) => (it.raw = Buffer.from(it.raw.toString().replace('MISMATCH', 'NOT_FOUND'))),
    },
    {
      why: 'with a body written anew',
      change: (it) => (it.raw = Buffer.from(JSON.stringify(JSON.parse(it.raw.toString()), null, 1))),
    },
    { why: 'without the Standard Webhooks signature', change: (it) => delete it.headers['webhook-signature'] },
    {
      why: 'without the body signature',
      change: (it) => [sha, 'x-webhook-signature'].forEach((name) => delete it.headers[name]),
    },
    { why: 'with the body signature of another key', change: (it) => (it.headers[sha] = 'a'.repeat(64)) },
    { why: 'under another id', change: (it) => (it.headers['webhook-id'] = 'req_another') },
    { why: 'without octets', change: (it) => ((it as { raw: unknown }).raw = undefined) },
    {
      why: 'with its time moved to now',
      change: (it) => (it.headers['webhook-timestamp'] = String(Number(it.headers['webhook-timestamp']) + 1)),
    },
  ]
  test.for(forgeries)('$why is refused with 401 and starts nothing', async ({ change }) => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const { headers, raw } = await delivered(node)
    const incoming = { headers: { ...headers } as Record<string, unknown>, raw }
    change(incoming)
    const received = await node.receive(incoming as never)
    expect(received.status).toBe(401)
    expect(received.items).toBeUndefined()
    // What was refused is not remembered: the true one still runs.
    expect((await node.receive({ headers, raw })).items).toHaveLength(1)
  })

  test('from before the replay window is refused, and a wider window takes it', async () => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const incoming = await delivered(node)
    const real = Date.now()
    const clock = vi.spyOn(Date, 'now').mockReturnValue(real + 301_000)
    try {
      expect(await node.receive(incoming)).toMatchObject({ status: 401, body: { refused: 'outside_window' } })
      node.parameters = { options: { replayWindow: 600 } }
      expect(await node.receive(incoming)).toMatchObject({ status: 200 })
    } finally {
      clock.mockRestore()
    }
  })

  test('to a trigger that keeps no secret is refused: nothing can be verified', async () => {
    const node = trigger()
    await node.activate()
    await breakRecord()
    const incoming = await delivered(node)
    delete node.staticData['secret']
    expect(await node.receive(incoming)).toMatchObject({ status: 401 })
  })

  const filters: { why: string; parameters: object; reason: string }[] = [
    { why: 'an event not chosen', parameters: { events: ['record.restored'] }, reason: 'event' },
    { why: 'a state not chosen', parameters: { filters: { states: ['TIMEOUT', 'NOT_FOUND'] } }, reason: 'state' },
    { why: 'a record type not chosen', parameters: { filters: { recordTypes: ['MX'] } }, reason: 'record_type' },
    { why: 'a name outside the pattern', parameters: { filters: { domain: '*.example.com' } }, reason: 'domain' },
    {
      why: 'a monitor not chosen',
      parameters: {
        scope: 'monitors',
        monitors: { values: [{ monitor: { __rl: true, mode: 'id', value: 'mon_other' } }] },
      },
      reason: 'monitor',
    },
  ]
  test.for(filters)(
    'of $why, queued before the choice changed, is answered and runs nothing',
    async ({ parameters, reason }) => {
      const node = trigger()
      await node.activate()
      await breakRecord()
      const incoming = await delivered(node)
      node.parameters = parameters as never
      const received = await node.receive(incoming)
      expect(received).toMatchObject({ status: 200, body: { reason } })
      expect(received.items).toBeUndefined()
    },
  )

  test('that the filters leave out is never sent at all', async () => {
    const node = trigger({ parameters: { events: ['record.restored'] } })
    await node.activate()
    const { name, monitor } = await breakRecord()
    radar.dns.set(name, 'A', ['192.0.2.1'])
    await radar.client.checkMonitor(monitor.uuid)
    const { items } = await node.receive(await delivered(node))
    expect(items?.[0]?.json).toMatchObject({ event: { new_state: 'VALID' } })
    expect(arrivedAt(node)).toHaveLength(1)
  })
})

describe('a test delivery', () => {
  const cases = [
    { testDeliveries: 'listening', listening: false, runs: false },
    { testDeliveries: 'listening', listening: true, runs: true },
    { testDeliveries: 'always', listening: false, runs: true },
    { testDeliveries: 'never', listening: true, runs: false },
  ]
  test.for(cases)('runs $runs when "$testDeliveries" is chosen and listening is $listening', async (row) => {
    const { testDeliveries, listening, runs } = row
    const node = trigger({ listening, parameters: { options: { testDeliveries, fetchSample: false } } })
    await node.activate()
    await radar.client.testWebhook(kept(node).webhookId)
    const { status, items } = await node.receive(await delivered(node))
    expect(status).toBe(200)
    expect(items?.length ?? 0).toBe(runs ? 1 : 0)
    if (runs) expect(items?.[0]?.json['uuid']).toContain('_test_')
  })
})

describe('when the server refuses or cannot be reached', () => {
  test('a wrong key fails the activation with the words of the API and a way out', async () => {
    const node = triggerNode({ ...credential, apiKey: 'sk_wrong_wrong_wrong_wrong' }, { n8nUrl: freshN8n() })
    await expect(node.activate()).rejects.toMatchObject({
      name: 'NodeApiError',
      httpCode: '401',
      message: expect.stringContaining('(unknown_key)'),
      description: expect.stringContaining('Copy the key'),
    })
  })

  test('a server that is down fails subscribing and unsubscribing, so that n8n tries again', async () => {
    const node = triggerNode({ ...credential, baseUrl: 'http://127.0.0.1:1' }, { n8nUrl: freshN8n() })
    await expect(node.create()).rejects.toThrow('could not be reached at http://127.0.0.1:1')
    await expect(node.delete()).rejects.toThrow('could not be reached')
  })

  test('an address that is no DNSRadar says so', async () => {
    radar.receiver.answer({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' }, 1)
    const node = triggerNode({ ...credential, baseUrl: radar.receiver.origin }, { n8nUrl: freshN8n() })
    await expect(node.delete()).rejects.toMatchObject({ description: expect.stringContaining('base URL') })
  })
})
