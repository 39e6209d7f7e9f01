import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { ENOUGH, resolverOver, SLACK_MS, startWithWww, WWW } from '../../test/resolvers.ts'
import { systemClock } from '../clock.ts'
import type { Answer } from '../dns/answer.ts'
import type { Authority } from '../ports/resolve.ts'
import { createAuthority, parseDnsAllow } from './authority.ts'

/** An upstream that knows `example.test` by its servers alone, and an authority that asks through it. */
interface World extends AsyncDisposable {
  readonly upstream: DnsServer
  readonly authority: Authority
}

/** `allow` as the operator writes it; every server stands at 127.0.0.1 and is told apart by its port. */
async function startWorld(allow: readonly string[]): Promise<World> {
  await using stack = new AsyncDisposableStack()
  const upstream = stack.use(await startDnsServer())
  const resolver = stack.use(resolverOver([upstream.address]))
  const authority = createAuthority({ resolver, clock: systemClock, randomBytes, allow: parseDnsAllow(allow) })
  upstream.set('example.test', 'NS', ['ns1.example.test'])
  upstream.set('ns1.example.test', 'A', ['127.0.0.1'])
  const held = stack.move()
  return { upstream, authority, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

function texts(answer: Answer): string {
  return answer.kind === 'rrset' ? answer.records.map(({ text }) => text).join(' ') : answer.kind
}

test("a zone's server is asked directly and without recursion", async () => {
  await using own = await startWithWww('192.0.2.1')
  await using world = await startWorld([own.address])
  expect(await world.authority.ask(WWW, ENOUGH)).toMatchObject([
    {
      kind: 'rrset',
      records: [{ text: '192.0.2.1' }],
      evidence: { server: own.address, role: 'authoritative', transport: 'udp', aa: true },
    },
  ])
  expect(own.queries).toMatchObject([{ name: expect.stringMatching(/^www\.example\.test$/i), recursionDesired: false }])
  expect(world.upstream.count({ name: 'www.example.test', type: 'A' })).toBe(0)
})

test('every server of the zone answers for itself, one address once', async () => {
  await using one = await startWithWww('192.0.2.1')
  await using two = await startWithWww('192.0.2.2')
  await using world = await startWorld([one.address, two.address])
  world.upstream.set('example.test', 'NS', ['ns1.example.test', 'ns2.example.test'])
  world.upstream.set('ns2.example.test', 'A', ['127.0.0.1'])
  const answers = await world.authority.ask(WWW, ENOUGH)
  expect(answers.map(texts).sort()).toEqual(['192.0.2.1', '192.0.2.2'])
  expect([one.count(), two.count()]).toEqual([1, 1])
})

test("the deepest zone's servers are asked, not those above", async () => {
  await using own = await startWithWww('192.0.2.1')
  await using world = await startWorld([own.address])
  own.set('a.sub.example.test', 'A', ['192.0.2.9'])
  world.upstream.set('example.test', 'NS', ['elsewhere.example.test'])
  world.upstream.set('sub.example.test', 'NS', ['ns1.example.test'])
  const answers = await world.authority.ask({ name: 'a.sub.example.test', type: 'A' }, ENOUGH)
  expect(answers.map(texts)).toEqual(['192.0.2.9'])
  expect(world.upstream.count({ name: 'elsewhere.example.test' })).toBe(0)
})

test.for([
  { why: 'loopback', ips: ['127.0.0.1'], type: 'A', allow: [] },
  { why: 'private', ips: ['10.0.0.1', '192.168.1.1'], type: 'A', allow: ['127.0.0.0/8'] },
  { why: 'mapped into IPv6', ips: ['::ffff:127.0.0.1'], type: 'AAAA', allow: [] },
  { why: "of a cloud's metadata service", ips: ['169.254.169.254'], type: 'A', allow: ['169.254.0.0/16'] },
] as const)('an address is refused that is $why and not allowed', async ({ ips, type, allow }) => {
  await using world = await startWorld(allow)
  world.upstream.remove('ns1.example.test')
  world.upstream.set('ns1.example.test', type, ips)
  expect(await world.authority.ask(WWW, ENOUGH)).toEqual([])
})

test("of a server's addresses the first that is open is asked", async () => {
  await using own = await startWithWww('192.0.2.1')
  await using world = await startWorld([own.address])
  world.upstream.set('ns1.example.test', 'A', ['10.0.0.1', '127.0.0.1', '192.168.0.1'])
  expect((await world.authority.ask(WWW, ENOUGH)).map(texts)).toEqual(['192.0.2.1'])
})

test('a name server without an address is left out', async () => {
  await using own = await startWithWww('192.0.2.1')
  await using world = await startWorld([own.address])
  world.upstream.set('example.test', 'NS', ['ns0.example.test', 'ns1.example.test'])
  expect((await world.authority.ask(WWW, ENOUGH)).map(texts)).toEqual(['192.0.2.1'])
})

test('a zone without name servers has nobody to ask', async () => {
  await using world = await startWorld([])
  world.upstream.remove('example.test', 'NS')
  expect(await world.authority.ask(WWW, ENOUGH)).toEqual([])
})

test('of a hundred name servers eight are looked up', async () => {
  await using world = await startWorld([])
  const names = Array.from({ length: 100 }, (_, i) => `ns${i}.example.test`)
  world.upstream.set('example.test', 'NS', names)
  await world.authority.ask(WWW, ENOUGH)
  expect(world.upstream.count({ type: 'A' })).toBe(8)
})

test("a lame server's refusal and an answer that does not fit a datagram", async () => {
  await using lame = await startWithWww('192.0.2.1')
  await using full = await startWithWww('192.0.2.1')
  lame.behave('*', { kind: 'rcode', rcode: 5 })
  full.behave('*', { kind: 'truncated' })
  await using world = await startWorld([lame.address, full.address])
  const answers = await world.authority.ask(WWW, ENOUGH)
  expect(answers).toContainEqual(expect.objectContaining({ kind: 'failure', why: 'refused' }))
  expect(answers).toContainEqual(
    expect.objectContaining({ kind: 'rrset', evidence: expect.objectContaining({ transport: 'tcp' }) }),
  )
})

// Aliases

/** `www.example.test` is an alias into `cdn.test`; each zone's server refuses the other's names. */
async function startAliased() {
  await using stack = new AsyncDisposableStack()
  const own = stack.use(await startDnsServer())
  const cdn = stack.use(await startDnsServer())
  own.set('www.example.test', 'CNAME', ['edge.cdn.test'])
  own.behave('edge.cdn.test', { kind: 'rcode', rcode: 5 })
  cdn.set('edge.cdn.test', 'A', ['192.0.2.7'])
  cdn.behave('www.example.test', { kind: 'rcode', rcode: 5 })
  const world = stack.use(await startWorld([own.address, cdn.address]))
  world.upstream.set('cdn.test', 'NS', ['ns1.cdn.test'])
  world.upstream.set('ns1.cdn.test', 'A', ['127.0.0.1'])
  const held = stack.move()
  return { own, cdn, world, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

test('an alias out of the zone is followed to the servers of where it leads', async () => {
  await using aliased = await startAliased()
  expect(await aliased.world.authority.ask(WWW, ENOUGH)).toContainEqual(
    expect.objectContaining({
      kind: 'rrset',
      records: [expect.objectContaining({ text: '192.0.2.7' })],
      evidence: expect.objectContaining({ server: aliased.cdn.address, chain: ['edge.cdn.test'] }),
    }),
  )
})

test('an alias itself is the answer when CNAME is the question', async () => {
  await using aliased = await startAliased()
  const answers = await aliased.world.authority.ask({ ...WWW, type: 'CNAME' }, ENOUGH)
  expect(answers.map(texts)).toContain('edge.cdn.test')
  expect(aliased.cdn.count({ name: 'edge.cdn.test' })).toBe(0)
})

test('an alias belongs to its own zone, whose servers are not those of its target', async () => {
  await using own = await startDnsServer()
  own.set('www.example.test', 'CNAME', ['cdn.test'])
  await using world = await startWorld([own.address])
  world.upstream.set('www.example.test', 'CNAME', ['cdn.test'])
  world.upstream.set('cdn.test', 'NS', ['ns1.cdn.test'])
  const answers = await world.authority.ask({ ...WWW, type: 'CNAME' }, ENOUGH)
  expect(answers.map(texts)).toEqual(['cdn.test'])
})

test('an alias to a name that its own zone denies is dangling', async () => {
  await using aliased = await startAliased()
  aliased.cdn.remove('edge.cdn.test')
  expect(await aliased.world.authority.ask(WWW, ENOUGH)).toContainEqual(
    expect.objectContaining({
      kind: 'dangling_alias',
      evidence: expect.objectContaining({ chain: ['edge.cdn.test'] }),
    }),
  )
})

test('an alias to where nobody can be asked says nothing about records', async () => {
  await using aliased = await startAliased()
  aliased.world.upstream.remove('cdn.test', 'NS')
  const answers = await aliased.world.authority.ask(WWW, ENOUGH)
  expect(answers.map(({ kind }) => kind)).toEqual(['failure', 'failure'])
  expect(answers).toContainEqual(
    expect.objectContaining({ detail: 'The server knows only that the name is an alias of "edge.cdn.test".' }),
  )
})

test('aliases that lead in a circle come to an end', async () => {
  await using own = await startDnsServer()
  own.set('www.example.test', 'CNAME', ['web.example.test'])
  own.set('web.example.test', 'CNAME', ['www.example.test'])
  await using world = await startWorld([own.address])
  expect((await world.authority.ask(WWW, ENOUGH)).map(texts)).toEqual(['failure'])
})

// Time

test.for([
  { why: "the zone's server", hush: 'own' },
  { why: 'the upstream', hush: 'upstream' },
] as const)('silence of $why takes no more than the budget', async ({ hush }) => {
  await using own = await startWithWww('192.0.2.1')
  await using world = await startWorld([own.address])
  const quiet = hush === 'own' ? own : world.upstream
  quiet.behave('*', { kind: 'silence' })
  const started = performance.now()
  const answers = await world.authority.ask(WWW, { budgetMs: 1000 })
  expect(performance.now() - started).toBeLessThan(1000 + SLACK_MS)
  expect(answers.map(texts)).toEqual(hush === 'own' ? ['timeout'] : [])
})

test('a call that is called off ends at once, with nothing', async () => {
  await using own = await startDnsServer()
  await using world = await startWorld([own.address])
  const stop = new AbortController()
  own.behave('*', { kind: 'raw', reply: () => (stop.abort(), []) })
  const started = performance.now()
  expect(await world.authority.ask(WWW, { budgetMs: 10_000, signal: stop.signal })).toEqual([])
  expect(performance.now() - started).toBeLessThan(2000)
  expect(await world.authority.ask(WWW, { ...ENOUGH, signal: stop.signal })).toEqual([])
})

test('no socket stays open', async () => {
  await using own = await startWithWww('192.0.2.1')
  await using world = await startWorld([own.address])
  own.behave('www.example.test', { kind: 'truncated' })
  // The upstream's sockets stay; they are opened by the first question.
  await world.authority.ask(WWW, ENOUGH)
  const before = openSockets()
  await world.authority.ask(WWW, ENOUGH)
  await expect.poll(openSockets).toBeLessThanOrEqual(before)
})

/** UDP and TCP handles of this process, those included that do not keep it alive. */
function openSockets(): number {
  const report = process.report.getReport() as unknown as { libuv: { type: string }[] }
  return report.libuv.filter(({ type }) => type === 'udp' || type === 'tcp').length
}

test('many questions at a time are all answered', async () => {
  await using own = await startWithWww('192.0.2.1')
  await using world = await startWorld([own.address])
  const asked = Array.from({ length: 50 }, () => world.authority.ask(WWW, ENOUGH))
  expect(new Set((await Promise.all(asked)).flat().map(texts))).toEqual(new Set(['192.0.2.1']))
})
