/** The contract of `/webhooks` and of the lists of their requests over HTTP. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import { type Receiver, startReceiver } from '../../../test/harness/webhook-receiver.ts'
import { A_MONITOR, type Api, expectProblem, READER, startApi } from './api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ DNSRADAR_WEBHOOKS_PER_GROUP: '1000' })
})
afterAll(() => api[Symbol.asyncDispose]())

const URL = 'https://hooks.example.com/radar'
const create = (change: object = {}) => api.call('POST', '/webhooks', { json: { url: URL, method: 'POST', ...change } })

describe('creating a webhook', () => {
  test('the smallest body gives a webhook with every default and its secret, this once', async () => {
    const { status, body } = await api.call('POST', '/webhooks', { json: { url: URL } })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      url: URL,
      method: 'POST',
      headers: {},
      is_active: true,
      last_error: null,
      last_executed: null,
      groups: ['default'],
      all_groups: false,
      source: null,
      format: 'dnsradar',
      format_options: {},
      events: ['record.*'],
      states: [],
      record_types: [],
      monitors: [],
      timeout_seconds: 5,
      has_secret: false,
      disabled_reason: null,
      pending: 0,
      next_attempt: null,
    })
    expect(Buffer.from(body.signing_secret.slice('whsec_'.length), 'base64')).toHaveLength(32)
    expect((await api.call('GET', `/webhooks/${body.uuid}`)).body).not.toHaveProperty('signing_secret')
  })

  const accepted: { why: string; given: object; shown: object }[] = [
    ...['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ why: method, given: { method }, shown: { method } })),
    {
      why: 'headers keep their spelling',
      given: { headers: { 'X-Team': 'dns' } },
      shown: { headers: { 'X-Team': 'dns' } },
    },
    { why: 'new groups', given: { groups: ['new-a', 'new-b'] }, shown: { groups: ['new-a', 'new-b'] } },
    { why: 'all groups', given: { all_groups: true }, shown: { all_groups: true, groups: [] } },
    { why: 'no group by name with all groups', given: { all_groups: true, groups: [] }, shown: { all_groups: true } },
    { why: 'a secret', given: { secret: 'hunter2' }, shown: { has_secret: true } },
    { why: 'its own timeout', given: { timeout_seconds: 30 }, shown: { timeout_seconds: 30 } },
    {
      why: 'kinds of events',
      given: { events: ['record.broken', 'webhook.*', '*'] },
      shown: { events: ['record.broken', 'webhook.*', '*'] },
    },
    { why: 'states', given: { states: ['MISMATCH'] }, shown: { states: ['MISMATCH'] } },
    { why: 'record types', given: { record_types: ['MX', 'SPF'] }, shown: { record_types: ['MX', 'SPF'] } },
    { why: 'inactive from the start', given: { is_active: false }, shown: { is_active: false } },
    {
      why: 'a name that does not resolve',
      given: { url: 'https://hooks.invalid/x' },
      shown: { url: 'https://hooks.invalid/x' },
    },
  ]
  test.for(accepted)('accepted: $why', async ({ given, shown }) => {
    const { status, body } = await create(given)
    expect(status).toBe(201)
    expect((await api.call('GET', `/webhooks/${body.uuid}`)).body).toMatchObject(shown)
  })

  test('a caller’s own secret is shown in the form that Standard Webhooks libraries take', async () => {
    const { body } = await create({ secret: 'hunter2' })
    expect(body.signing_secret).toBe(`whsec_${Buffer.from('hunter2').toString('base64')}`)
  })

  const refused: { why: string; given: object; code?: string; field: string; says: RegExp }[] = [
    { why: 'no url', given: { url: undefined }, field: 'url', says: /is required/ },
    { why: 'a url that is none', given: { url: 'hooks' }, code: 'blocked_target', field: 'url', says: /not a url/ },
    {
      why: 'another scheme',
      given: { url: 'ftp://example.com/' },
      code: 'blocked_target',
      field: 'url',
      says: /http: and https: only/,
    },
    {
      why: 'a loopback address',
      given: { url: 'http://127.0.0.1:8080/' },
      code: 'blocked_target',
      field: 'url',
      says: /DNSRADAR_WEBHOOK_ALLOW/,
    },
    {
      why: 'the metadata service',
      given: { url: 'http://169.254.169.254/' },
      code: 'blocked_target',
      field: 'url',
      says: /metadata/,
    },
    {
      why: 'credentials in the url',
      given: { url: 'https://u:p@example.com/' },
      code: 'blocked_target',
      field: 'url',
      says: /header/,
    },
    { why: 'the method GET', given: { method: 'GET' }, field: 'method', says: /use one of POST, PUT, PATCH, DELETE/ },
    {
      why: 'a Host header',
      given: { headers: { Host: 'x' } },
      code: 'blocked_header',
      field: 'headers.Host',
      says: /./,
    },
    {
      why: 'a line break in a header',
      given: { headers: { 'X-A': 'a\r\nb' } },
      code: 'blocked_header',
      field: 'headers.X-A',
      says: /./,
    },
    { why: 'a header that is a number', given: { headers: { 'X-A': 1 } }, field: 'headers.X-A', says: /give a string/ },
    { why: 'no group at all', given: { groups: [] }, field: 'groups', says: /all_groups/ },
    { why: 'a slug that is none', given: { groups: ['ok', 'NOT'] }, field: 'groups[1]', says: /lower-case/ },
    { why: 'a timeout of 31 seconds', given: { timeout_seconds: 31 }, field: 'timeout_seconds', says: /1 to 30/ },
    { why: 'no timeout', given: { timeout_seconds: 0 }, field: 'timeout_seconds', says: /1 to 30/ },
    { why: 'half a second', given: { timeout_seconds: 0.5 }, field: 'timeout_seconds', says: /whole/ },
    {
      why: 'a format that there is not',
      given: { format: 'entri' },
      field: 'format',
      says: /not available here; use dnsradar, slack/,
    },
    { why: 'a format nobody knows', given: { format: 'irc' }, field: 'format', says: /use one of dnsradar/ },
    { why: 'an event nobody sends', given: { events: ['dns.broken'] }, field: 'events[0]', says: /covers no event/ },
    { why: 'a wildcard in the middle', given: { events: ['re*.broken'] }, field: 'events[0]', says: /covers no event/ },
    { why: 'no event at all', given: { events: [] }, field: 'events', says: /record\.\*/ },
    { why: 'a state that nothing becomes', given: { states: ['UNSET'] }, field: 'states[0]', says: /use one of VALID/ },
    { why: 'a monitor that is none', given: { monitors: ['x'] }, field: 'monitors[0]', says: /mon_/ },
    {
      why: 'a monitor that does not exist',
      given: { monitors: ['mon_01h455vb4pex5vsknk084sn02q'] },
      field: 'monitors[0]',
      says: /no monitor/,
    },
    { why: 'an empty secret', given: { secret: '' }, field: 'secret', says: /empty/ },
    {
      why: 'an unknown field',
      given: { ulr: 'x' },
      code: 'unknown_field',
      field: 'ulr',
      says: /known are url, method/,
    },
  ]
  test.for(refused)('refused: $why', async ({ given, code = 'invalid_field', field, says }) => {
    expectProblem(await create(given), 400, code, { [field]: says })
  })

  test('our own address is refused although the operator allowed loopback', async () => {
    await using own = await startApi({ DNSRADAR_WEBHOOK_ALLOW: '127.0.0.0/8' })
    expectProblem(await own.call('POST', '/webhooks', { json: { url: own.address } }), 400, 'blocked_target')
    expect((await own.call('POST', '/webhooks', { json: { url: 'http://127.0.0.1:9999/' } })).status).toBe(201)
  })

  test('a group takes as many webhooks as the setting says, and another group still does', async () => {
    await using own = await startApi({ DNSRADAR_WEBHOOKS_PER_GROUP: '2' })
    const make = (groups: string[]) => own.call('POST', '/webhooks', { json: { url: URL, groups } })
    expect((await make(['a'])).status).toBe(201)
    expect((await make(['a'])).status).toBe(201)
    expectProblem(await make(['b', 'a']), 409, 'group_webhook_limit')
    expect((await own.call('GET', '/webhooks')).body.data).toHaveLength(2)
    expectProblem(await own.call('GET', '/groups/b'), 404, 'not_found')
    expect((await make(['b'])).status).toBe(201)
  })
})

describe('one webhook', () => {
  test('is disabled, enabled and deleted, each as often as one likes', async () => {
    const { uuid } = (await create()).body
    for (let twice = 0; twice < 2; twice++) {
      expect((await api.call('POST', `/webhooks/${uuid}/disable`)).body).toMatchObject({
        is_active: false,
        disabled_reason: 'manual',
      })
    }
    for (let twice = 0; twice < 2; twice++) {
      expect((await api.call('POST', `/webhooks/${uuid}/enable`)).body).toMatchObject({
        is_active: true,
        disabled_reason: null,
      })
    }
    expect((await api.call('DELETE', `/webhooks/${uuid}`)).status).toBe(204)
    expectProblem(await api.call('DELETE', `/webhooks/${uuid}`), 404, 'not_found')
  })

  test('is found under the prefix whk_ too', async () => {
    const { uuid } = (await create()).body
    expect((await api.call('GET', `/webhooks/${uuid.replace('wh_', 'whk_')}`)).body.uuid).toBe(uuid)
  })

  test('hides the values of its headers from keys that may only read', async () => {
    const { uuid } = (await create({ headers: { Authorization: 'Bearer t' } })).body
    const asReader = { key: READER }
    expect((await api.call('GET', `/webhooks/${uuid}`, asReader)).body.headers).toEqual({ Authorization: '***' })
    const { data } = (await api.call('GET', '/webhooks?limit=100', asReader)).body
    expect(data.find((row: { uuid: string }) => row.uuid === uuid).headers).toEqual({ Authorization: '***' })
    expect((await api.call('GET', `/webhooks/${uuid}`)).body.headers).toEqual({ Authorization: 'Bearer t' })
  })

  test('cannot be changed with a key that may only read', async () => {
    const { uuid } = (await create()).body
    for (const [method, path] of [
      ['POST', '/webhooks'],
      ['DELETE', `/webhooks/${uuid}`],
      ['POST', `/webhooks/${uuid}/enable`],
      ['POST', `/webhooks/${uuid}/disable`],
      ['POST', `/webhooks/${uuid}/test`],
    ] as const) {
      expectProblem(await api.call(method, path, { key: READER }), 403, 'missing_scope')
    }
  })
})

test('the list filters by url, group and activity', async () => {
  await using own = await startApi()
  const make = async (change: object) =>
    (await own.call('POST', '/webhooks', { json: { url: URL, ...change } })).body.uuid
  const one = await make({ groups: ['prod'] })
  const two = await make({ url: 'https://other.example.com/', is_active: false })
  const cases: [query: string, found: string[]][] = [
    ['', [one, two]],
    [`url=${encodeURIComponent(URL)}`, [one]],
    ['group=prod', [one]],
    ['is_active=false', [two]],
    ['source=n8n', []],
    ['order_way=desc', [two, one]],
  ]
  for (const [query, found] of cases) {
    const { body } = await own.call('GET', `/webhooks?${query}`)
    expect([query, body.data.map((row: { uuid: string }) => row.uuid)]).toEqual([query, found])
  }
  expectProblem(await own.call('GET', '/webhooks?source=ifttt'), 400, 'invalid_query', { source: /n8n, zapier, entri/ })
})

describe('requests', () => {
  let dns: DnsServer
  let receiver: Receiver
  let live: Api
  let webhook: string
  const now = () => Math.floor(Date.now() / 1000)
  const list = async (query = '') => (await live.call('GET', `/webhooks/${webhook}/requests?${query}`)).body

  beforeAll(async () => {
    dns = await startDnsServer()
    receiver = await startReceiver()
    live = await startApi({
      DNSRADAR_RESOLVERS: dns.address,
      DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1',
      DNSRADAR_DNS_TIMEOUT: '5s',
    })
    const json = { url: receiver.url, secret: 'hunter2', headers: { 'X-Team': 'dns' } }
    webhook = (await live.call('POST', '/webhooks', { json })).body.uuid
    // The name does not exist, so the first look is an event; it is answered with 500 and waits for its retry.
    receiver.answer({ status: 500, body: 'no' }, 1)
    const { uuid } = (await live.call('POST', '/monitors', { json: A_MONITOR })).body
    await live.call('POST', `/monitors/${uuid}/check`)
    await receiver.waitFor(1)
    await vi.waitUntil(async () => (await list()).data[0]?.status === 'RETRYING')
  })
  afterAll(async () => {
    await live[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
    await dns[Symbol.asyncDispose]()
  })

  test('a failed delivery is in the history with its attempt, body and headers', async () => {
    const [row] = (await list()).data
    expect(row).toMatchObject({
      webhook_uuid: webhook,
      status: 'RETRYING',
      kind: 'event',
      status_code: 500,
      response_body: 'no',
      retries: 0,
      delivered: null,
      sequence: 1,
      system_event_uuid: null,
    })
    expect(row.error_message).toMatch(/500/)
    expect(row.next_attempt).not.toBeNull()
    const { body: detail } = await live.call('GET', `/webhooks/${webhook}/requests/${row.uuid}`)
    expect(detail).toMatchObject({
      ...row,
      attempts: [{ number: 1, status_code: 500, error_class: 'http_status', response_body: 'no' }],
    })
    expect(detail.body).toBe(receiver.requests[0]?.body)
    const sent = receiver.requests[0]?.headers ?? {}
    for (const [name, value] of Object.entries(detail.headers))
      expect([name, sent[name.toLowerCase()]]).toEqual([name, value])
    expect(detail.headers['X-DNSRadar-Signature']).toBe(
      createHmac('sha256', 'hunter2').update(detail.body).digest('hex'),
    )
  })

  test('a key that may only read sees neither signatures nor the values of own headers', async () => {
    const [row] = (await list()).data
    const { body } = await live.call('GET', `/webhooks/${webhook}/requests/${row.uuid}`, { key: READER })
    expect(body.headers).toMatchObject({ 'webhook-id': row.uuid, 'X-Team': '***' })
    expect(Object.keys(body.headers).filter((name) => /signature/i.test(name))).toEqual([])
  })

  test('filters', async () => {
    const soon = now() + 3600
    const cases: [query: string, found: number][] = [
      ['', 1],
      ['status=RETRYING', 1],
      ['status=DELIVERED', 0],
      ['status_code=500', 1],
      ['status_code=5xx', 1],
      ['status_code=404', 0],
      ['status_code=2xx', 0],
      [`created_before=${soon}`, 1],
      [`created_after=${soon}`, 0],
      [`created_after=1&created_before=${soon}`, 1],
      [`last_attempt_after=1&last_attempt_before=${soon}`, 1],
      [`last_attempt_after=${soon}`, 0],
      [`delivered_before=${soon}`, 0],
      [`delivered_after=1`, 0],
      ['created_after=1&delivered_before=1', 1],
      [`created_after=1&delivered_before=1&status_code=500&order_by=created&order_way=asc&limit=1`, 1],
    ]
    for (const [query, found] of cases) expect([query, (await list(query)).data.length]).toEqual([query, found])
  })

  const refused = [
    'created_after=2026-01-01T00:00:00Z',
    'created_after=-1',
    'created_after=1.5',
    'delivered_before=99999999999999',
    'status=LOST',
    'status_code=600',
    'status_code=9xx',
    'status_code=abc',
    'order_by=delivered',
    'monitor_id=x',
  ]
  test.for(refused)('refused: ?%s', async (query) => {
    const reply = await live.call('GET', `/webhooks/${webhook}/requests?${query}`)
    expectProblem(reply, 400, 'invalid_query', { [query.split('=')[0] ?? '']: /./ })
  })

  test('a test is delivered, marked, and found under the id that it was given', async () => {
    const { status, body } = await live.call('POST', `/webhooks/${webhook}/test`)
    expect(status).toBe(202)
    expect(body.uuid).toMatch(/^req_test_/)
    expect(body).toMatchObject({ kind: 'test', event_uuid: null, sequence: null, webhook_uuid: webhook })
    await expect
      .poll(async () => (await live.call('GET', `/webhooks/${webhook}/requests/${body.uuid}`)).body.status)
      .toBe('DELIVERED')
    const received = receiver.requests.find((request) => request.body.includes(body.uuid))
    expect(JSON.parse(received?.body ?? '')).toMatchObject({
      uuid: body.uuid,
      event: { event_uuid: expect.stringMatching(/^evt_test_/) },
    })
    const all = await list('limit=1')
    const rest = await list(`limit=100&after=${all.after}`)
    expect(rest.data.map((row: { uuid: string }) => row.uuid)).not.toContain(all.data[0].uuid)
  })

  test('a disabled webhook can be tested', async () => {
    const { uuid } = (await live.call('POST', '/webhooks', { json: { url: receiver.url, is_active: false } })).body
    expect((await live.call('POST', `/webhooks/${uuid}/test`)).status).toBe(202)
  })

  test('a request of another webhook is not found under this one', async () => {
    const [row] = (await list()).data
    const { uuid } = (await live.call('POST', '/webhooks', { json: { url: receiver.url } })).body
    expectProblem(await live.call('GET', `/webhooks/${uuid}/requests/${row.uuid}`), 404, 'not_found')
  })
})
