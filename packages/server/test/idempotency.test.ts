/** `Idempotency-Key`: the same POST twice is done once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestClock } from '../../../test/harness/clock.ts'
import { startDnsServer } from '../../../test/harness/dns-server.ts'
import { A_MONITOR, ADMIN, type Api, expectProblem, startApi, WRITER } from './api.ts'

const DAY = 86_400_000
let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

let marks = 0
const newMark = (): string => `mark-${++marks}`
const MONITOR = { ...A_MONITOR, is_active: false }

function post(path: string, mark: string, json: object, change: { key?: string; on?: Api } = {}) {
  const { key = ADMIN, on = api } = change
  return on.call('POST', path, { json, key, headers: { 'Idempotency-Key': mark } })
}

const monitors = async (on = api): Promise<number> => (await on.call('GET', '/me')).body.usage.monitors

test('a repeat is answered as the first was, and does nothing', async () => {
  const mark = newMark()
  const before = await monitors()
  const first = await post('/monitors', mark, MONITOR)
  const again = await post('/monitors', mark, MONITOR)
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.body).toEqual(first.body)
  expect(first.headers.get('idempotency-replayed')).toBeNull()
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect(await monitors()).toBe(before + 1)
})

test('repeats at the same time wait for the first', async () => {
  const mark = newMark()
  const before = await monitors()
  const replies = await Promise.all(Array.from({ length: 5 }, () => post('/monitors', mark, MONITOR)))
  expect(new Set(replies.map(({ body }) => body.uuid)).size).toBe(1)
  expect(replies.filter(({ headers }) => headers.has('idempotency-replayed'))).toHaveLength(4)
  expect(await monitors()).toBe(before + 1)
})

const others: { why: string; path?: string; json?: object; raw?: string }[] = [
  { why: 'another body', json: { ...MONITOR, frequency: 5 } },
  { why: 'another path', path: '/match', json: MONITOR },
  { why: 'another query', path: '/monitors?x=1', json: MONITOR },
  { why: 'a body that would be refused', json: { nonsense: true } },
]
test.for(others)('$why under the same key is 422', async ({ path = '/monitors', json = {} }) => {
  const mark = newMark()
  await post('/monitors', mark, MONITOR)
  expectProblem(await post(path, mark, json), 422, 'idempotency_mismatch')
})

test('an answer is kept for 24 hours, and then the key is free', async () => {
  const clock = createTestClock(Date.UTC(2030, 0, 1))
  await using own = await startApi({}, { clock })
  const mark = newMark()
  const first = await post('/monitors', mark, MONITOR, { on: own })
  await clock.leap(DAY - 1)
  expect((await post('/monitors', mark, MONITOR, { on: own })).body).toEqual(first.body)
  await clock.advance(1)
  const later = await post('/monitors', mark, { ...MONITOR, frequency: 5 }, { on: own })
  expect(later.status).toBe(201)
  expect(later.body.uuid).not.toBe(first.body.uuid)
})

test('each API key has its own', async () => {
  const mark = newMark()
  const mine = await post('/monitors', mark, MONITOR)
  const theirs = await post('/monitors', mark, MONITOR, { key: WRITER })
  expect(theirs.status).toBe(201)
  expect(theirs.body.uuid).not.toBe(mine.body.uuid)
})

test('a refusal is not kept: put right, the same key works', async () => {
  const mark = newMark()
  expectProblem(await post('/monitors', mark, { ...MONITOR, frequency: 7 }), 400, 'invalid_field')
  expectProblem(await post('/monitors', mark, { ...MONITOR, nonsense: 1 }), 400, 'unknown_field')
  expect((await post('/monitors', mark, MONITOR)).status).toBe(201)
})

test('a key that was refused for its scope is free', async () => {
  const mark = newMark()
  expectProblem(await post('/keys', mark, { name: 'x' }, { key: WRITER }), 403, 'missing_scope')
  expectProblem(await post('/keys', mark, { name: 'x' }, { key: 'sk_nobody' }), 401, 'unknown_key')
  expect((await post('/keys', mark, { name: 'x' })).status).toBe(201)
})

test('what is shown once is shown again to whoever repeats the request, and never lies open', async () => {
  const mark = newMark()
  const first = await post('/keys', mark, { name: 'once' })
  expect((await post('/keys', mark, { name: 'once' })).body.key).toBe(first.body.key)
  const hook = { url: 'https://hooks.example.com/once' }
  const created = await post('/webhooks', newMark(), hook)
  expect(created.body.signing_secret).toMatch(/^whsec_/)
})

test('every POST takes a key, also one that writes nothing and one without a body', async () => {
  const question = { record_type: 'A', expected_value: '192.0.2.1', observed: ['192.0.2.1'] }
  const mark = newMark()
  const first = await post('/match', mark, question)
  expect((await post('/match', mark, question)).body).toEqual(first.body)

  const { uuid } = (await api.call('POST', '/monitors', { json: MONITOR })).body
  const enable = () => api.call('POST', `/monitors/${uuid}/enable`, { headers: { 'Idempotency-Key': `on-${uuid}` } })
  expect((await enable()).body.is_active).toBe(true)
  await api.call('POST', `/monitors/${uuid}/disable`)
  expect((await enable()).body.is_active).toBe(true)
  expect((await api.call('GET', `/monitors/${uuid}`)).body.is_active).toBe(false)
})

test('other methods do not look at it', async () => {
  const { uuid } = (await api.call('POST', '/monitors', { json: MONITOR })).body
  const patch = (frequency: number) =>
    api.call('PATCH', `/monitors/${uuid}`, { json: { frequency }, headers: { 'Idempotency-Key': 'same' } })
  expect((await patch(5)).body.frequency).toBe(5)
  expect((await patch(10)).body.frequency).toBe(10)
  expect((await api.call('GET', '/me', { headers: { 'Idempotency-Key': 'white space' } })).status).toBe(200)
})

describe('a key', () => {
  test.for(['', 'two words', 'ümlaut', 'a'.repeat(256)])('that is %j is 400', async (mark) => {
    expectProblem(await post('/monitors', mark, MONITOR), 400, 'invalid_field', {
      'Idempotency-Key': /1 to 255 visible/,
    })
  })

  test('of 255 visible characters is one', async () => {
    expect((await post('/monitors', '~'.repeat(255), MONITOR)).status).toBe(201)
  })
})

test('a repeat counts like any request, and too many are told before it is looked up', async () => {
  await using own = await startApi({ DNSRADAR_RATE_LIMIT: '2' })
  const mark = newMark()
  await post('/monitors', mark, MONITOR, { on: own })
  expect((await post('/monitors', mark, MONITOR, { on: own })).headers.get('x-ratelimit-remaining')).toBe('0')
  expectProblem(await post('/monitors', mark, MONITOR, { on: own }), 429, 'rate_limited')
})

describe('a check, which waits for the DNS', () => {
  test('is repeated from its answer when it is done, and is 409 while it runs', async () => {
    await using dns = await startDnsServer()
    await using own = await startApi({ DNSRADAR_RESOLVERS: dns.address, DNSRADAR_DNS_TIMEOUT: '1s' })
    const { uuid } = (await own.call('POST', '/monitors', { json: A_MONITOR })).body
    dns.behave('*', { kind: 'silence' })
    const asked = dns.count()
    const check = () => own.call('POST', `/monitors/${uuid}/check`, { headers: { 'Idempotency-Key': 'check-1' } })
    const running = check()
    await expect.poll(() => dns.count()).toBeGreaterThan(asked)
    expectProblem(await check(), 409, 'in_progress')
    const first = await running
    expect(first.status).toBe(200)
    const again = await check()
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.body).toEqual(first.body)
  })

  test('leaves its key free when it was refused', async () => {
    const { uuid } = (await api.call('POST', '/monitors', { json: MONITOR })).body
    const mark = newMark()
    const check = () => api.call('POST', `/monitors/${uuid}/check`, { headers: { 'Idempotency-Key': mark } })
    expectProblem(await check(), 409, 'monitor_disabled')
    await api.call('POST', `/monitors/${uuid}/enable`)
    expect((await check()).status).toBe(200)
  })
})
