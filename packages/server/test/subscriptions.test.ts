/** The contract of subscriptions, of editing webhooks and of system events over HTTP. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import { type Receiver, startReceiver } from '../../../test/harness/webhook-receiver.ts'
import { A_MONITOR, type Api, expectProblem, READER, type Reply, startApi, WRITER } from './api.ts'

let dns: DnsServer
let receiver: Receiver
let api: Api

beforeAll(async () => {
  dns = await startDnsServer()
  receiver = await startReceiver()
  api = await startApi({
    DNSRADAR_RESOLVERS: dns.address,
    DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1',
    DNSRADAR_DNS_TIMEOUT: '5s',
    DNSRADAR_RETRY_DELAYS: '20ms',
    DNSRADAR_WEBHOOKS_PER_GROUP: '1000',
  })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await dns[Symbol.asyncDispose]()
})

let made = 0
/** A url that no other webhook has. */
const freshUrl = (): string => `${receiver.origin}/hook-${++made}`
const create = (json: object): Promise<Reply> => api.call('POST', '/webhooks', { json })
const received = (url: string, method = 'POST') =>
  receiver.requests.filter((request) => request.method === method && url.endsWith(request.path))
const receivedBodies = (url: string) => received(url).map(({ body }) => JSON.parse(body))

describe('a subscription', () => {
  test('covers all groups and every record event unless it says otherwise', async () => {
    const { status, body } = await create({ url: freshUrl(), source: 'n8n' })
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
    expect((await create({ url: freshUrl(), source: 'zapier', ...given })).body).toMatchObject(shown)
  })

  test('made again with the same url is the same one, replaced and with a secret of its own', async () => {
    const url = freshUrl()
    const first = await create({ url, source: 'n8n', secret: 'one', events: ['record.broken'], states: ['TIMEOUT'] })
    await api.call('POST', `/webhooks/${first.body.uuid}/disable`)
    const again = await create({ url, source: 'n8n', groups: ['eu'], headers: { 'X-A': '1' }, timeout_seconds: 9 })
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
    const found = await api.call('GET', `/webhooks?url=${encodeURIComponent(url)}&source=n8n&group=eu&is_active=true`)
    expect(found.body.data.map(({ uuid }: { uuid: string }) => uuid)).toEqual([first.body.uuid])
    expect((await create({ url, source: 'zapier' })).status).toBe(201)
    expect((await create({ url })).status).toBe(201)
    expect((await create({ url })).status).toBe(201)
  })

  test('repeated under an idempotency key answers as it did', async () => {
    const ask = { json: { url: freshUrl(), source: 'n8n' }, headers: { 'Idempotency-Key': `k-${made}` } }
    const first = await api.call('POST', '/webhooks', ask)
    expect(await api.call('POST', '/webhooks', ask)).toMatchObject({ status: 201, body: first.body })
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
    expectProblem(await create({ url: freshUrl(), ...given }), 400, 'invalid_field', { [field]: says })
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
    const [plain, subscribed] = [freshUrl(), freshUrl()]
    const groups = [`g-${made}`]
    await create({ url: plain, groups })
    await create({ url: subscribed, source: 'zapier', groups })
    const name = `s${made}.example.com`
    const metadata = { customer: '7' }
    dns.set(name, 'A', ['192.0.2.66'])
    const json = { full_domain: name, record_type: 'A', expected_value: '192.0.2.1', group: groups[0], metadata }
    const { uuid } = (await api.call('POST', '/monitors', { json })).body
    await api.call('POST', `/monitors/${uuid}/check`)
    dns.set(name, 'A', ['192.0.2.1'])
    await api.call('POST', `/monitors/${uuid}/check`)
    await vi.waitUntil(() => received(plain).length === 2 && received(subscribed).length === 2)
    const documented = ['uuid', 'webhook_uuid', 'created', 'event']
    expect(receivedBodies(plain).map((body) => Object.keys(body))).toEqual([documented, documented])
    const [broken, restored] = receivedBodies(subscribed)
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
    { why: 'a Zap that we delete', source: 'zapier', end: (uuid) => api.call('DELETE', `/webhooks/${uuid}`), told: 1 },
    {
      why: 'a Zap that we disable and then delete',
      source: 'zapier',
      end: async (uuid) => {
        await api.call('POST', `/webhooks/${uuid}/disable`)
        await api.call('POST', `/webhooks/${uuid}/disable`)
        await api.call('DELETE', `/webhooks/${uuid}`)
      },
      told: 1,
    },
    {
      why: 'a Zap that ends it itself',
      source: 'zapier',
      end: (uuid) => api.call('DELETE', `/webhooks/${uuid}?by=subscriber`),
      told: 0,
    },
    { why: 'a workflow', source: 'n8n', end: (uuid) => api.call('DELETE', `/webhooks/${uuid}`), told: 0 },
    { why: 'a plain webhook', end: (uuid) => api.call('DELETE', `/webhooks/${uuid}`), told: 0 },
  ]
  test.for(ends)('is told by DELETE $told times to $why', async ({ source, end, told }) => {
    const url = freshUrl()
    const { uuid } = (await create({ url, ...(source === undefined ? {} : { source }) })).body
    await end(uuid)
    // A farewell that is sent later than this one would have been sent before it.
    const last = freshUrl()
    const marker = (await create({ url: last, source: 'zapier' })).body.uuid
    await api.call('DELETE', `/webhooks/${marker}`)
    await vi.waitUntil(() => received(last, 'DELETE').length === 1)
    expect(received(url, 'DELETE')).toHaveLength(told)
    expect(received(last, 'DELETE')[0]).toMatchObject({
      body: '',
      headers: { 'user-agent': expect.stringMatching(/^DNSRadar/) },
    })
  })

  test.for([
    { why: 'gave up', answer: 500, reason: 'gave_up', told: 1 },
    { why: 'was told that the Zap is gone', answer: 410, reason: 'gone', told: 0 },
  ])('is told by DELETE $told times when a delivery $why', async ({ answer, reason, told }) => {
    const url = freshUrl()
    const group = `dead-${made}`
    const { uuid } = (await create({ url, source: 'zapier', groups: [group] })).body
    receiver.answer((request, response) => {
      response.writeHead(url.endsWith(request.path) ? answer : 200).end()
    })
    await api.call('POST', '/monitors', { json: { ...A_MONITOR, domain: `${group}.example`, group } })
    await expect
      .poll(async () => (await api.call('GET', `/webhooks/${uuid}`)).body, { timeout: 10_000 })
      .toMatchObject({ is_active: false, disabled_reason: reason })
    receiver.answer(200)
    await vi.waitUntil(() => received(url, 'DELETE').length === told)
    await api.call('DELETE', `/webhooks/${uuid}`)
    expect(received(url, 'DELETE')).toHaveLength(told)
  })

  test('is not held up by a receiver that is not there', async () => {
    const gone = await startReceiver()
    const { uuid } = (await create({ url: gone.url, source: 'zapier' })).body
    await gone.close()
    expect((await api.call('DELETE', `/webhooks/${uuid}`)).status).toBe(204)
  })

  test('refuses to be ended by anybody else', async () => {
    const { uuid } = (await create({ url: freshUrl(), source: 'zapier' })).body
    expectProblem(await api.call('DELETE', `/webhooks/${uuid}?by=me`), 400, 'invalid_query', { by: /subscriber/ })
    expectProblem(await api.call('DELETE', `/webhooks/${uuid}`, { key: READER }), 403, 'missing_scope')
  })
})

describe('editing a webhook', () => {
  const GIVEN = {
    method: 'PUT',
    headers: { Authorization: 'Bearer t', 'X-Team': 'dns' },
    groups: ['eu'],
    events: ['record.broken'],
    states: ['TIMEOUT'],
    record_types: ['MX'],
    timeout_seconds: 9,
  }
  const edits: { why: string; given: object; changes: object }[] = [
    { why: 'its method', given: { method: 'POST' }, changes: { method: 'POST' } },
    { why: 'its events', given: { events: ['*'] }, changes: { events: ['*'] } },
    { why: 'its states', given: { states: [] }, changes: { states: [] } },
    { why: 'its record types', given: { record_types: ['A', 'SPF'] }, changes: { record_types: ['A', 'SPF'] } },
    { why: 'its groups', given: { groups: ['us', 'eu', 'us'] }, changes: { groups: ['eu', 'us'] } },
    { why: 'that it covers all groups', given: { all_groups: true }, changes: { all_groups: true } },
    { why: 'groups for all', given: { groups: [], all_groups: true }, changes: { groups: [], all_groups: true } },
    { why: 'its timeout', given: { timeout_seconds: 30 }, changes: { timeout_seconds: 30 } },
    { why: 'its secret', given: { secret: 'mine' }, changes: { has_secret: true } },
    { why: 'its format to the same', given: { format: 'dnsradar' }, changes: {} },
    { why: 'all headers', given: { headers: { 'X-New': '1' } }, changes: { headers: { 'X-New': '1' } } },
    { why: 'no header', given: { headers: {} }, changes: { headers: {} } },
    {
      why: 'one header and keeps what it cannot see',
      given: { headers: { authorization: '***', 'X-Team': 'ops' } },
      changes: { headers: { authorization: 'Bearer t', 'X-Team': 'ops' } },
    },
  ]
  test.for(edits)('changes $why and nothing else', async ({ given, changes }) => {
    const { signing_secret: _, ...before } = (await create({ url: freshUrl(), ...GIVEN })).body
    const edited = await api.call('PATCH', `/webhooks/${before.uuid}`, { json: given, key: WRITER })
    expect(edited.status).toBe(200)
    expect(edited.body).toEqual({ ...before, ...changes })
    expect((await api.call('GET', `/webhooks/${before.uuid}`)).body).toEqual(edited.body)
  })

  test('moves it to another url, and a test goes there', async () => {
    const { uuid } = (await create({ url: freshUrl() })).body
    const url = freshUrl()
    expect((await api.call('PATCH', `/webhooks/${uuid}`, { json: { url } })).body.url).toBe(url)
    await api.call('POST', `/webhooks/${uuid}/test`)
    await vi.waitUntil(() => received(url).length === 1)
  })

  const refused: { why: string; given: object; code?: string; field: string; says: RegExp }[] = [
    { why: 'nothing', given: {}, code: 'invalid_body', field: '', says: /at least one field/ },
    { why: 'a private url', given: { url: 'http://10.0.0.1/' }, code: 'blocked_target', field: 'url', says: /private/ },
    {
      why: 'a header of ours',
      given: { headers: { 'webhook-id': '1' } },
      code: 'blocked_header',
      field: 'headers.webhook-id',
      says: /DNSRadar/,
    },
    { why: 'a value that is not there', given: { headers: { 'X-B': '***' } }, field: 'headers.X-B', says: /none/ },
    { why: 'an unknown kind', given: { events: ['x.*'] }, field: 'events[0]', says: /covers no event/ },
    { why: 'no group', given: { groups: [] }, field: 'groups', says: /all_groups/ },
    {
      why: 'a monitor that is not there',
      given: { monitors: ['mon_01h455vb4pex5vsknk084sn02q'] },
      field: 'monitors[0]',
      says: /no monitor/,
    },
    { why: 'a format without a writer', given: { format: 'entri' }, field: 'format', says: /not available/ },
    { why: 'no secret', given: { secret: null }, field: 'secret', says: /give a string/ },
    { why: 'its activity', given: { is_active: false }, code: 'unknown_field', field: 'is_active', says: /not known/ },
    { why: 'its source', given: { source: 'n8n' }, code: 'unknown_field', field: 'source', says: /not known/ },
  ]
  test.for(refused)('refused: $why', async ({ given, code = 'invalid_field', field, says }) => {
    const { signing_secret: _, ...before } = (await create({ url: freshUrl(), ...GIVEN })).body
    expectProblem(await api.call('PATCH', `/webhooks/${before.uuid}`, { json: given }), 400, code, { [field]: says })
    expect((await api.call('GET', `/webhooks/${before.uuid}`)).body).toEqual(before)
  })

  test('that no longer covers all groups needs one by name', async () => {
    const { uuid } = (await create({ url: freshUrl(), all_groups: true })).body
    const patch = (json: object) => api.call('PATCH', `/webhooks/${uuid}`, { json })
    expectProblem(await patch({ all_groups: false }), 400, 'invalid_field', { all_groups: /no group is named/ })
    expect((await patch({ all_groups: false, groups: ['eu'] })).body).toMatchObject({
      all_groups: false,
      groups: ['eu'],
    })
  })

  test('cannot join a full group, and stays in one that is full with it', async () => {
    await using own = await startApi({ DNSRADAR_WEBHOOKS_PER_GROUP: '1' })
    const make = async (group: string): Promise<string> =>
      (await own.call('POST', '/webhooks', { json: { url: 'https://a.example.com/', groups: [group] } })).body.uuid
    const uuid = await make('eu')
    await make('us')
    const patch = (groups: string[]) => own.call('PATCH', `/webhooks/${uuid}`, { json: { groups } })
    expectProblem(await patch(['eu', 'us']), 409, 'group_webhook_limit')
    expect((await patch(['eu', 'new'])).status).toBe(200)
  })

  test('cannot take the url of another subscription', async () => {
    const [one, two] = [freshUrl(), freshUrl()]
    await create({ url: one, source: 'n8n' })
    const { uuid } = (await create({ url: two, source: 'n8n' })).body
    expectProblem(await api.call('PATCH', `/webhooks/${uuid}`, { json: { url: one } }), 409, 'conflict', {
      url: /another/,
    })
  })

  test('needs write scope and a webhook that is there', async () => {
    const { uuid } = (await create({ url: freshUrl() })).body
    const json = { timeout_seconds: 5 }
    expectProblem(await api.call('PATCH', `/webhooks/${uuid}`, { json, key: READER }), 403, 'missing_scope')
    expectProblem(await api.call('PATCH', '/webhooks/wh_01h455vb4pex5vsknk084sn02q', { json }), 404, 'not_found')
    expectProblem(await api.call('PATCH', '/webhooks/x', { json }), 404, 'not_found')
  })
})

describe('system events', () => {
  const LIFE = ['monitor.created', 'domain.restored', 'monitor.disabled', 'monitor.enabled', 'monitor.deleted']
  let live: Api
  let url: string
  let webhook: string
  let monitor: string
  const list = async (query = '') => (await live.call('GET', `/system-events?${query}`)).body
  const types = async (query = '') => (await list(query)).data.map(({ type }: { type: string }) => type)

  beforeAll(async () => {
    live = await startApi({
      DNSRADAR_RESOLVERS: dns.address,
      DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1',
      DNSRADAR_DNS_TIMEOUT: '5s',
    })
    url = freshUrl()
    webhook = (await live.call('POST', '/webhooks', { json: { url, events: ['monitor.*', 'domain.*'] } })).body.uuid
    dns.set('www.story.example', 'A', ['192.0.2.66'])
    const json = { ...A_MONITOR, domain: 'story.example', external_id: 'c-7' }
    monitor = (await live.call('POST', '/monitors', { json })).body.uuid
    await live.call('POST', `/monitors/${monitor}/check`)
    dns.set('www.story.example', 'A', ['192.0.2.1'])
    await live.call('POST', `/monitors/${monitor}/check`)
    await live.call('POST', `/monitors/${monitor}/disable`)
    await live.call('PATCH', `/monitors/${monitor}`, { json: { is_active: true } })
    await live.call('DELETE', `/monitors/${monitor}`)
    await vi.waitUntil(() => received(url).length === LIFE.length)
    await live.call('POST', `/webhooks/${webhook}/disable`)
    await live.call('POST', `/webhooks/${webhook}/enable`)
  })
  afterAll(() => live[Symbol.asyncDispose]())

  test('are listed from the newest', async () => {
    expect(await types()).toEqual([...LIFE, 'webhook.recovered'].toReversed())
    expect(await types('order_way=asc')).toEqual([...LIFE, 'webhook.recovered'])
  })

  test('filters', async () => {
    const soon = Math.floor(Date.now() / 1000) + 3600
    const cases: [query: string, found: number][] = [
      ['type=monitor.created', 1],
      ['type=monitor.*', 4],
      ['type=*', 6],
      ['type=resolver.*', 0],
      [`created_before=${soon}`, 6],
      [`created_after=${soon}`, 0],
      [`created_after=1&created_before=${soon}&type=domain.*&order_by=created&limit=1`, 1],
    ]
    for (const [query, found] of cases) expect([query, (await types(query)).length]).toEqual([query, found])
  })

  test.for(['type=record.*', 'type=monitor.c*d', 'type=', 'created_after=now', 'limit=0', 'monitor=x'])(
    'refused: ?%s',
    async (query) => {
      const field = { [query.split('=')[0] ?? '']: /./ }
      expectProblem(await live.call('GET', `/system-events?${query}`), 400, 'invalid_query', field)
    },
  )

  test('pages join without gaps or repeats', async () => {
    const first = await list('limit=4')
    const second = await list(`limit=4&after=${first.after}`)
    expect([...first.data, ...second.data].map(({ uuid }: { uuid: string }) => uuid)).toEqual(
      (await list()).data.map(({ uuid }: { uuid: string }) => uuid),
    )
    expect(await list(`limit=4&before=${second.before}`)).toMatchObject({ data: first.data, has_more: false })
    expectProblem(await live.call('GET', '/system-events?after=x'), 400, 'invalid_cursor')
  })

  test('say what happened, with the objects as the API shows them', async () => {
    const [created, restored, , , deleted] = (await list('order_way=asc')).data
    expect(created.data.monitor).toMatchObject({ uuid: monitor, state: 'UNSET', external_id: 'c-7', group: 'default' })
    expect(deleted.data.monitor).toMatchObject({ uuid: monitor, is_active: true, state: 'VALID' })
    expect(restored.data).toEqual({
      domain: 'story.example',
      monitors: [monitor],
      broken_since: expect.stringMatching(/Z$/),
      broken_for_seconds: expect.any(Number),
    })
    const [recovered] = (await list('type=webhook.*')).data
    expect(recovered.data).toMatchObject({
      webhook: { uuid: webhook, url, is_active: true },
      reason: 'manual',
      last_error: null,
    })
  })

  test('are delivered in order to whoever asks for them, and found again as requests', async () => {
    expect(receivedBodies(url).map(({ type }) => type)).toEqual(LIFE)
    expect(received(url).map(({ headers }) => headers['webhook-sequence'])).toEqual(['1', '2', '3', '4', '5'])
    expect(received(url).map(({ headers }) => headers['x-dnsradar-event'])).toEqual(LIFE)
    expect(received(url)[0]?.headers).toMatchObject({
      'x-dnsradar-group': 'default',
      'x-dnsradar-external-id': 'c-7',
    })
    const [event] = (await list('order_way=asc')).data
    const { data } = (await live.call('GET', `/webhooks/${webhook}/requests?order_way=asc`)).body
    expect(data[0]).toMatchObject({ kind: 'system', event_uuid: null, system_event_uuid: event.uuid, sequence: 1 })
    const one = (await live.call('GET', `/webhooks/${webhook}/requests/${data[0].uuid}`)).body
    expect(one.body).toBe(received(url)[0]?.body)
    expect(JSON.parse(one.body)).toEqual({
      uuid: data[0].uuid,
      webhook_uuid: webhook,
      created: data[0].created,
      type: 'monitor.created',
      data: { system_event_uuid: event.uuid, ...event.data },
    })
  })
})

test('a resolver that cannot be reached is a system event of the default organization', async () => {
  await using own = await startApi()
  await own.call('POST', '/monitors', { json: A_MONITOR })
  const outages = async () => (await own.call('GET', '/system-events?type=resolver.*')).body.data
  await vi.waitUntil(async () => (await outages()).length > 0, 10_000)
  expect(await outages()).toMatchObject([
    {
      type: 'resolver.outage',
      data: { server: expect.any(String), since: expect.stringMatching(/Z$/), failing_share: expect.any(Number) },
    },
  ])
})
