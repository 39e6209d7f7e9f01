/** The contract of `GET /lookup`: what every server says about a name, without a monitor. */
import { describe, expect, test } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import { type Api, expectProblem, READER, type Reply, startApi } from './api.ts'

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
