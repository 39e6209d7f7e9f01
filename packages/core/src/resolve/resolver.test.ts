import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { encode } from '../../../../test/harness/dns-oracle.ts'
import { type Behaviour, type DnsServer, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { systemClock } from '../clock.ts'
import type { Answer, Question } from '../dns/answer.ts'
import type { Resolver } from '../ports/resolve.ts'
import { createResolver, type ResolverOptions } from './resolver.ts'
import { parseUpstream } from './upstream.ts'

const run = promisify(execFile)
const QUIET = { debug() {}, info() {}, warn() {}, error() {} }
const WWW: Question = { name: 'www.example.test', type: 'A' }
/** SPF, DMARC and verification records are several monitors of one RRset, so what is said of it is shared for a while. */
const TEXT: Question = { name: 'text.example.test', type: 'TXT' }
/** Long enough for a busy machine where an answer is expected, short where silence is. */
const ENOUGH = { budgetMs: 5000 }
const SHORT = { budgetMs: 200 }
/** Some tries are silent, and then there is an answer. */
const BETWEEN = { budgetMs: 1500 }
/** Timers and a busy machine may add this much to a budget. */
const SLACK_MS = 300

function over(upstreams: readonly string[], options: Partial<ResolverOptions> = {}): Resolver {
  return createResolver({
    upstreams: upstreams.map(parseUpstream),
    clock: systemClock,
    randomBytes,
    log: QUIET,
    ...options,
  })
}

async function startWithText(text: string): Promise<DnsServer> {
  const server = await startDnsServer()
  server.set(TEXT.name, 'TXT', [text])
  return server
}

async function startWithWww(address = '192.0.2.1'): Promise<DnsServer> {
  const server = await startDnsServer()
  server.set('www.example.test', 'A', [address])
  return server
}

/** An address on loopback where nothing listens. */
async function closedPort(): Promise<string> {
  await using server = await startDnsServer()
  return server.address
}

function texts(answer: Answer): readonly string[] | string {
  return answer.kind === 'rrset' ? answer.records.map(({ text }) => text) : answer.kind
}

test('an answer comes with its evidence', async () => {
  await using server = await startWithWww()
  await using resolver = over([server.address])
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
  await using resolver = over([`tcp://${server.address}`])
  for (let i = 0; i < 3; i += 1)
    expect(texts(await resolver.look(WWW, { ...ENOUGH, fresh: true }))).toEqual(['192.0.2.1'])
  expect(new Set(server.queries.map(({ transport, port }) => `${transport} ${port}`)).size).toBe(1)
  expect(server.count({ transport: 'tcp' })).toBe(3)
})

// What servers do wrong

interface Misbehaviour {
  readonly why: string
  readonly udp?: Behaviour
  readonly tcp?: Behaviour
  readonly expected: object
}

const timeout = { kind: 'timeout', evidence: { rcode: null } }
const malformed = { kind: 'failure', why: 'malformed' }
const found = { kind: 'rrset', records: [{ text: '192.0.2.1' }] }

const misbehaviours: Misbehaviour[] = [
  { why: 'silence is a timeout', udp: { kind: 'silence' }, tcp: { kind: 'silence' }, expected: timeout },
  {
    why: 'silence over UDP alone is overcome by TCP',
    udp: { kind: 'silence' },
    expected: { ...found, evidence: { transport: 'tcp' } },
  },
  { why: 'garbage everywhere is malformed', udp: { kind: 'garbage' }, tcp: { kind: 'garbage' }, expected: malformed },
  { why: 'garbage over UDP may be forged, TCP decides', udp: { kind: 'garbage' }, expected: found },
  { why: 'a reply with another id is ignored', udp: { kind: 'wrong_id' }, tcp: { kind: 'silence' }, expected: timeout },
  {
    why: 'a reply to another question is ignored while a better one may come',
    udp: { kind: 'wrong_question' },
    expected: found,
  },
  {
    why: 'replies to other questions alone are malformed',
    udp: { kind: 'wrong_question' },
    tcp: { kind: 'wrong_question' },
    expected: malformed,
  },
  {
    why: 'a server without EDNS is asked without',
    udp: { kind: 'no_edns' },
    expected: { ...found, evidence: { transport: 'udp' } },
  },
  { why: 'SERVFAIL', udp: { kind: 'rcode', rcode: 2 }, expected: { kind: 'failure', why: 'servfail' } },
  { why: 'REFUSED', udp: { kind: 'rcode', rcode: 5 }, expected: { kind: 'failure', why: 'refused' } },
  {
    why: 'FORMERR with and without EDNS',
    udp: { kind: 'rcode', rcode: 1 },
    expected: { kind: 'failure', why: 'formerr' },
  },
  {
    why: 'an extended error is shown',
    udp: { kind: 'rcode', rcode: 2, ede: { code: 9, text: 'no DNSKEY' } },
    expected: { why: 'servfail', evidence: { ede: { code: 9, text: 'no DNSKEY' } } },
  },
  {
    why: 'a truncated answer is fetched over TCP',
    udp: { kind: 'truncated' },
    expected: { ...found, evidence: { transport: 'tcp' } },
  },
  {
    why: 'truncated, then an empty message over TCP',
    udp: { kind: 'truncated' },
    tcp: { kind: 'empty' },
    expected: malformed,
  },
  { why: 'truncated, then hung up on', udp: { kind: 'truncated' }, tcp: { kind: 'close' }, expected: malformed },
  { why: 'truncated, then silence', udp: { kind: 'truncated' }, tcp: { kind: 'silence' }, expected: timeout },
  {
    why: 'truncated, then octet by octet',
    udp: { kind: 'truncated' },
    tcp: { kind: 'dribble', everyMs: 20 },
    expected: timeout,
  },
]

test.concurrent.for(misbehaviours)('$why', async ({ udp, tcp, expected }) => {
  await using server = await startWithWww()
  await using resolver = over([server.address])
  if (udp !== undefined) server.behave('www.example.test', udp, 'udp')
  if (tcp !== undefined) server.behave('www.example.test', tcp, 'tcp')
  const { budgetMs } = expected === timeout ? SHORT : BETWEEN
  const started = performance.now()
  expect(await resolver.look(WWW, { budgetMs })).toMatchObject(expected)
  expect(performance.now() - started).toBeLessThan(budgetMs + SLACK_MS)
})

test('a forged reply that comes first does not win', async () => {
  await using server = await startWithWww()
  await using resolver = over([server.address])
  server.behave('www.example.test', {
    kind: 'raw',
    reply: (query) => {
      const header = { type: 'response', flags: 0 } as const
      const reply = (id: number, data: string): Buffer => {
        const message = encode({ ...header, id, answers: [{ type: 'A', name: 'www.example.test', ttl: 1, data }] })
        return encodeWithQuestion(query, message)
      }
      const id = query.readUInt16BE(0)
      return [reply((id + 1) & 0xffff, '203.0.113.9'), Buffer.from('short'), Buffer.alloc(0), reply(id, '192.0.2.1')]
    },
  })
  expect(texts(await resolver.look(WWW, ENOUGH))).toEqual(['192.0.2.1'])
})

/** `message`, which has no question, with the question of `query` as it came. */
function encodeWithQuestion(query: Buffer, message: Buffer): Buffer {
  let end = 12
  while (query[end] !== 0) end += 1 + (query[end] ?? 0)
  const header = Buffer.from(message.subarray(0, 12))
  header.writeUInt16BE(1, 4)
  return Buffer.concat([header, query.subarray(12, end + 5), message.subarray(12)])
}

const hostile: { why: string; body: () => Buffer; answers: number; expected: object }[] = [
  {
    why: 'a record whose name points at itself',
    body: () => Buffer.concat([Buffer.from([0xc0, 34]), Buffer.from([0, 1, 0, 1, 0, 0, 0, 1, 0, 0])]),
    answers: 1,
    expected: malformed,
  },
  { why: 'more answers than there are', body: () => Buffer.alloc(0), answers: 65_535, expected: malformed },
  {
    why: '64 kB of text',
    body: () =>
      Buffer.concat(
        Array.from({ length: 200 }, (_, at) =>
          rawRecord(16, Buffer.concat([Buffer.from([255]), Buffer.alloc(255, at)])),
        ),
      ),
    answers: 200,
    expected: { kind: 'rrset' },
  },
]

function rawRecord(type: number, data: Buffer): Buffer {
  const header = Buffer.from([
    0xc0,
    12,
    type >> 8,
    type & 0xff,
    0,
    1,
    0,
    0,
    0,
    60,
    data.length >> 8,
    data.length & 0xff,
  ])
  return Buffer.concat([header, data])
}

test.for(hostile)('over TCP: $why', async ({ body, answers, expected }) => {
  await using server = await startDnsServer()
  await using resolver = over([`tcp://${server.address}`])
  server.behave('www.example.test', {
    kind: 'raw',
    reply: (query) => {
      const header = Buffer.from([
        query[0] ?? 0,
        query[1] ?? 0,
        0x80,
        0,
        0,
        0,
        answers >> 8,
        answers & 0xff,
        0,
        0,
        0,
        0,
      ])
      return [encodeWithQuestion(query, Buffer.concat([header, body()]))]
    },
  })
  expect(await resolver.look({ ...WWW, type: 'TXT' }, ENOUGH)).toMatchObject(expected)
})

test('a name with dots and octets above 127 inside its labels is shown with escapes', async () => {
  await using server = await startDnsServer()
  await using resolver = over([server.address])
  server.behave('www.example.test', {
    kind: 'raw',
    reply: (query) => {
      const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0])
      return [
        encodeWithQuestion(
          query,
          Buffer.concat([header, rawRecord(5, Buffer.from('\x05A.\xff\\b\x04test\x00', 'latin1'))]),
        ),
      ]
    },
  })
  expect(texts(await resolver.look({ ...WWW, type: 'CNAME' }, ENOUGH))).toEqual(['a\\.\\255\\\\b.test'])
})

test('a name that DNS cannot carry is told apart from silence', async () => {
  await using server = await startDnsServer()
  await using resolver = over([server.address])
  expect(await resolver.look({ name: `${'a'.repeat(64)}.test`, type: 'A' }, SHORT)).toMatchObject({
    kind: 'failure',
    why: 'illegal',
  })
  expect(server.count()).toBe(0)
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
  await using resolver = over([bad.address, good.address])
  const answer = await resolver.look(WWW, { budgetMs: 1000 })
  expect(answer).toMatchObject({ ...found, evidence: { server: good.address } })
})

test('an upstream that is not there is made up for by the next, at once', async () => {
  await using good = await startWithWww()
  await using resolver = over([await closedPort(), good.address])
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
  await using resolver = over([first.address, second.address, third.address])
  expect(await resolver.look(WWW, ENOUGH)).toMatchObject({ ...found, evidence: { server: third.address } })
})

test('of several failures the one that says most about the zone is the answer', async () => {
  await using refusing = await startWithWww()
  await using failing = await startWithWww()
  refusing.behave('*', { kind: 'rcode', rcode: 5 })
  failing.behave('*', { kind: 'rcode', rcode: 2 })
  await using resolver = over([refusing.address, failing.address])
  for (const startAt of [0, 1]) {
    expect(await resolver.look(WWW, { ...ENOUGH, startAt })).toMatchObject({
      why: 'servfail',
      evidence: { server: failing.address },
    })
  }
})

test('a failure of the only upstream is the answer at once', async () => {
  await using server = await startWithWww()
  await using resolver = over([server.address])
  server.behave('*', { kind: 'rcode', rcode: 2 })
  await resolver.look(WWW, ENOUGH)
  expect(server.count()).toBe(1)
})

test('a missing name is news, not a reason to ask elsewhere', async () => {
  await using first = await startDnsServer()
  await using second = await startWithWww()
  await using resolver = over([first.address, second.address])
  expect(await resolver.look(WWW, ENOUGH)).toMatchObject({ kind: 'nxdomain' })
  expect(second.count()).toBe(0)
})

test('a look begins where it is told to', async () => {
  await using first = await startWithWww('192.0.2.1')
  await using second = await startWithWww('192.0.2.2')
  await using resolver = over([first.address, second.address])
  const looks = [0, 1, 2].map((startAt) => resolver.look(WWW, { ...ENOUGH, startAt }))
  expect((await Promise.all(looks)).map(texts)).toEqual([['192.0.2.1'], ['192.0.2.2'], ['192.0.2.1']])
})

test('nobody there at all says nothing about the zone', async () => {
  const [one, two] = [await closedPort(), await closedPort()]
  await using resolver = over([one, two])
  const started = performance.now()
  expect(await resolver.look(WWW, { budgetMs: 10_000 })).toMatchObject({
    kind: 'unreachable',
    detail: expect.stringContaining('the port is closed (ECONNREFUSED)'),
    evidence: { server: one, rcode: null },
  })
  expect(performance.now() - started).toBeLessThan(1000)
})

test('an outage of the upstreams is two lines in the log, however many looks it hits', async () => {
  const lines: string[] = []
  const note = (_fields: object, message: string): void => void lines.push(message)
  const address = await closedPort()
  await using resolver = over([address], { log: { ...QUIET, warn: note, info: note } })
  for (let i = 0; i < 3; i += 1) await resolver.look(WWW, ENOUGH)
  await using server = await startDnsServer(Number(address.split(':')[1]))
  for (let i = 0; i < 3; i += 1) await resolver.look(WWW, ENOUGH)
  expect(server.count()).toBeGreaterThan(0)
  expect(lines).toEqual(['no upstream can be reached', 'an upstream answers again'])
})

test('silence of one and absence of another is a timeout', async () => {
  await using silent = await startWithWww()
  silent.behave('*', { kind: 'silence' })
  await using resolver = over([await closedPort(), silent.address])
  expect(await resolver.look(WWW, SHORT)).toMatchObject({ kind: 'timeout', evidence: { server: silent.address } })
})

test('every upstream can be heard for itself', async () => {
  await using first = await startWithWww('192.0.2.1')
  await using second = await startWithWww('192.0.2.2')
  await using failing = await startWithWww()
  failing.behave('*', { kind: 'rcode', rcode: 2 })
  await using resolver = over([first.address, second.address, failing.address, await closedPort()])
  const answers = await resolver.lookEverywhere(WWW, { budgetMs: 1000 })
  expect(answers.map(texts)).toEqual([['192.0.2.1'], ['192.0.2.2'], 'failure', 'unreachable'])
})

// Flattened aliases

test('a CNAME that a provider flattened is told from one that is missing', async () => {
  await using server = await startWithWww()
  server.set('mail.example.test', 'MX', ['10 mx.example.test'])
  await using resolver = over([server.address])
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
  await using resolver = over([server.address])
  const answers = await Promise.all(Array.from({ length: 50 }, () => resolver.look(WWW, ENOUGH)))
  expect(answers.every((answer) => answer.kind === 'rrset')).toBe(true)
  expect(server.count()).toBe(1)
})

test('a fresh look asks for itself, and no later look goes back behind it', async () => {
  await using server = await startWithText('first')
  await using resolver = over([server.address])
  expect(texts(await resolver.look(TEXT, ENOUGH))).toEqual(['first'])
  server.set(TEXT.name, 'TXT', ['second'])
  expect(texts(await resolver.look(TEXT, ENOUGH))).toEqual(['first'])
  expect(texts(await resolver.look(TEXT, { ...ENOUGH, fresh: true }))).toEqual(['second'])
  expect(texts(await resolver.look(TEXT, ENOUGH))).toEqual(['second'])
  expect(server.count()).toBe(3)
})

test('of other types than TXT an answer that came is given to nobody else', async () => {
  await using server = await startWithWww()
  await using resolver = over([server.address])
  await resolver.look(WWW, ENOUGH)
  await resolver.look(WWW, ENOUGH)
  expect(server.count()).toBe(2)
})

test('a fresh look beside others is a query of its own', async () => {
  await using server = await startWithWww()
  await using resolver = over([server.address])
  const looks = [false, true, true].map((fresh) => resolver.look(WWW, { ...ENOUGH, fresh }))
  await Promise.all(looks)
  expect(server.count()).toBe(3)
})

test('a second look with one upstream is a query of its own', async () => {
  await using server = await startWithText('text')
  await using resolver = over([server.address])
  await resolver.look(TEXT, ENOUGH)
  await resolver.look(TEXT, { ...ENOUGH, startAt: 1 })
  expect(server.count()).toBe(2)
})

// Ends

test('a look that is called off answers at once', async () => {
  await using server = await startWithWww()
  server.behave('*', { kind: 'silence' })
  await using resolver = over([server.address])
  const stop = new AbortController()
  const answer = resolver.look(WWW, { budgetMs: 60_000, signal: stop.signal })
  stop.abort()
  expect(await answer).toMatchObject({ kind: 'unreachable', detail: 'The look was called off.' })
})

test('closing answers what is in flight', async () => {
  await using server = await startWithWww()
  server.behave('*', { kind: 'silence' })
  const resolver = over([server.address])
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
  await using resolver = over([server.address])
  const names = Array.from({ length: 20_000 }, (_, at) => `n${at}.burst.test`)
  for (const name of names) server.set(name, 'A', ['192.0.2.1'])
  const answers = await Promise.all(names.map((name) => resolver.look({ name, type: 'A' }, { budgetMs: 30_000 })))
  expect(answers.filter((answer) => answer.kind !== 'rrset')).toEqual([])
})
