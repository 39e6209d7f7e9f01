import { expect, expectTypeOf, test } from 'vitest'
import { type ApiRequest, type ApiResponse, type ClientOptions, createClient, type Send } from './client.ts'
import type { WireEvent, WireMatch, WireMonitor, WireWebhookWithSecret } from './contract.ts'
import { ENDPOINTS } from './endpoints.ts'
import { ApiError } from './errors.ts'

const PROBLEM = {
  type: 'about:blank',
  title: 'Refused',
  status: 400,
  detail: 'domain is missing',
  instance: '/monitors',
  code: 'invalid_field',
  request_id: 'r1',
  errors: { domain: 'is missing' },
}

test('an operation is its row: method, path with the ids in it, body', async () => {
  const { client, sent } = scripted([ok({ uuid: 'wh_1' })])
  const body = { url: 'https://example.com/hook' }
  expect(await client.createWebhook(body)).toEqual({ uuid: 'wh_1' })
  expect(sent).toEqual([{ method: 'POST', path: '/webhooks', query: {}, body, headers: {} }])
})

const paths: { why: string; call: (client: ReturnType<typeof createClient>) => Promise<unknown>; path: string }[] = [
  { why: 'one id', call: (client) => client.checkMonitor('mon_1'), path: '/monitors/mon_1/check' },
  {
    why: 'an id and a body',
    call: (client) => client.updateMonitor('mon_1', { frequency: 5 }),
    path: '/monitors/mon_1',
  },
  { why: 'two ids', call: (client) => client.getRequest('wh_1', 'req_2'), path: '/webhooks/wh_1/requests/req_2' },
  { why: 'a slash is no separator', call: (client) => client.getGroup('a/b?c'), path: '/groups/a%2Fb%3Fc' },
]

test.for(paths)('ids are placed in the path in the order given: $why', async ({ call, path }) => {
  const { client, sent } = scripted([ok({})])
  await call(client)
  expect(sent[0]?.path).toBe(path)
})

test.for(['', '.', '..', undefined as unknown as string])(
  'an id of %j is refused before anything is sent',
  async (id) => {
    const { client, sent } = scripted([])
    await expect(client.getMonitor(id)).rejects.toThrow(TypeError)
    expect(sent).toEqual([])
  },
)

test('a query is sent as text, without the members that are undefined', async () => {
  const { client, sent } = scripted([ok(page([]))])
  await client.listMonitors({ limit: 5, is_active: false, ...({ group: undefined } as object) })
  expect(sent[0]?.query).toEqual({ limit: '5', is_active: 'false' })
})

test('a query that has to be given is sent as it was given', async () => {
  const { client, sent } = scripted([ok({ consistent: true })])
  await client.lookup({ name: 'example.com', type: 'MX' })
  expect(sent).toEqual([
    { method: 'GET', path: '/lookup', query: { name: 'example.com', type: 'MX' }, body: undefined, headers: {} },
  ])
})

test('members of a parameter are parameters of their own', async () => {
  const { client, sent } = scripted([ok(page([]))])
  await client.listMonitors({ metadata: { customer: '7', 'a b': '&' }, q: 'x' })
  expect(sent[0]?.query).toEqual({ 'metadata[customer]': '7', 'metadata[a b]': '&', q: 'x' })
})

test('an operation may set parameters beside a body', async () => {
  const { client, sent } = scripted([ok({ uuid: 'mon_1' })])
  const body = { domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1' } as const
  await client.createMonitorAndWait(body)
  expect(sent).toEqual([{ method: 'POST', path: '/monitors', query: { wait: 'true' }, body, headers: {} }])
})

test('every row has a method of its own on the client', () => {
  const { client } = scripted([])
  expect(Object.keys(client).toSorted()).toEqual([...Object.keys(ENDPOINTS), 'each'].toSorted())
})

test('arguments and results have the types of the row', () => {
  const { client } = scripted([])
  expectTypeOf(client.createMonitor).returns.resolves.toEqualTypeOf<WireMonitor>()
  expectTypeOf(client.createWebhook).returns.resolves.toEqualTypeOf<WireWebhookWithSecret>()
  expectTypeOf(client.each<'listEvents'>).returns.toEqualTypeOf<AsyncGenerator<WireEvent, void, undefined>>()
  expectTypeOf(client.match).returns.resolves.toEqualTypeOf<WireMatch>()
  expectTypeOf(client.updateMonitor).toBeCallableWith('mon_1', { external_id: null, group: null })
  expectTypeOf(client.listGroups).toBeCallableWith()
  // @ts-expect-error an id is missing
  expectTypeOf(client.getRequest).toBeCallableWith('wh_1')
  // @ts-expect-error a name and a type have to be given
  expectTypeOf(client.lookup).toBeCallableWith()
})

test('a refusal is an ApiError with code, faulty fields and request id', async () => {
  const { client } = scripted([{ status: 400, headers: {}, body: PROBLEM }])
  const error = await client.createMonitor({ record_type: 'A' }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({
    status: 400,
    code: 'invalid_field',
    message: 'domain is missing',
    fields: { domain: 'is missing' },
    requestId: 'r1',
  })
})

test.for([
  { why: 'a proxy error page', body: '<html>Bad gateway</html>' },
  { why: 'an empty body', body: null },
  { why: 'an unknown code', body: { ...PROBLEM, code: 'teapot' } },
  { why: 'a code that is no text', body: { ...PROBLEM, code: 7 } },
])('an answer that is not of this API says so: $why', async ({ body }) => {
  const { client } = scripted([{ status: 502, headers: {}, body }])
  await expect(client.me()).rejects.toMatchObject({ code: 'unexpected_response', status: 502, requestId: null })
})

test('a list that is not a page is no answer of this API', async () => {
  const { client } = scripted([ok('<html>Welcome</html>')])
  await expect(client.listGroups()).rejects.toMatchObject({ code: 'unexpected_response' })
})

const repeats: {
  why: string
  status: number
  headers?: Record<string, string>
  call?: 'create' | 'create with key' | 'me'
  options?: ClientOptions
  waits: number[]
}[] = [
  { why: 'a 429 waits as long as it says', status: 429, headers: { 'retry-after': '7' }, waits: [7000, 7000] },
  { why: 'a 429 that says nothing waits one second', status: 429, waits: [1000, 1000] },
  {
    why: 'a date counts from the answer’s own clock',
    status: 503,
    headers: { 'retry-after': 'Sat, 21 Nov 2026 10:00:05 GMT', date: 'Sat, 21 Nov 2026 10:00:00 GMT' },
    waits: [5000, 5000],
  },
  {
    why: 'a date in the past waits for nothing',
    status: 503,
    headers: { 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT', date: 'Sat, 21 Nov 2026 10:00:00 GMT' },
    waits: [0, 0],
  },
  {
    why: 'an unreadable wait is no wait asked for',
    status: 429,
    headers: { 'retry-after': 'soon' },
    waits: [1000, 1000],
  },
  {
    why: 'a wait beyond the limit is handed to the caller',
    status: 429,
    headers: { 'retry-after': '3600' },
    waits: [],
  },
  { why: 'a 500 is final', status: 500, waits: [] },
  { why: 'a refused create is repeated', status: 429, call: 'create', waits: [1000, 1000] },
  { why: 'a create that may have happened is not', status: 503, call: 'create', waits: [] },
  { why: 'an idempotency key makes it safe', status: 503, call: 'create with key', waits: [1000, 1000] },
  { why: 'the number of tries is the caller’s', status: 429, options: { retries: 1 }, waits: [1000] },
]

test.for(repeats)('trying again: $why', async ({ status, headers = {}, call = 'me', options = {}, waits }) => {
  const waited: number[] = []
  const wait = async (ms: number): Promise<void> => void waited.push(ms)
  const { client, sent } = scripted(
    Array.from({ length: 3 }, () => ({ status, headers, body: null })),
    { wait, ...options },
  )
  const monitor = { domain: 'example.com', record_type: 'A' } as const
  const result = {
    me: () => client.me(),
    create: () => client.createMonitor(monitor),
    'create with key': () => client.createMonitor(monitor, { idempotencyKey: 'k' }),
  }[call]()
  await expect(result).rejects.toMatchObject({ status })
  expect(waited).toEqual(waits)
  expect(sent).toHaveLength(waits.length + 1)
})

test('a try that succeeds is the answer', async () => {
  const { client } = scripted([{ status: 429, headers: {}, body: null }, ok({ uuid: 'mon_1' })], {
    wait: async () => {},
  })
  expect(await client.getMonitor('mon_1')).toEqual({ uuid: 'mon_1' })
})

test('without a way to wait nothing is tried again', async () => {
  const { client, sent } = scripted([{ status: 429, headers: { 'retry-after': '1' }, body: null }])
  await expect(client.me()).rejects.toMatchObject({ status: 429, retryAfterMs: 1000 })
  expect(sent).toHaveLength(1)
})

test('an aborted call sends nothing more', async () => {
  const controller = new AbortController()
  const wait = async (): Promise<void> => controller.abort(new Error('enough'))
  const { client, sent } = scripted([{ status: 429, headers: {}, body: null }], { wait })
  await expect(client.me({ signal: controller.signal })).rejects.toThrow('enough')
  expect(sent).toHaveLength(1)
})

test('each follows the cursor to the end and keeps the query', async () => {
  const { client, sent } = scripted([ok(page([1, 2], 'evt_2')), ok(page([3]))])
  const seen: unknown[] = []
  for await (const item of client.each('listMonitorEvents', 'mon_1', { limit: 2 })) seen.push(item)
  expect(seen).toEqual([1, 2, 3])
  expect(sent.map(({ path, query }) => [path, query])).toEqual([
    ['/monitors/mon_1/events', { limit: '2' }],
    ['/monitors/mon_1/events', { limit: '2', after: 'evt_2' }],
  ])
})

test('each fetches a page only when its items are asked for', async () => {
  const { client, sent } = scripted([ok(page([1], 'grp_1'))])
  for await (const _ of client.each('listGroups')) break
  expect(sent).toHaveLength(1)
})

test.for([null, 'grp_1'])('a cursor that stands still (%j) ends in an error and not in a loop', async (after) => {
  const { client } = scripted([ok({ ...page([]), has_more: true, after })])
  const items = client.each('listGroups', { after: 'grp_1' })
  await expect(items.next()).rejects.toThrow('stands still')
})

function ok(body: unknown): ApiResponse {
  return { status: 200, headers: {}, body }
}

function page(data: unknown[], after: string | null = null): object {
  return { limit: 20, after, before: null, has_more: after !== null, data }
}

/** A client whose server answers these, in this order, and remembers what it was sent. */
function scripted(answers: ApiResponse[], options?: ClientOptions) {
  const sent: ApiRequest[] = []
  const send: Send = async (request) => {
    sent.push(request)
    const answer = answers[sent.length - 1]
    if (!answer) throw new Error('one request too many')
    return answer
  }
  return { client: createClient(send, options), sent }
}
