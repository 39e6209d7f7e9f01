/** The contract of making webhooks, of what is done with one, and of their list. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, expectProblem, READER, startApi } from './api.ts'

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
  const all = await make({ url: 'https://all.example.com/', all_groups: true })
  const cases: [query: string, found: string[]][] = [
    ['', [one, two, all]],
    [`url=${encodeURIComponent(URL)}`, [one]],
    // A webhook of all groups hears of each that there is.
    ['group=prod', [one, all]],
    ['group=default', [two, all]],
    ['group=nobody', []],
    ['is_active=false', [two]],
    ['source=n8n', []],
    ['order_way=desc', [all, two, one]],
  ]
  for (const [query, found] of cases) {
    const { body } = await own.call('GET', `/webhooks?${query}`)
    expect([query, body.data.map((row: { uuid: string }) => row.uuid)]).toEqual([query, found])
  }
  expectProblem(await own.call('GET', '/webhooks?source=ifttt'), 400, 'invalid_query', { source: /n8n, zapier, entri/ })
})
