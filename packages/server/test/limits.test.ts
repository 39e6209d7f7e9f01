/** How often is too often: per key and class, per webhook, and per address without a good key. */
import { expect, test } from 'vitest'
import { createTestClock } from '../../../test/harness/clock.ts'
import { A_MONITOR, ADMIN, type Api, EXPIRED, expectProblem, READER, type Reply, startApi, WRITER } from './api.ts'

const START = Date.UTC(2030, 0, 1)
const MINUTE = 60_000

async function limited(limit: number) {
  const clock = createTestClock(START)
  const api = await startApi({ DNSRADAR_RATE_LIMIT: String(limit) }, { clock })
  return { clock, api, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

const headersOf = ({ headers }: Reply) =>
  [
    'ratelimit-policy',
    'ratelimit',
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
    'retry-after',
  ].map((name) => headers.get(name))

test('251 reads within a minute are one too many, and another key is not affected', async () => {
  const clock = createTestClock(START)
  await using api = await startApi({ DNSRADAR_RATE_LIMIT: '' }, { clock })
  for (let i = 0; i < 250; i++) expect((await api.call('GET', '/me', { key: READER })).status).toBe(200)
  expectProblem(await api.call('GET', '/me', { key: READER }), 429, 'rate_limited')
  expect((await api.call('GET', '/me', { key: WRITER })).status).toBe(200)
})

test('a window begins with its first request, is told in every answer, and begins anew when it is over', async () => {
  await using bench = await limited(2)
  const { api, clock } = bench
  const ends = String(START / 1000 + 60)
  expect(headersOf(await api.call('GET', '/me'))).toEqual(['"read";q=2;w=60', '"read";r=1;t=60', '2', '1', ends, null])
  await clock.advance(59_500)
  expect(headersOf(await api.call('GET', '/me'))).toEqual(['"read";q=2;w=60', '"read";r=0;t=1', '2', '0', ends, null])
  const refused = await api.call('GET', '/me')
  expectProblem(refused, 429, 'rate_limited')
  expect(headersOf(refused)).toEqual(['"read";q=2;w=60', '"read";r=0;t=1', '2', '0', ends, '1'])
  await clock.advance(500)
  expect((await api.call('GET', '/me')).headers.get('ratelimit')).toBe('"read";r=1;t=60')
})

test('reads, writes and monitor creation are counted apart', async () => {
  await using bench = await limited(1)
  const { api } = bench
  const create = () => api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })
  const { status, body, headers } = await create()
  expect([status, headers.get('ratelimit-policy')]).toEqual([201, '"create";q=1;w=60'])
  expect((await api.call('GET', '/me')).status).toBe(200)
  const enable = () => api.call('POST', `/monitors/${body.uuid}/enable`)
  expect((await enable()).headers.get('ratelimit-policy')).toBe('"write";q=1;w=60')
  expectProblem(await create(), 429, 'rate_limited')
  expectProblem(await enable(), 429, 'rate_limited')
})

test('what a key may not do is refused and not counted', async () => {
  await using bench = await limited(1)
  const { api } = bench
  for (let i = 0; i < 3; i++) expectProblem(await api.call('POST', '/monitors', { key: READER }), 403, 'missing_scope')
})

test('too many requests are told before the body is read', async () => {
  await using bench = await limited(1)
  await bench.api.call('POST', '/monitors', { json: {} })
  const reply = await bench.api.call('POST', '/monitors', { raw: '{', type: 'text/plain' })
  expectProblem(reply, 429, 'rate_limited')
})

test('0 counts nothing and says nothing', async () => {
  await using bench = await limited(0)
  for (let i = 0; i < 5; i++) {
    const reply = await bench.api.call('GET', '/me')
    expect(reply.status).toBe(200)
    expect(headersOf(reply)).toEqual([null, null, null, null, null, null])
  }
})

test('operational routes are never limited', async () => {
  await using bench = await limited(1)
  for (let i = 0; i < 3; i++) expect((await bench.api.call('GET', '/healthz', { key: null })).status).toBe(200)
})

test.for([
  { why: 'without a key', key: null },
  { why: 'with keys nobody knows', key: 'sk_nobody' },
  { why: 'with an expired key', key: EXPIRED },
])('an address that asks too often $why is refused until the minute is over', async ({ key }) => {
  await using bench = await limited(3)
  const { api, clock } = bench
  expect((await api.call('GET', '/me', { key: ADMIN })).status).toBe(200)
  for (let i = 0; i < 3; i++) expect((await api.call('GET', '/me', { key })).status).toBe(401)
  const refused = await api.call('GET', '/me', { key })
  expectProblem(refused, 429, 'rate_limited')
  expect(refused.headers.get('retry-after')).toBe('60')
  // Whoever guesses right now is not told so, and whoever was in before is not locked out.
  expectProblem(await api.call('GET', '/me', { key: READER }), 429, 'rate_limited')
  expect((await api.call('GET', '/me', { key: ADMIN })).status).toBe(200)
  await clock.advance(MINUTE)
  expect((await api.call('GET', '/me', { key: READER })).status).toBe(200)
  expect((await api.call('GET', '/me', { key })).status).toBe(401)
})

async function webhookOf(api: Api): Promise<string> {
  const { body } = await api.call('POST', '/webhooks', { json: { url: 'https://hooks.invalid/x' } })
  return body.uuid as string
}

test('a webhook is tested 5 times a minute and 20 times an hour, also where the operator limits nothing', async () => {
  await using bench = await limited(0)
  const { api, clock } = bench
  const [one, other] = [await webhookOf(api), await webhookOf(api)]
  const tests = async (count: number, uuid = one) => {
    for (let i = 0; i < count; i++) expect((await api.call('POST', `/webhooks/${uuid}/test`)).status).toBe(202)
  }
  await tests(5)
  const sixth = await api.call('POST', `/webhooks/${one}/test`)
  expectProblem(sixth, 429, 'rate_limited')
  expect(sixth.headers.get('retry-after')).toBe('60')
  await tests(1, other)
  for (let minute = 1; minute < 4; minute++) {
    await clock.advance(MINUTE)
    await tests(5)
  }
  await clock.advance(MINUTE)
  const excess = await api.call('POST', `/webhooks/${one}/test`)
  expectProblem(excess, 429, 'rate_limited')
  expect(excess.headers.get('retry-after')).toBe(String(56 * 60))
  await clock.advance(56 * MINUTE)
  await tests(1)
})

test('the test of a webhook that is not there is 404, however often', async () => {
  await using bench = await limited(0)
  for (let i = 0; i < 7; i++) {
    expectProblem(await bench.api.call('POST', '/webhooks/wh_01h455vb4pex5vsknk084sn02q/test'), 404, 'not_found')
  }
})
