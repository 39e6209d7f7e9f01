/** The contract of what can be asked without a monitor: `POST /match` and `GET /lookup`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import { A_MONITOR, type Api, expectProblem, READER, type Reply, startApi } from './api.ts'

describe('POST /match', () => {
  let api: Api
  beforeAll(async () => {
    api = await startApi()
  })
  afterAll(() => api[Symbol.asyncDispose]())

  const match = (json: unknown): Promise<Reply> => api.call('POST', '/match', { json, key: READER })

  const judged: { why: string; given: object; state: string; codes: string[] }[] = [
    {
      why: 'the very value',
      given: { record_type: 'A', expected_value: '192.0.2.1', observed: ['192.0.2.1'] },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'another value',
      given: { record_type: 'A', expected_value: '192.0.2.1', observed: ['192.0.2.2'] },
      state: 'MISMATCH',
      codes: ['missing', 'extra'],
    },
    {
      why: 'flexible allows others beside it',
      given: {
        record_type: 'AAAA',
        expected_value: ['2001:db8::1'],
        is_exact_match: false,
        observed: ['2001:DB8:0::1', '2001:db8::2'],
      },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'MX by priority',
      given: { record_type: 'MX', expected_value: '10 a.example.com', observed: ['20 A.example.com.'] },
      state: 'MISMATCH',
      codes: ['differs'],
    },
    {
      why: 'cidr',
      given: { record_type: 'A', match: 'cidr', expected_value: '192.0.2.0/24', observed: ['198.51.100.1'] },
      state: 'MISMATCH',
      codes: ['outside_range'],
    },
    {
      why: 'SPF among its neighbours',
      given: {
        record_type: 'SPF',
        expected_value: 'v=spf1 include:a.example -all',
        match: 'includes',
        observed: ['other', 'v=spf1 include:a.example include:b.example -all'],
      },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'DMARC that is not there',
      given: { record_type: 'DMARC', expected_value: 'v=DMARC1', observed: ['other'] },
      state: 'MISMATCH',
      codes: ['no_policy'],
    },
    {
      why: 'the strings of one TXT record',
      given: { record_type: 'TXT', expected_value: 'v=spf1 a -all', observed: [['v=spf1 ', 'a -all']] },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'octets as Latin-1',
      given: { record_type: 'TXT', expected_value: 'ü', observed: [['\u00c3\u00bc']] },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'nothing observed is an empty answer',
      given: { record_type: 'A', expected_value: '192.0.2.1', observed: [] },
      state: 'NOT_FOUND',
      codes: ['nodata'],
    },
    { why: 'absent and absent', given: { record_type: 'A', match: 'absent', observed: [] }, state: 'VALID', codes: [] },
    {
      why: 'absent and there',
      given: { record_type: 'A', match: 'absent', observed: ['192.0.2.1'] },
      state: 'MISMATCH',
      codes: ['forbidden'],
    },
    {
      why: 'a baseline takes anything',
      given: { record_type: 'A', match: 'baseline', observed: ['192.0.2.1'] },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'two aliases of one name',
      given: { record_type: 'CNAME', expected_value: 'a.example', observed: ['a.example', 'b.example'] },
      state: 'INVALID',
      codes: ['illegal'],
    },
    ...(
      [
        ['NXDOMAIN', 'NOT_FOUND', 'nxdomain'],
        ['NODATA', 'NOT_FOUND', 'nodata'],
        ['SERVFAIL', 'INVALID', 'servfail'],
        ['REFUSED', 'INVALID', 'refused'],
        ['FORMERR', 'INVALID', 'malformed'],
        ['MALFORMED', 'INVALID', 'malformed'],
        ['TIMEOUT', 'TIMEOUT', 'timeout'],
      ] as const
    ).map(([response, state, code]) => ({
      why: `the response ${response}`,
      given: { record_type: 'A', expected_value: '192.0.2.1', observed: [], response },
      state,
      codes: [code],
    })),
    {
      why: 'a response needs no observed',
      given: { record_type: 'A', match: 'absent', response: 'NXDOMAIN' },
      state: 'VALID',
      codes: [],
    },
  ]
  test.for(judged)('judges $why', async ({ given, state, codes }) => {
    const { status, body } = await match(given)
    expect(status).toBe(200)
    expect({ state: body.state, codes: body.reasons.map(({ code }: { code: string }) => code) }).toEqual({
      state,
      codes,
    })
  })

  const expectations: { why: string; given: object }[] = [
    { why: 'none', given: { expected_value: undefined } },
    { why: 'an empty one', given: { expected_value: '' } },
    { why: 'one that is no address', given: { expected_value: 'x' } },
    { why: 'eleven', given: { expected_value: Array(11).fill('192.0.2.1') } },
    { why: 'a long one', given: { expected_value: 'x'.repeat(1001), record_type: 'TXT' } },
    { why: 'one beside absent', given: { match: 'absent' } },
    { why: 'one beside baseline', given: { match: 'baseline' } },
    { why: 'cidr for MX', given: { match: 'cidr', record_type: 'MX', expected_value: '192.0.2.0/24' } },
    { why: 'SPF that is none', given: { record_type: 'SPF', expected_value: 'hello' } },
    { why: 'a forgotten space', given: { record_type: 'MX', expected_value: '10mx1.service.com' } },
    { why: 'modes that contradict each other', given: { match: 'any_of', is_exact_match: true } },
    { why: 'a number', given: { expected_value: 7 } },
    { why: 'an unknown type', given: { record_type: 'FOO' } },
    { why: 'an unknown mode', given: { match: 'fuzzy' } },
  ]
  test.for(expectations)('refuses the expectation of $why exactly as POST /monitors does', async ({ given }) => {
    const expectation = { record_type: 'A', expected_value: '192.0.2.1', ...given }
    const reply = await match({ ...expectation, observed: [] })
    const { body } = await api.call('POST', '/monitors', { json: { ...A_MONITOR, ...expectation } })
    expect(body.status).toBe(400)
    expectProblem(reply, 400, body.code)
    expect([reply.body.detail, reply.body.errors]).toEqual([body.detail, body.errors])
  })

  const GOOD = { record_type: 'A', expected_value: '192.0.2.1', observed: ['192.0.2.1'] }
  const refused: { why: string; given: object; code?: string; field: string; says: RegExp }[] = [
    { why: 'neither observed nor response', given: { observed: undefined }, field: 'observed', says: /is required/ },
    { why: 'observed that is no list', given: { observed: '192.0.2.1' }, field: 'observed', says: /give a list/ },
    { why: 'a number observed', given: { observed: [7] }, field: 'observed[0]', says: /7 is not accepted; give a s/ },
    { why: 'null observed', given: { observed: ['192.0.2.1', null] }, field: 'observed[1]', says: /give a string/ },
    { why: 'no address observed', given: { observed: ['192.0.2.1', 'x'] }, field: 'observed[1]', says: /./ },
    { why: 'a list where no TXT is', given: { observed: [['192.0.2.1']] }, field: 'observed[0]', says: /not an array/ },
    {
      why: 'a list of numbers',
      given: { record_type: 'TXT', expected_value: 'x', observed: [[7]] },
      field: 'observed[0]',
      says: /a list of strings for a TXT record/,
    },
    {
      why: 'a string of 256 octets',
      given: { record_type: 'TXT', expected_value: 'x', observed: [['x'.repeat(256)]] },
      field: 'observed[0][0]',
      says: /255 octets/,
    },
    {
      why: 'a character that is no octet',
      given: { record_type: 'TXT', expected_value: 'x', observed: [['a', '€']] },
      field: 'observed[0][1]',
      says: /Latin-1/,
    },
    {
      why: 'a response beside values',
      given: { response: 'NXDOMAIN' },
      field: 'response',
      says: /leave `observed` empty/,
    },
    {
      why: 'an unknown response',
      given: { observed: [], response: 'NOTIMP' },
      field: 'response',
      says: /use one of NXDOMAIN, NODATA/,
    },
    { why: 'an unknown field', given: { domain: 'x' }, code: 'unknown_field', field: 'domain', says: /known are/ },
  ]
  test.for(refused)('refuses $why', async ({ given, code = 'invalid_field', field, says }) => {
    expectProblem(await match({ ...GOOD, ...given }), 400, code, { [field]: says })
  })

  test('answers a body full of records without delay', async () => {
    const observed = Array.from({ length: 12_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
    const started = performance.now()
    expect((await match({ ...GOOD, observed })).body.state).toBe('MISMATCH')
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

describe('GET /lookup', () => {
  const lookup = (api: Api, query: Record<string, string>): Promise<Reply> =>
    api.call('GET', `/lookup?${new URLSearchParams(query).toString()}`, { key: READER })

  /** Two upstreams and a server of the zone `example.test`, which the upstreams know of. */
  async function startWorld(settings: Record<string, string> = {}) {
    await using stack = new AsyncDisposableStack()
    const servers = [await startDnsServer(), await startDnsServer(), await startDnsServer()] as const
    for (const server of servers) stack.use(server)
    const [one, two, own] = servers
    for (const upstream of [one, two]) {
      upstream.set('example.test', 'NS', ['ns1.example.test'])
      upstream.set('ns1.example.test', 'A', ['127.0.0.1'])
    }
    const api = stack.use(
      await startApi({
        DNSRADAR_RESOLVERS: `${one.address},${two.address}`,
        DNSRADAR_DNS_TIMEOUT: '2s',
        DNSRADAR_DNS_ALLOW: own.address,
        ...settings,
      }),
    )
    const held = stack.move()
    return { one, two, own, servers, api, [Symbol.asyncDispose]: () => held.disposeAsync() }
  }

  const publish = (servers: readonly DnsServer[], value: string, ttl?: number): void =>
    servers.forEach((server) => server.set('www.example.test', 'A', [value], ttl))

  test('shows what every upstream and every server of the zone says, with their TTLs', async () => {
    await using world = await startWorld()
    publish([world.one], '192.0.2.1', 60)
    publish([world.two], '192.0.2.1', 120)
    publish([world.own], '192.0.2.1', 300)
    const { status, body } = await lookup(world.api, { name: 'WWW.Example.test.', type: 'A' })
    expect(status).toBe(200)
    const shown = { transport: 'udp', rcode: 'NOERROR', values: ['192.0.2.1'], chain: [], ad: false, error: null }
    expect(body).toMatchObject({
      name: 'www.example.test',
      type: 'A',
      consistent: true,
      answers: [
        { ...shown, server: world.one.address, role: 'upstream', ttl: 60 },
        { ...shown, server: world.two.address, role: 'upstream', ttl: 120 },
        { ...shown, server: world.own.address, role: 'authoritative', ttl: 300, aa: true },
      ],
    })
  })

  test('one server that says something else is seen', async () => {
    await using world = await startWorld()
    for (const [index, server] of world.servers.entries()) {
      publish(world.servers, '192.0.2.1')
      publish([server], '192.0.2.2')
      const { body } = await lookup(world.api, { name: 'www.example.test', type: 'A' })
      expect(body.consistent).toBe(false)
      expect(body.answers[index].values).toEqual(['192.0.2.2'])
    }
  })

  test('the order of records and their TTLs are no difference', async () => {
    await using world = await startWorld()
    world.one.set('www.example.test', 'A', ['192.0.2.1', '192.0.2.2'], 60)
    world.two.set('www.example.test', 'A', ['192.0.2.2', '192.0.2.1'], 61)
    world.own.set('www.example.test', 'A', ['192.0.2.2', '192.0.2.1'], 62)
    expect((await lookup(world.api, { name: 'www.example.test', type: 'A' })).body.consistent).toBe(true)
  })

  test('a name that is not there is an answer: some have it, some do not', async () => {
    await using world = await startWorld()
    expect((await lookup(world.api, { name: 'www.example.test', type: 'A' })).body).toMatchObject({
      consistent: true,
      answers: [{ rcode: 'NXDOMAIN', values: [] }, { rcode: 'NXDOMAIN' }, { rcode: 'NXDOMAIN', role: 'authoritative' }],
    })
    publish([world.own], '192.0.2.1')
    expect((await lookup(world.api, { name: 'www.example.test', type: 'A' })).body.consistent).toBe(false)
  })

  test.for([
    { why: 'refuses', behaviour: { kind: 'rcode', rcode: 5 }, shows: { rcode: 'REFUSED', error: /REFUSED/ } },
    { why: 'fails', behaviour: { kind: 'rcode', rcode: 2 }, shows: { rcode: 'SERVFAIL', error: /SERVFAIL/ } },
    { why: 'is silent', behaviour: { kind: 'silence' }, shows: { rcode: null, error: /time/ } },
  ] as const)('a server that $why is shown and disagrees with nobody', async ({ behaviour, shows }) => {
    await using world = await startWorld({ DNSRADAR_DNS_TIMEOUT: '500ms' })
    publish(world.servers, '192.0.2.1')
    world.two.behave('*', behaviour)
    const { body } = await lookup(world.api, { name: 'www.example.test', type: 'A' })
    expect(body).toMatchObject({ consistent: true, answers: [{ values: ['192.0.2.1'] }, { values: [] }, {}] })
    expect(body.answers[1]).toMatchObject({ rcode: shows.rcode, error: expect.stringMatching(shows.error) })
  })

  test('a server of the zone that does not speak for it disagrees with nobody', async () => {
    await using world = await startWorld()
    publish(world.servers, '192.0.2.1')
    world.own.behave('*', { kind: 'raw', reply: (query) => [emptyWithoutAuthority(query)] })
    const { body } = await lookup(world.api, { name: 'www.example.test', type: 'A' })
    expect(body).toMatchObject({ consistent: true, answers: [{}, {}, { rcode: 'NOERROR', values: [], aa: false }] })
  })

  test('an upstream that cannot be reached is shown with the reason', async () => {
    await using api = await startApi()
    const { status, body } = await lookup(api, { name: 'www.example.test', type: 'A' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ consistent: true, answers: [{ role: 'upstream', rcode: null, values: [] }] })
    expect(body.answers[0].error).toMatch(/cannot be reached/)
  })

  test('an alias is shown with where it leads', async () => {
    await using world = await startWorld()
    for (const server of world.servers) server.set('www.example.test', 'CNAME', ['web.example.test'])
    for (const server of world.servers) server.set('web.example.test', 'A', ['192.0.2.1'])
    const { body } = await lookup(world.api, { name: 'www.example.test', type: 'A' })
    expect(body.answers.map(({ chain }: { chain: string[] }) => chain)).toEqual(Array(3).fill(['web.example.test']))
  })

  test('the zone’s own servers are left alone when the operator says so', async () => {
    await using world = await startWorld({ DNSRADAR_AUTHORITATIVE: 'off' })
    publish(world.servers, '192.0.2.1')
    const { body } = await lookup(world.api, { name: 'www.example.test', type: 'A' })
    expect(body.answers.map(({ role }: { role: string }) => role)).toEqual(['upstream', 'upstream'])
    expect(world.own.count()).toBe(0)
  })

  test.for([
    { why: 'nothing is allowed', allow: '' },
    { why: 'another address is allowed', allow: '127.0.0.2' },
    { why: 'another port is allowed', allow: '10.0.0.1:53' },
  ])('no private address is asked where $why', async ({ allow }) => {
    await using world = await startWorld({ DNSRADAR_DNS_ALLOW: allow })
    publish(world.servers, '192.0.2.1')
    const { body } = await lookup(world.api, { name: 'www.example.test', type: 'A' })
    expect(body.answers).toHaveLength(2)
    expect(world.own.count()).toBe(0)
  })

  const asked: { why: string; query: Record<string, string>; name: string; type: string }[] = [
    { why: 'SPF is TXT', query: { name: 'example.test', type: 'SPF' }, name: 'example.test', type: 'TXT' },
    {
      why: 'DMARC is TXT where policies are published',
      query: { name: 'example.test', type: 'DMARC' },
      name: '_dmarc.example.test',
      type: 'TXT',
    },
    {
      why: 'DMARC at _dmarc is there already',
      query: { name: '_dmarc.example.test', type: 'DMARC' },
      name: '_dmarc.example.test',
      type: 'TXT',
    },
    {
      why: 'an address is its reverse name',
      query: { name: '192.0.2.1', type: 'PTR' },
      name: '1.2.0.192.in-addr.arpa',
      type: 'PTR',
    },
    {
      why: 'other scripts are A-labels',
      query: { name: 'grüße.test', type: 'MX' },
      name: 'xn--gre-6ka8l.test',
      type: 'MX',
    },
    { why: 'a top-level domain with its dot', query: { name: 'test.', type: 'NS' }, name: 'test', type: 'NS' },
  ]
  test('asks what a monitor of that name and type would ask', async () => {
    await using world = await startWorld()
    for (const { why, query, name, type } of asked) {
      world.one.forget()
      expect([why, (await lookup(world.api, query)).body]).toMatchObject([why, { name, type }])
      expect([why, world.one.queries.map((query) => `${query.name.toLowerCase()} ${query.type}`)]).toEqual([
        why,
        expect.arrayContaining([`${name} ${type}`]),
      ])
    }
  })

  const refused: { query: Record<string, string>; field: string }[] = [
    { query: { type: 'A' }, field: 'name' },
    { query: { name: 'example.com' }, field: 'type' },
    { query: { name: '', type: 'A' }, field: 'name' },
    { query: { name: '.', type: 'A' }, field: 'name' },
    { query: { name: '..', type: 'A' }, field: 'name' },
    { query: { name: 'a..example.com', type: 'A' }, field: 'name' },
    { query: { name: 'localhost', type: 'A' }, field: 'name' },
    { query: { name: 'not a name', type: 'A' }, field: 'name' },
    { query: { name: 'https://example.com/', type: 'A' }, field: 'name' },
    { query: { name: '192.0.2.1', type: 'A' }, field: 'name' },
    { query: { name: 'example.com:53', type: 'A' }, field: 'name' },
    { query: { name: `${'a'.repeat(64)}.com`, type: 'A' }, field: 'name' },
    { query: { name: `${'a.'.repeat(200)}com`, type: 'A' }, field: 'name' },
    { query: { name: 'x'.repeat(600), type: 'A' }, field: 'name' },
    { query: { name: 'example.com', type: '' }, field: 'type' },
    { query: { name: 'example.com', type: 'ANY' }, field: 'type' },
    { query: { name: 'example.com', type: 'AXFR' }, field: 'type' },
    { query: { name: 'example.com', type: '1' }, field: 'type' },
    { query: { name: 'example.com', type: 'A', server: '10.0.0.1' }, field: 'server' },
  ]
  test('refuses empty and impossible names and types, and asks nobody', async () => {
    await using world = await startWorld()
    for (const { query, field } of refused) {
      expectProblem(await lookup(world.api, query), 400, 'invalid_query', { [field]: /./ })
    }
    for (const query of ['name=a.test&name=b.test&type=A', 'name=a.test&type=A&type=MX']) {
      expectProblem(await world.api.call('GET', `/lookup?${query}`), 400, 'invalid_query')
    }
    expectProblem(await world.api.call('GET', '/lookup?name=%00.test&type=A'), 400, 'invalid_query')
    expect(world.servers.map((server) => server.count())).toEqual([0, 0, 0])
  })

  test('is called off with 503 when the process stops', async () => {
    await using dns = await startDnsServer()
    dns.behave('*', { kind: 'silence' })
    const api = await startApi({ DNSRADAR_RESOLVERS: dns.address, DNSRADAR_DNS_TIMEOUT: '60s' })
    const asking = lookup(api, { name: 'www.example.test', type: 'A' })
    await expect.poll(() => dns.count()).toBeGreaterThan(0)
    const started = performance.now()
    await api[Symbol.asyncDispose]()
    expectProblem(await asking, 503, 'not_ready')
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

/** NOERROR to the query's question, without records and without the AA bit. */
function emptyWithoutAuthority(query: Buffer): Buffer {
  let end = 12
  while ((query[end] ?? 0) !== 0) end += 1 + (query[end] ?? 0)
  const reply = Buffer.from(query.subarray(0, end + 5))
  reply.writeUInt16BE(0x8000, 2)
  reply.fill(0, 6, 12)
  return reply
}
