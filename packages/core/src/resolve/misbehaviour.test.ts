/** What servers do wrong, by mistake or on purpose, and what a look makes of it. */
import { expect, test } from 'vitest'
import { encode } from '../../../../test/harness/dns-oracle.ts'
import { type Behaviour, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { ENOUGH, resolverOver, SHORT, SLACK_MS, startWithWww, texts, WWW } from '../../test/resolvers.ts'

/** Some tries are silent, and then there is an answer. */
const BETWEEN = { budgetMs: 1500 }

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
  await using resolver = resolverOver([server.address])
  if (udp !== undefined) server.behave('www.example.test', udp, 'udp')
  if (tcp !== undefined) server.behave('www.example.test', tcp, 'tcp')
  const { budgetMs } = expected === timeout ? SHORT : BETWEEN
  const started = performance.now()
  expect(await resolver.look(WWW, { budgetMs })).toMatchObject(expected)
  expect(performance.now() - started).toBeLessThan(budgetMs + SLACK_MS)
})

test('a forged reply that comes first does not win', async () => {
  await using server = await startWithWww()
  await using resolver = resolverOver([server.address])
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
  await using resolver = resolverOver([`tcp://${server.address}`])
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
  await using resolver = resolverOver([server.address])
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
  await using resolver = resolverOver([server.address])
  expect(await resolver.look({ name: `${'a'.repeat(64)}.test`, type: 'A' }, SHORT)).toMatchObject({
    kind: 'failure',
    why: 'illegal',
  })
  expect(server.count()).toBe(0)
})
