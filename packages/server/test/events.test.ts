/** The contract of the event lists over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import { A_MONITOR, type Api, expectProblem, startApi } from './api.ts'

let dns: DnsServer
let api: Api
let monitor: string
let silent: string

beforeAll(async () => {
  dns = await startDnsServer()
  api = await startApi({ DNSRADAR_RESOLVERS: dns.address, DNSRADAR_DNS_TIMEOUT: '5s' })
  const json = { ...A_MONITOR, group: 'prod', external_id: 'order-1' }
  monitor = (await api.call('POST', '/monitors', { json })).body.uuid
  silent = (await api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })).body.uuid
  await api.call('POST', `/monitors/${monitor}/check`)
  for (const values of [['192.0.2.1'], ['192.0.2.66'], ['192.0.2.67'], ['192.0.2.1']]) {
    dns.set('www.example.com', 'A', values)
    await api.call('POST', `/monitors/${monitor}/check`)
  }
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await dns[Symbol.asyncDispose]()
})

const states = async (path: string): Promise<string[]> =>
  (await api.call('GET', path)).body.data.map(
    (row: { old_state: string; new_state: string }) => `${row.old_state}>${row.new_state}`,
  )

const STORY = ['UNSET>NOT_FOUND', 'NOT_FOUND>VALID', 'VALID>MISMATCH', 'MISMATCH>MISMATCH', 'MISMATCH>VALID']

test('a monitor’s history reads from the newest, or from the oldest when asked', async () => {
  expect(await states(`/monitors/${monitor}/events`)).toEqual(STORY.toReversed())
  expect(await states(`/monitors/${monitor}/events?order_by=occurred&order_way=asc`)).toEqual(STORY)
})

test('the account’s history is the same events', async () => {
  expect(await states('/events')).toEqual(STORY.toReversed())
})

test('an event shows what was expected, what was there and what is', async () => {
  const { data } = (await api.call('GET', `/monitors/${monitor}/events`)).body
  expect(data[1]).toMatchObject({
    monitor_uuid: monitor,
    domain: 'example.com',
    subdomain: 'www',
    record_type: 'A',
    expected_value: ['192.0.2.1'],
    previous_value: ['192.0.2.66'],
    current_value: ['192.0.2.67'],
    old_state: 'MISMATCH',
    new_state: 'MISMATCH',
    incidence_count: 2,
    kind: 'record.changed',
    group: 'prod',
    external_id: 'order-1',
  })
  expect((await api.call('GET', `/events/${data[1].uuid}`)).body).toEqual(data[1])
  expect((await api.call('GET', `/monitors/${monitor}/events/${data[1].uuid}`)).body).toEqual(data[1])
})

test('a checked monitor shows its last look as evidence', async () => {
  const { body } = await api.call('GET', `/monitors/${monitor}`)
  expect(body).toMatchObject({
    state: 'VALID',
    current_value: ['192.0.2.1'],
    incidence_count: 2,
    check: {
      state: 'VALID',
      pending_state: null,
      values: ['192.0.2.1'],
      rcode: 'NOERROR',
      answers: [{ server: dns.address, role: 'upstream', values: ['192.0.2.1'], aa: true, error: null }],
    },
  })
})

test('filters', async () => {
  const soon = Math.floor(Date.now() / 1000) + 3600
  const cases: [query: string, found: number][] = [
    ['new_state=VALID', 2],
    ['new_state=MISMATCH', 2],
    ['new_state=NOT_FOUND', 1],
    ['new_state=TIMEOUT', 0],
    ['new_state=INVALID', 0],
    ['old_state=UNSET', 1],
    ['old_state=VALID', 1],
    [`occurred_before=${soon}`, 5],
    [`occurred_after=${soon}`, 0],
    [`occurred_after=1&occurred_before=${soon}&new_state=VALID&order_by=occurred&order_way=asc&limit=1`, 1],
  ]
  for (const [query, found] of cases) {
    expect([query, (await states(`/monitors/${monitor}/events?${query}`)).length]).toEqual([query, found])
    expect([query, (await states(`/events?${query}`)).length]).toEqual([query, found])
  }
  const wide: [query: string, found: number][] = [
    ['group=prod', 5],
    ['group=default', 0],
    [`monitor=${monitor}`, 5],
    [`monitor=${silent}`, 0],
    ['record_type=A', 5],
    ['record_type=MX', 0],
  ]
  for (const [query, found] of wide) expect([query, (await states(`/events?${query}`)).length]).toEqual([query, found])
})

test.for([
  'new_state=UNSET',
  'new_state=GOOD',
  'old_state=GOOD',
  'occurred_after=2026-01-01T00:00:00Z',
  'occurred_before=now',
  'order_by=created',
  'order_way=down',
  'limit=0',
  'limit=101',
  'limit=abc',
  'what=ever',
])('refused: ?%s', async (query) => {
  const field = { [query.split('=')[0] ?? '']: /./ }
  expectProblem(await api.call('GET', `/monitors/${monitor}/events?${query}`), 400, 'invalid_query', field)
  expectProblem(await api.call('GET', `/events?${query}`), 400, 'invalid_query', field)
})

test('pages join without gaps or repeats, both ways', async () => {
  const path = `/monitors/${monitor}/events?limit=2`
  const first = (await api.call('GET', path)).body
  const second = (await api.call('GET', `${path}&after=${first.after}`)).body
  const third = (await api.call('GET', `${path}&after=${second.after}`)).body
  expect(third).toMatchObject({ after: null, has_more: false })
  const uuids = [first, second, third].flatMap(({ data }) => data.map((row: { uuid: string }) => row.uuid))
  expect(new Set(uuids).size).toBe(5)
  const back = (await api.call('GET', `${path}&before=${third.before}`)).body
  expect(back.data).toEqual(second.data)
  expect((await api.call('GET', `${path}&before=${back.before}`)).body).toMatchObject({
    data: first.data,
    has_more: false,
    before: null,
  })
})

test('a monitor without events has an empty history, one that is not there none', async () => {
  expect((await api.call('GET', `/monitors/${silent}/events`)).body).toMatchObject({
    data: [],
    has_more: false,
    after: null,
    before: null,
  })
  expectProblem(await api.call('GET', '/monitors/mon_01h455vb4pex5vsknk084sn02q/events'), 404, 'not_found')
})

test('an event of another monitor is not found under this one', async () => {
  const { data } = (await api.call('GET', `/monitors/${monitor}/events?limit=1`)).body
  expectProblem(await api.call('GET', `/monitors/${silent}/events/${data[0].uuid}`), 404, 'not_found')
})
