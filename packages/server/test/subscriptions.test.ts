/** The contract of subscriptions: what they cover, what they are sent, and how they end. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startReceiver } from '../../../test/harness/webhook-receiver.ts'
import { A_MONITOR, expectProblem, READER, startApi } from './api.ts'
import { type Receiving, startReceiving } from './receiving.ts'

let world: Receiving
beforeAll(async () => {
  world = await startReceiving({ DNSRADAR_RETRY_DELAYS: '20ms', DNSRADAR_WEBHOOKS_PER_GROUP: '1000' })
})
afterAll(() => world[Symbol.asyncDispose]())

describe('a subscription', () => {
  test('covers all groups and every record event unless it says otherwise', async () => {
    const { status, body } = await world.createWebhook({ url: world.freshUrl(), source: 'n8n' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ source: 'n8n', all_groups: true, groups: [], events: ['record.*'], is_active: true })
  })

  const coverage: { why: string; given: object; shown: object }[] = [
    { why: 'no group at all', given: { groups: [] }, shown: { all_groups: true, groups: [] } },
    { why: 'some groups', given: { groups: ['eu'] }, shown: { all_groups: false, groups: ['eu'] } },
    { why: 'not all groups', given: { all_groups: false }, shown: { all_groups: false, groups: ['default'] } },
    { why: 'both', given: { all_groups: true, groups: ['eu'] }, shown: { all_groups: true, groups: ['eu'] } },
  ]
  test.for(coverage)('that names $why covers that', async ({ given, shown }) => {
    expect((await world.createWebhook({ url: world.freshUrl(), source: 'zapier', ...given })).body).toMatchObject(shown)
  })

  test('made again with the same url is the same one, replaced and with a secret of its own', async () => {
    const url = world.freshUrl()
    const first = await world.createWebhook({
      url,
      source: 'n8n',
      secret: 'one',
      events: ['record.broken'],
      states: ['TIMEOUT'],
    })
    await world.api.call('POST', `/webhooks/${first.body.uuid}/disable`)
    const again = await world.createWebhook({
      url,
      source: 'n8n',
      groups: ['eu'],
      headers: { 'X-A': '1' },
      timeout_seconds: 9,
    })
    expect(again.status).toBe(200)
    expect(again.body).toMatchObject({
      uuid: first.body.uuid,
      created: first.body.created,
      is_active: true,
      disabled_reason: null,
      groups: ['eu'],
      all_groups: false,
      events: ['record.*'],
      states: [],
      headers: { 'X-A': '1' },
      timeout_seconds: 9,
      has_secret: false,
    })
    expect(again.body.signing_secret).toMatch(/^whsec_/)
    expect(again.body.signing_secret).not.toBe(first.body.signing_secret)
    const found = await world.api.call(
      'GET',
      `/webhooks?url=${encodeURIComponent(url)}&source=n8n&group=eu&is_active=true`,
    )
    expect(found.body.data.map(({ uuid }: { uuid: string }) => uuid)).toEqual([first.body.uuid])
    expect((await world.createWebhook({ url, source: 'zapier' })).status).toBe(201)
    expect((await world.createWebhook({ url })).status).toBe(201)
    expect((await world.createWebhook({ url })).status).toBe(201)
  })

  test('repeated under an idempotency key answers as it did', async () => {
    const ask = { json: { url: world.freshUrl(), source: 'n8n' }, headers: { 'Idempotency-Key': 'repeated' } }
    const first = await world.api.call('POST', '/webhooks', ask)
    expect(await world.api.call('POST', '/webhooks', ask)).toMatchObject({ status: 201, body: first.body })
  })

  const refused: { why: string; given: object; field: string; says: RegExp }[] = [
    { why: 'a hidden value', given: { headers: { 'X-A': '***' } }, field: 'headers.X-A', says: /give its value/ },
    { why: 'that of an Entri application', given: { source: 'entri' }, field: 'source', says: /use n8n or zapier/ },
    { why: 'a source nobody knows', given: { source: 'ifttt' }, field: 'source', says: /use n8n or zapier/ },
    {
      why: 'no group and not all',
      given: { source: 'n8n', groups: [], all_groups: false },
      field: 'groups',
      says: /all_groups/,
    },
  ]
  test.for(refused)('refused: $why', async ({ given, field, says }) => {
    expectProblem(await world.createWebhook({ url: world.freshUrl(), ...given }), 400, 'invalid_field', {
      [field]: says,
    })
  })

  test('has a limit of its own, which replacing one does not touch', async () => {
    await using own = await startApi({ DNSRADAR_SUBSCRIPTIONS: '1', DNSRADAR_WEBHOOKS_PER_GROUP: '1' })
    const make = (json: object) => own.call('POST', '/webhooks', { json })
    expect((await make({ url: 'https://a.example.com/' })).status).toBe(201)
    expect((await make({ url: 'https://a.example.com/', source: 'n8n', groups: ['default'] })).status).toBe(201)
    expectProblem(await make({ url: 'https://b.example.com/', source: 'n8n' }), 409, 'subscription_limit')
    expectProblem(await make({ url: 'https://b.example.com/' }), 409, 'group_webhook_limit')
    expect((await make({ url: 'https://a.example.com/', source: 'n8n' })).status).toBe(200)
  })

  test('is sent the context of a change, where a plain webhook gets the documented members only', async () => {
    const [plain, subscribed] = [world.freshUrl(), world.freshUrl()]
    const groups = ['contexts']
    await world.createWebhook({ url: plain, groups })
    await world.createWebhook({ url: subscribed, source: 'zapier', groups })
    const name = 's.example.com'
    const metadata = { customer: '7' }
    world.dns.set(name, 'A', ['192.0.2.66'])
    const json = { full_domain: name, record_type: 'A', expected_value: '192.0.2.1', group: groups[0], metadata }
    const { uuid } = await world.create(json)
    await world.check(uuid)
    world.dns.set(name, 'A', ['192.0.2.1'])
    await world.check(uuid)
    await vi.waitUntil(() => world.received(plain).length === 2 && world.received(subscribed).length === 2)
    const documented = ['uuid', 'webhook_uuid', 'created', 'event']
    const bodiesAt = (url: string) => world.received(url).map(({ body }) => JSON.parse(body))
    expect(bodiesAt(plain).map((body) => Object.keys(body))).toEqual([documented, documented])
    const [broken, restored] = bodiesAt(subscribed)
    expect(Object.keys(broken)).toEqual([...documented, 'context'])
    expect(broken.context).toMatchObject({
      kind: 'record.broken',
      hostname: name,
      group: groups[0],
      external_id: null,
      metadata,
      reasons: expect.arrayContaining([{ code: expect.any(String), message: expect.any(String), value: '192.0.2.66' }]),
      missing: ['192.0.2.1'],
      unexpected: ['192.0.2.66'],
      broken_since: expect.stringMatching(/Z$/),
      summary: expect.stringMatching(/^The A record of \S+ is not as expected: .+\.$/),
      url: null,
    })
    expect(restored.context).toMatchObject({
      kind: 'record.restored',
      missing: [],
      unexpected: [],
      broken_since: broken.context.broken_since,
      broken_for_seconds: expect.any(Number),
      summary: expect.stringMatching(/is as expected now/),
    })
  })
})

describe('the end of a subscription', () => {
  const ends: { why: string; source?: string; end: (uuid: string) => Promise<unknown>; told: number }[] = [
    {
      why: 'a Zap that we delete',
      source: 'zapier',
      end: (uuid) => world.api.call('DELETE', `/webhooks/${uuid}`),
      told: 1,
    },
    {
      why: 'a Zap that we disable and then delete',
      source: 'zapier',
      end: async (uuid) => {
        await world.api.call('POST', `/webhooks/${uuid}/disable`)
        await world.api.call('POST', `/webhooks/${uuid}/disable`)
        await world.api.call('DELETE', `/webhooks/${uuid}`)
      },
      told: 1,
    },
    {
      why: 'a Zap that ends it itself',
      source: 'zapier',
      end: (uuid) => world.api.call('DELETE', `/webhooks/${uuid}?by=subscriber`),
      told: 0,
    },
    { why: 'a workflow', source: 'n8n', end: (uuid) => world.api.call('DELETE', `/webhooks/${uuid}`), told: 0 },
    { why: 'a plain webhook', end: (uuid) => world.api.call('DELETE', `/webhooks/${uuid}`), told: 0 },
  ]
  test.for(ends)('is told by DELETE $told times to $why', async ({ source, end, told }) => {
    const url = world.freshUrl()
    const { uuid } = (await world.createWebhook({ url, ...(source === undefined ? {} : { source }) })).body
    await end(uuid)
    // A farewell that is sent later than this one would have been sent before it.
    const last = world.freshUrl()
    const marker = (await world.createWebhook({ url: last, source: 'zapier' })).body.uuid
    await world.api.call('DELETE', `/webhooks/${marker}`)
    await vi.waitUntil(() => world.received(last, 'DELETE').length === 1)
    expect(world.received(url, 'DELETE')).toHaveLength(told)
    expect(world.received(last, 'DELETE')[0]).toMatchObject({
      body: '',
      headers: { 'user-agent': expect.stringMatching(/^DNSRadar/) },
    })
  })

  test.for([
    { why: 'gave up', answer: 500, reason: 'gave_up', told: 1 },
    { why: 'was told that the Zap is gone', answer: 410, reason: 'gone', told: 0 },
  ])('is told by DELETE $told times when a delivery $why', async ({ answer, reason, told }) => {
    const url = world.freshUrl()
    const group = `dead-${answer}`
    const { uuid } = (await world.createWebhook({ url, source: 'zapier', groups: [group] })).body
    world.receiver.answer((request, response) => {
      response.writeHead(url.endsWith(request.path) ? answer : 200).end()
    })
    await world.api.call('POST', '/monitors', { json: { ...A_MONITOR, domain: `${group}.example`, group } })
    await expect
      .poll(async () => (await world.api.call('GET', `/webhooks/${uuid}`)).body, { timeout: 10_000 })
      .toMatchObject({ is_active: false, disabled_reason: reason })
    world.receiver.answer(200)
    await vi.waitUntil(() => world.received(url, 'DELETE').length === told)
    await world.api.call('DELETE', `/webhooks/${uuid}`)
    expect(world.received(url, 'DELETE')).toHaveLength(told)
  })

  test('is not held up by a receiver that is not there', async () => {
    const gone = await startReceiver()
    const { uuid } = (await world.createWebhook({ url: gone.url, source: 'zapier' })).body
    await gone.close()
    expect((await world.api.call('DELETE', `/webhooks/${uuid}`)).status).toBe(204)
  })

  test('refuses to be ended by anybody else', async () => {
    const { uuid } = (await world.createWebhook({ url: world.freshUrl(), source: 'zapier' })).body
    expectProblem(await world.api.call('DELETE', `/webhooks/${uuid}?by=me`), 400, 'invalid_query', { by: /subscriber/ })
    expectProblem(await world.api.call('DELETE', `/webhooks/${uuid}`, { key: READER }), 403, 'missing_scope')
  })
})
