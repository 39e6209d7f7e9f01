import { expect, test } from 'vitest'
import { decode } from '../../../../test/harness/dns-oracle.ts'
import { MalformedMessage } from './labels.ts'
import { idOf, isTruncated, rejectsEdns } from './header.ts'
import { decodeMessage } from './message.ts'
import { compareReply, encodeQuery, mixCase, setId } from './query.ts'

const A = 1
const RECURSIVE = { recursion: true, edns: true }

/** A message of 16-bit words, and octets as Latin-1 text or as they are. */
function message(...parts: (number | string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(parts.map(octetsOf))
}

function octetsOf(part: number | string | Uint8Array): Uint8Array {
  if (typeof part === 'number') return Buffer.from([part >> 8, part & 0xff])
  return typeof part === 'string' ? Buffer.from(part, 'latin1') : part
}

const QUESTION = '\x01a\x04test\x00'
const POINTER = 0xc00c
const RESPONSE = 0x8000

test('a query says its name, type, recursion, AD and EDNS payload', () => {
  const query = encodeQuery('www.example.test', 16, RECURSIVE)
  setId(query, 0xbeef)
  const read = decode(Buffer.from(query.wire))
  expect(read).toMatchObject({ id: 0xbeef, type: 'query', flag_rd: true, flag_ad: true, opcode: 'QUERY' })
  expect(read.questions).toMatchObject([{ name: 'www.example.test', type: 'TXT', class: 'IN' }])
  expect(read.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232, flag_do: false }])
  expect(query.wire.length).toBe(12 + 18 + 4 + 11)
})

test('DO is set only when asked for', () => {
  const query = encodeQuery('a.test', A, { ...RECURSIVE, dnssecOk: true })
  expect(decode(Buffer.from(query.wire)).additionals).toMatchObject([{ flag_do: true }])
})

test('an authoritative server is asked without recursion', () => {
  const query = encodeQuery('a.test', A, { recursion: false, edns: false })
  const read = decode(Buffer.from(query.wire))
  expect(read).toMatchObject({ flag_rd: false, flag_ad: false })
  expect(read.additionals).toEqual([])
})

test('the longest name fits', () => {
  const name = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`
  expect(encodeQuery(name, A, RECURSIVE).questionEnd).toBe(12 + 255 + 4)
  expect(() => encodeQuery(`${name}d`, A, RECURSIVE)).toThrow(RangeError)
})

test('a name made of escapes fits as well', () => {
  const name = Array.from({ length: 4 }, () => '\\255'.repeat(62)).join('.')
  expect(encodeQuery(name, A, RECURSIVE).questionEnd).toBe(12 + 253 + 4)
})

test('mixing case changes letters and nothing else', () => {
  const query = encodeQuery('ab1-_.z.test', A, RECURSIVE)
  const before = Buffer.from(query.wire)
  mixCase(query, () => 0)
  expect(Buffer.from(query.wire).toString('latin1')).toBe(
    before.toString('latin1').replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  )
  mixCase(query, () => 0xffff_ffff)
  expect(Buffer.from(query.wire)).toEqual(before)
})

test('mixing case draws new bits for every 32 letters', () => {
  const query = encodeQuery(`${'a'.repeat(40)}.test`, A, RECURSIVE)
  let draws = 0
  mixCase(query, () => {
    draws += 1
    return draws === 1 ? 0 : 0xffff_ffff
  })
  expect(draws).toBe(2)
  expect(Buffer.from(query.wire).toString('latin1')).toContain(`${'A'.repeat(32)}${'a'.repeat(8)}`)
})

const asked = encodeQuery('a.test', A, RECURSIVE)
const replies: { why: string; reply: Uint8Array; verdict: string }[] = [
  { why: 'the same question', reply: message(0, RESPONSE, 1, 0, 0, 0, QUESTION, A, 1), verdict: 'same' },
  { why: 'another case', reply: message(0, RESPONSE, 1, 0, 0, 0, '\x01A\x04tEst\x00', A, 1), verdict: 'case_differs' },
  {
    why: 'another name of that length',
    reply: message(0, RESPONSE, 1, 0, 0, 0, '\x01b\x04test\x00', A, 1),
    verdict: 'other',
  },
  { why: 'another type', reply: message(0, RESPONSE, 1, 0, 0, 0, QUESTION, 28, 1), verdict: 'other' },
  {
    why: 'a type that differs as letters differ in case',
    reply: message(0, RESPONSE, 1, 0, 0, 0, QUESTION, 0x21, 1),
    verdict: 'other',
  },
  { why: 'another class', reply: message(0, RESPONSE, 1, 0, 0, 0, QUESTION, A, 3), verdict: 'other' },
  { why: 'two questions', reply: message(0, RESPONSE, 2, 0, 0, 0, QUESTION, A, 1, QUESTION, A, 1), verdict: 'other' },
  { why: 'a query instead of a response', reply: message(0, 0, 1, 0, 0, 0, QUESTION, A, 1), verdict: 'other' },
  { why: 'another opcode', reply: message(0, 0xa800, 1, 0, 0, 0, QUESTION, A, 1), verdict: 'other' },
  { why: 'a question cut short', reply: message(0, RESPONSE, 1, 0, 0, 0, '\x01a\x04te'), verdict: 'other' },
  { why: 'a message shorter than a header', reply: message(0, RESPONSE), verdict: 'other' },
  { why: 'a bare header with an error', reply: message(0, RESPONSE | 1, 0, 0, 0, 0), verdict: 'same' },
  { why: 'a bare header that claims success', reply: message(0, RESPONSE, 0, 0, 0, 0), verdict: 'other' },
  { why: 'a bare header that claims NXDOMAIN', reply: message(0, RESPONSE | 3, 0, 0, 0, 0), verdict: 'other' },
]

test.for(replies)('a reply is compared with its query: $why', ({ reply, verdict }) => {
  expect(compareReply(asked, reply)).toBe(verdict)
})

const malformed: { why: string; wire: Uint8Array }[] = [
  { why: 'nothing', wire: message() },
  { why: 'half a header', wire: message(0, RESPONSE, 1) },
  { why: 'a query', wire: message(0, 0, 1, 0, 0, 0, QUESTION, A, 1) },
  { why: 'a question without its type', wire: message(0, RESPONSE, 1, 0, 0, 0, QUESTION) },
  { why: 'more answers announced than sent', wire: message(0, RESPONSE, 1, 9, 0, 0, QUESTION, A, 1) },
  { why: 'a record without its data', wire: message(0, RESPONSE, 1, 1, 0, 0, QUESTION, A, 1, POINTER, A, 1, 0, 60, 4) },
  {
    why: 'an owner name that points at itself',
    wire: message(0, RESPONSE, 1, 1, 0, 0, QUESTION, A, 1, 0xc000 | 24, A, 1, 0, 60, 0),
  },
  { why: 'an SOA too short for its numbers', wire: message(0, RESPONSE, 0, 0, 1, 0, '\x00', 6, 1, 0, 60, 4, 0, 0) },
  {
    why: 'an EDNS option longer than its record',
    wire: message(0, RESPONSE, 0, 0, 0, 1, '\x00', 41, 1232, 0, 0, 4, 15, 9),
  },
  { why: 'half an EDNS option', wire: message(0, RESPONSE, 0, 0, 0, 1, '\x00', 41, 1232, 0, 0, 2, 15) },
  { why: '65,535 answers in a few octets', wire: message(0, RESPONSE, 0, 0xffff, 0, 0, '\x00', A, 1, 0, 60, 0) },
]

test.for(malformed)('refuses $why', ({ wire }) => {
  expect(() => decodeMessage(wire)).toThrow(MalformedMessage)
})

test('records of other classes are left out', () => {
  const wire = message(0, RESPONSE, 1, 2, 0, 0, QUESTION, A, 1, POINTER, A, 3, 0, 60, 2, 1, POINTER, A, 1, 0, 61, 2, 1)
  expect(decodeMessage(wire).answers).toEqual([{ owner: 'a.test', type: A, ttl: 61, start: 50, end: 52 }])
})

test('a TTL with its top bit set is zero', () => {
  const wire = message(0, RESPONSE, 1, 1, 0, 0, QUESTION, A, 1, POINTER, A, 1, 0x8000, 1, 0)
  expect(decodeMessage(wire).answers[0]?.ttl).toBe(0)
})

test('OPT holds the upper bits of the RCODE', () => {
  expect(decodeMessage(message(0, RESPONSE, 0, 0, 0, 1, '\x00', 41, 1232, 0x0100, 0, 0)).rcode).toBe(16)
})

test('an extended error is found behind other options and becomes one line', () => {
  const options = message(3, 2, 'id', 15, 9, 6, 'bo\x00\ngus')
  const wire = message(0, RESPONSE | 2, 0, 0, 0, 1, '\x00', 41, 1232, 0, 0, options.length, options)
  expect(decodeMessage(wire)).toMatchObject({ rcode: 2, ede: { code: 6, text: 'bo gus' } })
})

test('an extended error of 64 kB is cut to a line', () => {
  const text = 'x'.repeat(60_000)
  const wire = message(
    0,
    RESPONSE | 2,
    0,
    0,
    0,
    1,
    '\x00',
    41,
    1232,
    0,
    0,
    text.length + 6,
    15,
    text.length + 2,
    6,
    text,
  )
  expect(decodeMessage(wire).ede?.text.length).toBe(200)
})

test('flags can be read before the rest is', () => {
  expect(isTruncated(message(0, RESPONSE | 0x0200))).toBe(true)
  expect(isTruncated(message(0, RESPONSE))).toBe(false)
  expect(rejectsEdns(message(0, RESPONSE | 1))).toBe(true)
  expect(rejectsEdns(message(0, RESPONSE | 4))).toBe(true)
  expect(rejectsEdns(message(0, RESPONSE | 2))).toBe(false)
  expect(idOf(message(0xbeef, RESPONSE))).toBe(0xbeef)
})
