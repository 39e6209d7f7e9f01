/** Whatever is sent, the answer is the caller's affair: never a 5xx. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROUTES } from '../src/index.ts'
import { type Api, startApi } from './api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi({ DNSRADAR_WEBHOOKS_PER_GROUP: '10000' })
})
afterAll(() => api[Symbol.asyncDispose]())

/** Texts that mean something to one layer or another, beside any text at all. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'example.com',
    'www',
    '*.example.com',
    'xn--',
    '.',
    '..',
    '\\000.example.com',
    '192.0.2.1',
    '::1',
    '1.2.0.192.in-addr.arpa',
    '__proto__',
    '\0',
    '\ud800',
    "'; drop table monitors; --",
    '%s',
    '${7*7}',
    'v=spf1 -all',
    '10 mx.example.com',
    'a'.repeat(1001),
    'https://example.com/',
    'http://[::ffff:127.0.0.1]/',
    'grp_01h455vb4pex5vsknk084sn02q',
    'mon_01h455vb4pex5vsknk084sn02q',
  ),
)
const anything = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: fc.jsonValue() },
  fc.array(text, { maxLength: 3 }),
  fc.constantFrom(null, true, -1, 0, 5, 60, 1e308, 1.5),
)

function bodyOf(required: readonly string[], optional: readonly string[]): fc.Arbitrary<object> {
  const members = [...required, ...optional].map((name) => [name, anything] as const)
  return fc.record(Object.fromEntries(members), { requiredKeys: [...required] })
}

async function expectNoFault(method: string, path: string, ask: object): Promise<void> {
  const reply = await api.call(method, path, ask)
  expect(reply.status).toBeLessThan(500)
}

const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS', 'PTR', 'CAA', 'SPF', 'DMARC']

test('no new monitor breaks the server', async () => {
  const body = bodyOf(
    ['domain', 'expected_value'],
    ['subdomain', 'full_domain', 'frequency', 'match', 'group', 'external_id', 'metadata'],
  )
  const typed = fc
    .tuple(body, fc.constantFrom(...RECORD_TYPES))
    .map(([rest, record_type]) => ({ ...rest, record_type, is_active: false }))
  await fc.assert(
    fc.asyncProperty(typed, (json) => expectNoFault('POST', '/monitors', { json })),
    { numRuns: 300 },
  )
})

test('no edit of a monitor breaks the server, whatever became of it before', async () => {
  const given = { domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1', is_active: false }
  const { uuid } = (await api.call('POST', '/monitors', { json: given })).body
  const edit = fc.dictionary(
    fc.constantFrom(
      'domain',
      'subdomain',
      'full_domain',
      'expected_value',
      'is_exact_match',
      'frequency',
      'notify',
      'group',
      'external_id',
      'metadata',
    ),
    anything,
    { maxKeys: 3 },
  )
  const chosen = fc.record(
    {
      record_type: fc.constantFrom(...RECORD_TYPES),
      match: fc.constantFrom('exact', 'includes', 'any_of', 'none_of', 'cidr', 'absent', 'baseline'),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(edit, chosen, (rest, json) =>
      expectNoFault('PATCH', `/monitors/${uuid}`, { json: { ...rest, ...json } }),
    ),
    { numRuns: 300 },
  )
})

test('no bulk of monitors breaks the server, rehearsed or not', async () => {
  const item = bodyOf(['record_type', 'expected_value'], ['domain', 'full_domain', 'group', 'external_id', 'metadata'])
  const good = fc.constant({ domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1', is_active: false })
  const body = fc.record(
    {
      monitors: fc.array(fc.oneof(good, item), { maxLength: 4 }),
      group: anything,
      frequency: anything,
      ignore: fc.boolean(),
    },
    { requiredKeys: ['monitors'] },
  )
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom('', '?dry_run=true'), (json, query) =>
      expectNoFault('POST', `/monitors/bulk${query}`, { json }),
    ),
    { numRuns: 200 },
  )
})

test('no key of a monitor breaks the server', async () => {
  const json = { domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1', is_active: false }
  await fc.assert(
    fc.asyncProperty(text, (key) => {
      const segment = encodeURIComponent(key.toWellFormed()).replaceAll('.', '%252e') || 'x'
      return expectNoFault('PUT', `/monitors/by-key/${segment}`, { json })
    }),
    { numRuns: 200 },
  )
})

test('no group breaks the server', async () => {
  const body = bodyOf([], ['slug', 'name', 'is_public', 'frequency', 'is_active'])
  const calls = fc.constantFrom(
    ['POST', '/groups'] as const,
    ['PATCH', '/groups/default'] as const,
    ['PATCH', '/groups/default/monitors'] as const,
  )
  await fc.assert(
    fc.asyncProperty(calls, body, ([method, path], json) => expectNoFault(method, path, { json })),
    { numRuns: 200 },
  )
})

test('no dry run of a match breaks the server', async () => {
  const body = fc.record(
    {
      record_type: fc.constantFrom(...RECORD_TYPES),
      match: fc.constantFrom('exact', 'includes', 'any_of', 'none_of', 'cidr', 'absent', 'baseline'),
      expected_value: fc.oneof(text, fc.array(text, { maxLength: 3 })),
      observed: fc.array(fc.oneof(text, fc.array(text, { maxLength: 3 })), { maxLength: 4 }),
      response: fc.constantFrom('NXDOMAIN', 'TIMEOUT', 'x'),
    },
    { requiredKeys: ['record_type', 'observed'] },
  )
  await fc.assert(
    fc.asyncProperty(body, (json) => expectNoFault('POST', '/match', { json })),
    { numRuns: 300 },
  )
})

test('no name that is looked up breaks the server', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(...RECORD_TYPES), (name, type) => {
      const query = new URLSearchParams({ name: name.toWellFormed(), type }).toString()
      return expectNoFault('GET', `/lookup?${query}`, {})
    }),
    { numRuns: 200 },
  )
})

test('no new webhook breaks the server', async () => {
  const body = bodyOf(
    ['url'],
    ['method', 'secret', 'headers', 'groups', 'all_groups', 'events', 'states', 'monitors', 'timeout_seconds'],
  )
  await fc.assert(
    fc.asyncProperty(body, (json) => expectNoFault('POST', '/webhooks', { json })),
    { numRuns: 300 },
  )
})

test('no query of a list breaks the server', async () => {
  const lists = ROUTES.filter(({ method, path, auth }) => method === 'GET' && auth !== 'none' && !path.includes(':'))
  const names = [
    'limit',
    'after',
    'before',
    'order_by',
    'order_way',
    'group',
    'domain',
    'full_domain',
    'subdomain',
    'url',
    'state',
    'registrable_domain',
    'match',
    'external_id',
    'q',
    'metadata',
    'metadata[a]',
    'metadata[__proto__]',
    'metadata[]',
    'x',
  ]
  const query = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), text, { maxKeys: 4 })
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lists.map(({ path }) => path)), query, (path, given) => {
      const pairs = Object.entries(given).map(([name, value]): [string, string] => [
        name.toWellFormed(),
        value.toWellFormed(),
      ])
      return expectNoFault('GET', `${path}?${new URLSearchParams(pairs).toString()}`, {})
    }),
    { numRuns: 300 },
  )
})

test('no id in a path breaks the server', async () => {
  const paths = ROUTES.filter(({ path }) => path.includes(':')).map(({ method, path }) => ({ method, path }))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), text, ({ method, path }, id) => {
      const segment = encodeURIComponent(id.toWellFormed()).replaceAll('.', '%252e') || 'x'
      return expectNoFault(method, path.replaceAll(/:\w+/g, segment), {})
    }),
    { numRuns: 300 },
  )
})

test('no octets as a body break the server', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), (raw) =>
      expectNoFault('POST', '/monitors', { raw }),
    ),
    { numRuns: 200 },
  )
})
