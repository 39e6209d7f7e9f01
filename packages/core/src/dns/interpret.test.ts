import { expect, test } from 'vitest'
import { encode } from '../../../../test/harness/dns-oracle.ts'
import type { RecordType } from '../record-types.ts'
import type { Answer } from './answer.ts'
import { interpret } from './interpret.ts'

const VIA = { server: '127.0.0.1', role: 'upstream', transport: 'udp', durationMs: 3 } as const
const NXDOMAIN = 3
const AA = 0x400
const AD = 0x20

type Packet = Parameters<typeof encode>[0]
type Records = NonNullable<Packet['answers']>

interface Response {
  readonly name?: string
  readonly type?: RecordType
  readonly flags?: number
  readonly answers?: Records
  readonly authorities?: Records
}

function read({ name = 'www.example.test', type = 'A', flags = 0, answers = [], authorities = [] }: Response): Answer {
  const message = encode({ type: 'response', flags, questions: [{ name, type }], answers, authorities })
  return interpret({ name, type }, message, VIA)
}

const a = (name: string, data: string, ttl = 300): Records[number] => ({ type: 'A', name, data, ttl })
const cname = (name: string, data: string, ttl = 300): Records[number] => ({ type: 'CNAME', name, data, ttl })
const soa = (ttl: number, minimum: number): Records[number] => ({
  type: 'SOA',
  name: 'example.test',
  ttl,
  data: { mname: 'ns', rname: 'hm', serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
})

const cases: {
  why: string
  response: Response
  kind: Answer['kind']
  texts?: string[]
  chain?: string[]
  ttl?: number | null
}[] = [
  {
    why: 'records come sorted and once',
    response: {
      answers: [
        a('www.example.test', '192.0.2.9'),
        a('www.example.test', '192.0.2.1'),
        a('www.example.test', '192.0.2.9'),
      ],
    },
    kind: 'rrset',
    texts: ['192.0.2.1', '192.0.2.9'],
    ttl: 300,
  },
  {
    why: 'the TTL is the smallest of the RRset and its aliases',
    response: {
      answers: [cname('www.example.test', 'b.test', 20), a('b.test', '192.0.2.1', 90), a('b.test', '192.0.2.2', 70)],
    },
    kind: 'rrset',
    texts: ['192.0.2.1', '192.0.2.2'],
    chain: ['b.test'],
    ttl: 20,
  },
  {
    why: 'case of owner names does not matter',
    response: { answers: [cname('WWW.Example.TEST', 'B.Test'), a('b.tESt', '192.0.2.1')] },
    kind: 'rrset',
    texts: ['192.0.2.1'],
    chain: ['b.test'],
  },
  {
    why: 'aliases are followed in whatever order they stand',
    response: { answers: [a('c.test', '192.0.2.1'), cname('b.test', 'c.test'), cname('www.example.test', 'b.test')] },
    kind: 'rrset',
    texts: ['192.0.2.1'],
    chain: ['b.test', 'c.test'],
  },
  {
    why: 'the alias that a server made from a DNAME is followed',
    response: {
      name: 'www.old.test',
      answers: [
        { type: 'DNAME', name: 'old.test', data: 'new.test', ttl: 300 },
        cname('www.old.test', 'www.new.test', 0),
        a('www.new.test', '192.0.2.1'),
      ],
    },
    kind: 'rrset',
    texts: ['192.0.2.1'],
    chain: ['www.new.test'],
    ttl: 0,
  },
  {
    why: 'records of other names are no answer',
    response: { answers: [a('other.test', '192.0.2.1')], authorities: [soa(60, 60)] },
    kind: 'nodata',
  },
  {
    why: 'records of other types are no answer',
    response: {
      answers: [{ type: 'AAAA', name: 'www.example.test', data: '2001:db8::1', ttl: 1 }],
      authorities: [soa(60, 60)],
    },
    kind: 'nodata',
  },
  {
    why: 'NODATA holds as long as the SOA and its minimum allow',
    response: { authorities: [soa(900, 60)] },
    kind: 'nodata',
    ttl: 60,
  },
  {
    why: 'the TTL of the SOA record itself may be smaller',
    response: { authorities: [soa(30, 60)] },
    kind: 'nodata',
    ttl: 30,
  },
  { why: 'NODATA without an SOA has no TTL', response: {}, kind: 'nodata', ttl: null },
  { why: 'NXDOMAIN', response: { flags: NXDOMAIN, authorities: [soa(900, 60)] }, kind: 'nxdomain', ttl: 60 },
  {
    why: 'an alias to a name that does not exist',
    response: { flags: NXDOMAIN, answers: [cname('www.example.test', 'gone.test', 40)], authorities: [soa(900, 60)] },
    kind: 'dangling_alias',
    chain: ['gone.test'],
    ttl: 40,
  },
  {
    why: 'an alias to a name without this type',
    response: { answers: [cname('www.example.test', 'empty.test')], authorities: [soa(900, 60)] },
    kind: 'dangling_alias',
    chain: ['empty.test'],
    ttl: 60,
  },
  {
    why: 'aliases in a circle',
    response: { answers: [cname('www.example.test', 'b.test'), cname('b.test', 'www.example.test')] },
    kind: 'dangling_alias',
    chain: ['b.test', 'www.example.test'],
  },
  {
    why: 'an alias to itself',
    response: { answers: [cname('www.example.test', 'www.example.test')] },
    kind: 'dangling_alias',
    chain: ['www.example.test'],
  },
  {
    why: 'a CNAME that is asked for is only its first hop',
    response: { type: 'CNAME', answers: [cname('www.example.test', 'B.test', 50), cname('b.test', 'c.test', 5)] },
    kind: 'rrset',
    texts: ['b.test'],
    chain: [],
    ttl: 50,
  },
  {
    why: 'one CNAME sent twice is one',
    response: { type: 'CNAME', answers: [cname('www.example.test', 'b.test'), cname('www.example.test', 'B.test')] },
    kind: 'rrset',
    texts: ['b.test'],
  },
  {
    why: 'a negative answer from an authoritative server that also names its servers',
    response: { flags: AA, authorities: [{ type: 'NS', name: 'example.test', data: 'ns.test', ttl: 1 }] },
    kind: 'nodata',
  },
]

test.for(cases)('$why', ({ response, kind, texts, chain, ttl }) => {
  const answer = read(response)
  expect(answer.kind).toBe(kind)
  if (answer.kind === 'rrset') expect(answer.records.map(({ text }) => text)).toEqual(texts)
  if (chain !== undefined) expect(answer.evidence.chain).toEqual(chain)
  if (ttl !== undefined) expect(answer.evidence.ttl).toBe(ttl)
})

const failures: { why: string; response: Response; kind: string; detail: RegExp; rcode: string }[] = [
  { why: 'SERVFAIL', response: { flags: 2 }, kind: 'servfail', detail: /SERVFAIL/, rcode: 'SERVFAIL' },
  { why: 'REFUSED', response: { flags: 5 }, kind: 'refused', detail: /REFUSED/, rcode: 'REFUSED' },
  { why: 'FORMERR', response: { flags: 1 }, kind: 'formerr', detail: /FORMERR/, rcode: 'FORMERR' },
  { why: 'NOTIMP', response: { flags: 4 }, kind: 'notimp', detail: /NOTIMP/, rcode: 'NOTIMP' },
  { why: 'an RCODE nobody registered', response: { flags: 13 }, kind: 'servfail', detail: /RCODE13/, rcode: 'RCODE13' },
  {
    why: 'records beside an error are not believed',
    response: { flags: 2, answers: [a('www.example.test', '192.0.2.1')] },
    kind: 'servfail',
    detail: /SERVFAIL/,
    rcode: 'SERVFAIL',
  },
  {
    why: 'two different CNAMEs on the way',
    response: {
      answers: [cname('www.example.test', 'b.test'), cname('www.example.test', 'c.test'), a('b.test', '192.0.2.1')],
    },
    kind: 'illegal',
    detail: /two different CNAME/,
    rcode: 'NOERROR',
  },
  {
    why: 'two different CNAMEs asked for',
    response: { type: 'CNAME', answers: [cname('www.example.test', 'b.test'), cname('www.example.test', 'c.test')] },
    kind: 'illegal',
    detail: /two different CNAME/,
    rcode: 'NOERROR',
  },
  {
    why: 'an answer that is still cut off over TCP',
    response: { flags: 0x200, answers: [a('www.example.test', '192.0.2.1')] },
    kind: 'malformed',
    detail: /truncated/,
    rcode: 'NOERROR',
  },
  {
    why: 'a referral is not taken for a missing record',
    response: { authorities: [{ type: 'NS', name: 'test', data: 'ns.test', ttl: 1 }] },
    kind: 'refused',
    detail: /referral/,
    rcode: 'NOERROR',
  },
]

test.for(failures)('failure: $why', ({ response, kind, detail, rcode }) => {
  const answer = read(response)
  expect(answer).toMatchObject({ kind: 'failure', why: kind, evidence: { rcode } })
  expect(answer.kind === 'failure' && answer.detail).toMatch(detail)
})

test('record data of the wrong length is malformed', () => {
  const message = encode({
    type: 'response',
    questions: [{ name: 'a.test', type: 'A' }],
    answers: [a('a.test', '192.0.2.1')],
  })
  message.writeUInt16BE(3, message.length - 6)
  expect(interpret({ name: 'a.test', type: 'A' }, message.subarray(0, -1), VIA)).toMatchObject({
    kind: 'failure',
    why: 'malformed',
    detail: 'The response is malformed: an IPv4 address of 3 octets.',
    evidence: { rcode: 'NOERROR', server: '127.0.0.1' },
  })
})

test('the evidence says what the header said', () => {
  expect(read({ flags: AA | AD, authorities: [soa(1, 1)] }).evidence).toEqual({
    ...VIA,
    rcode: 'NOERROR',
    aa: true,
    ad: true,
    ttl: 1,
    chain: [],
    soa: { zone: 'example.test', serial: 1 },
    ede: null,
  })
})

test('an extended error is part of the words', () => {
  const data = Buffer.from('\x00\x06no valid signature', 'latin1')
  const opt = { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [{ code: 15, data }] } as never
  const message = encode({ type: 'response', flags: 2, questions: [{ name: 'a.test', type: 'A' }], additionals: [opt] })
  expect(interpret({ name: 'a.test', type: 'A' }, message, VIA)).toMatchObject({
    detail: 'The server answered SERVFAIL (EDE 6, DNSSEC Bogus: no valid signature).',
    evidence: { ede: { code: 6, text: 'no valid signature' } },
  })
})

test('a chain of 2,000 aliases in one message ends as one that leads nowhere', () => {
  const answers = Array.from({ length: 2000 }, (_, at) => cname(`a${at}.test`, `a${at + 1}.test`))
  const started = performance.now()
  const answer = read({ name: 'a0.test', answers })
  expect(answer.kind).toBe('dangling_alias')
  expect(answer.evidence.chain.length).toBeLessThan(40)
  expect(performance.now() - started).toBeLessThan(500)
})
