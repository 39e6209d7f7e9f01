import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { SILENT } from '../../../../test/harness/silent-log.ts'
import { closedPort, ENOUGH, resolverOver, SHORT, startWithWww, texts, WWW } from '../../test/resolvers.ts'
import type { Question } from '../dns/answer.ts'

const run = promisify(execFile)
/** SPF, DMARC and verification records are several monitors of one RRset, so what is said of it is shared for a while. */
const TEXT: Question = { name: 'text.example.test', type: 'TXT' }
const found = { kind: 'rrset', records: [{ text: '192.0.2.1' }] }

async function startWithText(text: string): Promise<DnsServer> {
  const server = await startDnsServer()
  server.set(TEXT.name, 'TXT', [text])
  return server
}

test('an answer comes with its evidence', async () => {
  await using server = await startWithWww()
  await using resolver = resolverOver([server.address])
  const answer = await resolver.look(WWW, ENOUGH)
  expect(answer).toMatchObject({
    kind: 'rrset',
    records: [{ text: '192.0.2.1' }],
    evidence: {
      server: server.address,
      role: 'upstream',
      transport: 'udp',
      rcode: 'NOERROR',
      aa: true,
      ttl: 300,
      chain: [],
    },
  })
  expect(resolver.servers).toEqual([server.address])
})

test('TCP alone works as well, over one connection', async () => {
  await using server = await startWithWww()
  await using resolver = resolverOver([`tcp://${server.address}`])
  for (let i = 0; i < 3; i += 1)
    expect(texts(await resolver.look(WWW, { ...ENOUGH, fresh: true }))).toEqual(['192.0.2.1'])
  expect(new Set(server.queries.map(({ transport, port }) => `${transport} ${port}`)).size).toBe(1)
  expect(server.count({ transport: 'tcp' })).toBe(3)
})

// Several upstreams

test.for([
  { why: 'SERVFAIL', behaviour: { kind: 'rcode', rcode: 2 } },
  { why: 'REFUSED', behaviour: { kind: 'rcode', rcode: 5 } },
  { why: 'silence', behaviour: { kind: 'silence' } },
] as const)('$why of one upstream is made up for by the next', async ({ behaviour }) => {
  await using bad = await startWithWww()
  await using good = await startWithWww()
  bad.behave('*', behaviour)
  await using resolver = resolverOver([bad.address, good.address])
  const answer = await resolver.look(WWW, { budgetMs: 1000 })
  expect(answer).toMatchObject({ ...found, evidence: { server: good.address } })
})

test('an upstream that is not there is made up for by the next, at once', async () => {
  await using good = await startWithWww()
  await using resolver = resolverOver([(await closedPort()).address, good.address])
  const started = performance.now()
  expect(texts(await resolver.look(WWW, { budgetMs: 10_000 }))).toEqual(['192.0.2.1'])
  expect(performance.now() - started).toBeLessThan(1000)
})

test('a third upstream is asked when two failed', async () => {
  await using first = await startWithWww()
  await using second = await startWithWww()
  await using third = await startWithWww()
  first.behave('*', { kind: 'rcode', rcode: 5 })
  second.behave('*', { kind: 'rcode', rcode: 2 })
  await using resolver = resolverOver([first.address, second.address, third.address])
  expect(await resolver.look(WWW, ENOUGH)).toMatchObject({ ...found, evidence: { server: third.address } })
})

test('of several failures the one that says most about the zone is the answer', async () => {
  await using refusing = await startWithWww()
  await using failing = await startWithWww()
  refusing.behave('*', { kind: 'rcode', rcode: 5 })
  failing.behave('*', { kind: 'rcode', rcode: 2 })
  await using resolver = resolverOver([refusing.address, failing.address])
  for (const startAt of [0, 1]) {
    expect(await resolver.look(WWW, { ...ENOUGH, startAt })).toMatchObject({
      why: 'servfail',
      evidence: { server: failing.address },
    })
  }
})

test('a failure of the only upstream is the answer at once', async () => {
  await using server = await startWithWww()
  await using resolver = resolverOver([server.address])
  server.behave('*', { kind: 'rcode', rcode: 2 })
  await resolver.look(WWW, ENOUGH)
  expect(server.count()).toBe(1)
})

test('a missing name is news, not a reason to ask elsewhere', async () => {
  await using first = await startDnsServer()
  await using second = await startWithWww()
  await using resolver = resolverOver([first.address, second.address])
  expect(await resolver.look(WWW, ENOUGH)).toMatchObject({ kind: 'nxdomain' })
  expect(second.count()).toBe(0)
})

test('a look begins where it is told to', async () => {
  await using first = await startWithWww('192.0.2.1')
  await using second = await startWithWww('192.0.2.2')
  await using resolver = resolverOver([first.address, second.address])
  const looks = [0, 1, 2].map((startAt) => resolver.look(WWW, { ...ENOUGH, startAt }))
  expect((await Promise.all(looks)).map(texts)).toEqual([['192.0.2.1'], ['192.0.2.2'], ['192.0.2.1']])
})

test('nobody there at all says nothing about the zone', async () => {
  const [one, two] = [await closedPort(), await closedPort()]
  await using resolver = resolverOver([one.address, two.address])
  const started = performance.now()
  expect(await resolver.look(WWW, { budgetMs: 10_000 })).toMatchObject({
    kind: 'unreachable',
    detail: expect.stringContaining('the port is closed (ECONNREFUSED)'),
    evidence: { server: one.address, rcode: null },
  })
  expect(performance.now() - started).toBeLessThan(1000)
})

test('an outage of the upstreams is two lines in the log, however many looks it hits', async () => {
  const lines: string[] = []
  const note = (_fields: object, message: string): void => void lines.push(message)
  const { address, port } = await closedPort()
  await using resolver = resolverOver([address], { log: { ...SILENT, warn: note, info: note } })
  for (let i = 0; i < 3; i += 1) await resolver.look(WWW, ENOUGH)
  await using server = await startDnsServer(port)
  for (let i = 0; i < 3; i += 1) await resolver.look(WWW, ENOUGH)
  expect(server.count()).toBeGreaterThan(0)
  expect(lines).toEqual(['no upstream can be reached', 'an upstream answers again'])
})

test('silence of one and absence of another is a timeout', async () => {
  await using silent = await startWithWww()
  silent.behave('*', { kind: 'silence' })
  await using resolver = resolverOver([(await closedPort()).address, silent.address])
  expect(await resolver.look(WWW, SHORT)).toMatchObject({ kind: 'timeout', evidence: { server: silent.address } })
})

test('every upstream can be heard for itself', async () => {
  await using first = await startWithWww('192.0.2.1')
  await using second = await startWithWww('192.0.2.2')
  await using failing = await startWithWww()
  failing.behave('*', { kind: 'rcode', rcode: 2 })
  await using resolver = resolverOver([first.address, second.address, failing.address, (await closedPort()).address])
  const answers = await resolver.lookEverywhere(WWW, { budgetMs: 1000 })
  expect(answers.map(texts)).toEqual([['192.0.2.1'], ['192.0.2.2'], 'failure', 'unreachable'])
})

// Flattened aliases

test('a CNAME that a provider flattened is told from one that is missing', async () => {
  await using server = await startWithWww()
  server.set('mail.example.test', 'MX', ['10 mx.example.test'])
  await using resolver = resolverOver([server.address])
  expect(await resolver.look({ name: 'www.example.test', type: 'CNAME' }, ENOUGH)).toMatchObject({
    kind: 'nodata',
    flattened: true,
  })
  expect(await resolver.look({ name: 'mail.example.test', type: 'CNAME' }, ENOUGH)).toMatchObject({
    kind: 'nodata',
    flattened: false,
  })
})

// Shared queries

test('equal questions at the same time are one query', async () => {
  await using server = await startWithWww()
  await using resolver = resolverOver([server.address])
  const answers = await Promise.all(Array.from({ length: 50 }, () => resolver.look(WWW, ENOUGH)))
  expect(answers.every((answer) => answer.kind === 'rrset')).toBe(true)
  expect(server.count()).toBe(1)
})

test('a fresh look asks for itself, and no later look goes back behind it', async () => {
  await using server = await startWithText('first')
  await using resolver = resolverOver([server.address])
  expect(texts(await resolver.look(TEXT, ENOUGH))).toEqual(['first'])
  server.set(TEXT.name, 'TXT', ['second'])
  expect(texts(await resolver.look(TEXT, ENOUGH))).toEqual(['first'])
  expect(texts(await resolver.look(TEXT, { ...ENOUGH, fresh: true }))).toEqual(['second'])
  expect(texts(await resolver.look(TEXT, ENOUGH))).toEqual(['second'])
  expect(server.count()).toBe(3)
})

test('of other types than TXT an answer that came is given to nobody else', async () => {
  await using server = await startWithWww()
  await using resolver = resolverOver([server.address])
  await resolver.look(WWW, ENOUGH)
  await resolver.look(WWW, ENOUGH)
  expect(server.count()).toBe(2)
})

test('a fresh look beside others is a query of its own', async () => {
  await using server = await startWithWww()
  await using resolver = resolverOver([server.address])
  const looks = [false, true, true].map((fresh) => resolver.look(WWW, { ...ENOUGH, fresh }))
  await Promise.all(looks)
  expect(server.count()).toBe(3)
})

test('a second look with one upstream is a query of its own', async () => {
  await using server = await startWithText('text')
  await using resolver = resolverOver([server.address])
  await resolver.look(TEXT, ENOUGH)
  await resolver.look(TEXT, { ...ENOUGH, startAt: 1 })
  expect(server.count()).toBe(2)
})

// Ends

test('a look that is called off answers at once', async () => {
  await using server = await startWithWww()
  server.behave('*', { kind: 'silence' })
  await using resolver = resolverOver([server.address])
  const stop = new AbortController()
  const answer = resolver.look(WWW, { budgetMs: 60_000, signal: stop.signal })
  stop.abort()
  expect(await answer).toMatchObject({ kind: 'unreachable', detail: 'The look was called off.' })
})

test('closing answers what is in flight', async () => {
  await using server = await startWithWww()
  server.behave('*', { kind: 'silence' })
  const resolver = resolverOver([server.address])
  const answer = resolver.look(WWW, { budgetMs: 60_000 })
  await resolver[Symbol.asyncDispose]()
  expect(await answer).toMatchObject({ kind: 'unreachable' })
  expect(await resolver.look(WWW, ENOUGH)).toMatchObject({ kind: 'unreachable' })
})

test('an idle resolver does not keep its process alive', async () => {
  await using server = await startWithWww()
  const script = `
    import { randomBytes } from 'node:crypto'
    import { createResolver } from ${JSON.stringify(new URL('resolver.ts', import.meta.url))}
    import { parseUpstream } from ${JSON.stringify(new URL('upstream.ts', import.meta.url))}
    import { systemClock } from ${JSON.stringify(new URL('../clock.ts', import.meta.url))}
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const upstreams = ['${server.address}', 'tcp://${server.address}'].map(parseUpstream)
    const resolver = createResolver({ upstreams, clock: systemClock, randomBytes, log })
    const answers = await resolver.lookEverywhere({ name: 'www.example.test', type: 'A' }, { budgetMs: 5000 })
    console.log(answers.map(({ kind }) => kind).join(' '))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { timeout: 9000 })
  expect(stdout).toBe('rrset rrset\n')
})

// Many at once

test('20,000 questions at once bring no false timeout', { timeout: 60_000 }, async () => {
  await using server = await startDnsServer()
  await using resolver = resolverOver([server.address])
  const names = Array.from({ length: 20_000 }, (_, at) => `n${at}.burst.test`)
  for (const name of names) server.set(name, 'A', ['192.0.2.1'])
  const answers = await Promise.all(names.map((name) => resolver.look({ name, type: 'A' }, { budgetMs: 30_000 })))
  expect(answers.filter((answer) => answer.kind !== 'rrset')).toEqual([])
})
