/**
 * DNS messages on the wire (RFC 1035 section 4, EDNS0 of RFC 6891): a query out, a response in.
 *
 * Only what a monitor judges by is read: header, answer section, the SOA of a negative answer, the OPT record. All
 * else is stepped over, every step checked against the message's end. A response may be any octets at all:
 * `decodeMessage` answers or throws `MalformedMessage`, and its work is bounded by the message's length.
 */
import { MAX_NAME_OCTETS, MalformedMessage, readName, writeName } from './labels.ts'

export const HEADER_OCTETS = 12
/** The DNS Flag Day 2020 payload: fits one unfragmented IPv6 packet on every link in practice. */
export const EDNS_PAYLOAD = 1232
/** What a TCP length prefix can say, hence the longest message there is. */
export const MAX_MESSAGE_OCTETS = 65_535

const TYPE_SOA = 6
const TYPE_NS = 2
const TYPE_OPT = 41
const CLASS_IN = 1
const OPTION_EDE = 15
/** Registered texts are one line; a server may send 64 kB. */
const MAX_EDE_TEXT = 200

const FLAG_QR = 0x80
const OPCODE_BITS = 0x78
const FLAG_AA = 0x04
const FLAG_TC = 0x02
const FLAG_RD = 0x01
const FLAG_AD = 0x20
/** The DO bit, in the third octet of the OPT record's TTL (RFC 3225). */
const FLAG_DO = 0x80

/** A query ready to be sent. Whoever sends it sets the id, and may vary the letters' case, in place. */
export interface Query {
  readonly wire: Uint8Array
  /** Offset after the question section, which begins at 12. */
  readonly questionEnd: number
}

export interface QueryOptions {
  /** False asks an authoritative server for what it holds itself. */
  readonly recursion: boolean
  readonly edns: boolean
  readonly dnssecOk?: boolean
}

/** Throws RangeError for a name that no message can hold. The id is 0. */
export function encodeQuery(name: string, type: number, options: QueryOptions): Query {
  const wire = new Uint8Array(HEADER_OCTETS + Math.min(name.length + 2, MAX_NAME_OCTETS + 1) + 4 + 11)
  if (options.recursion) {
    wire[2] = FLAG_RD
    // AD in a query asks for AD in the answer without the signatures themselves (RFC 6840 section 5.7).
    wire[3] = FLAG_AD
  }
  wire[5] = 1
  let at = writeName(name, wire, HEADER_OCTETS)
  at = write16(wire, at, type)
  at = write16(wire, at, CLASS_IN)
  const questionEnd = at
  if (options.edns) {
    wire[11] = 1
    at = write16(wire, at + 1, TYPE_OPT)
    at = write16(wire, at, EDNS_PAYLOAD)
    if (options.dnssecOk === true) wire[at + 2] = FLAG_DO
    at += 6
  }
  return { wire: wire.subarray(0, at), questionEnd }
}

export function setId(query: Query, id: number): void {
  write16(query.wire, 0, id)
}

export function idOf(message: Uint8Array): number {
  return read16(message, 0)
}

/**
 * Gives every letter of the question a random case (the 0x20 trick): an answer has to repeat it, which is a few more
 * bits that a forger has to guess. `bits` gives 32 random bits a call.
 */
export function mixCase(query: Query, bits: () => number): void {
  let pool = 0
  let left = 0
  for (let at = HEADER_OCTETS; at < query.questionEnd - 4; at += 1) {
    const octet = query.wire[at] as number
    // Length octets are below the letters, so the name need not be taken apart.
    if (!isLetter(octet)) continue
    if (left === 0) {
      pool = bits()
      left = 32
    }
    query.wire[at] = (octet & ~0x20) | ((pool & 1) << 5)
    pool >>>= 1
    left -= 1
  }
}

/** Whether octets begin as a response to a standard query does. */
export function isResponse(message: Uint8Array): boolean {
  return message.length >= HEADER_OCTETS && ((message[2] as number) & (FLAG_QR | OPCODE_BITS)) === FLAG_QR
}

/** Whether a message is a response to `query`, by everything but the id, under which the query was found. */
export function compareReply(query: Query, message: Uint8Array): 'same' | 'case_differs' | 'other' {
  if (!isResponse(message)) return 'other'
  const questions = read16(message, 4)
  // A server that could not read the query may answer with a bare header.
  if (questions === 0) return isErrorCode((message[3] as number) & 0x0f) ? 'same' : 'other'
  if (questions !== 1 || message.length < query.questionEnd) return 'other'
  let verdict: 'same' | 'case_differs' = 'same'
  for (let at = HEADER_OCTETS; at < query.questionEnd; at += 1) {
    const sent = query.wire[at] as number
    const got = message[at] as number
    if (sent === got) continue
    if ((sent ^ got) !== 0x20 || !isLetter(sent) || at >= query.questionEnd - 4) return 'other'
    verdict = 'case_differs'
  }
  return verdict
}

/** The answer was cut off to fit a datagram. */
export function isTruncated(message: Uint8Array): boolean {
  return ((message[2] ?? 0) & FLAG_TC) !== 0
}

/** FORMERR or NOTIMP: what a server answers that does not know EDNS (RFC 6891 section 7). */
export function rejectsEdns(message: Uint8Array): boolean {
  const rcode = (message[3] ?? 0) & 0x0f
  return rcode === 1 || rcode === 4
}

/** A record of the answer section, its data still on the wire: octets `start` to `end` of the message. */
export interface AnswerRecord {
  /** Lower case. */
  readonly owner: string
  readonly type: number
  readonly ttl: number
  readonly start: number
  readonly end: number
}

export interface Message {
  /** With the upper bits from OPT. */
  readonly rcode: number
  readonly aa: boolean
  readonly ad: boolean
  readonly tc: boolean
  /** Class IN only. */
  readonly answers: readonly AnswerRecord[]
  /** How long a negative answer holds (RFC 2308 section 5), when an SOA says so. */
  readonly negativeTtl: number | null
  /** The authority section names other servers and no SOA: the server sends the asker elsewhere. */
  readonly delegates: boolean
  readonly ede: { readonly code: number; readonly text: string } | null
}

/** Throws `MalformedMessage`. */
export function decodeMessage(message: Uint8Array): Message {
  if (message.length < HEADER_OCTETS) throw new MalformedMessage('a message shorter than its header')
  const flags = message[2] as number
  if ((flags & FLAG_QR) === 0) throw new MalformedMessage('a query where a response belongs')
  const cursor: Cursor = { message, at: HEADER_OCTETS, questionName: null }
  for (let left = read16(message, 4); left > 0; left -= 1) skipQuestion(cursor)

  const answers: AnswerRecord[] = []
  for (let left = read16(message, 6); left > 0; left -= 1) {
    const owner = readOwner(cursor)
    const record = readRecord(cursor)
    if (record.class === CLASS_IN) answers.push({ owner, type: record.type, ttl: record.ttl, start: record.start, end: record.end })
  }

  let negativeTtl: number | null = null
  let nameServers = false
  for (let left = read16(message, 8); left > 0; left -= 1) {
    skipName(cursor)
    const record = readRecord(cursor)
    if (record.type === TYPE_SOA) negativeTtl = Math.min(record.ttl, readSoaMinimum(message, record.start, record.end))
    else if (record.type === TYPE_NS) nameServers = true
  }

  let rcode = (message[3] as number) & 0x0f
  let ede: Message['ede'] = null
  for (let left = read16(message, 10); left > 0; left -= 1) {
    skipName(cursor)
    const record = readRecord(cursor)
    if (record.type !== TYPE_OPT) continue
    rcode |= record.extendedRcode << 4
    ede = readExtendedError(message, record.start, record.end)
  }

  return {
    rcode,
    aa: (flags & FLAG_AA) !== 0,
    ad: ((message[3] as number) & FLAG_AD) !== 0,
    tc: (flags & FLAG_TC) !== 0,
    answers,
    negativeTtl,
    delegates: nameServers && negativeTtl === null,
    ede,
  }
}

interface Cursor {
  readonly message: Uint8Array
  at: number
  /** The name at the start of the question section: what nearly every owner name points to, read once. */
  questionName: string | null
}

interface RecordHeader {
  readonly type: number
  readonly class: number
  readonly ttl: number
  readonly extendedRcode: number
  readonly start: number
  readonly end: number
}

function skipQuestion(cursor: Cursor): void {
  skipName(cursor)
  cursor.at += 4
  if (cursor.at > cursor.message.length) throw new MalformedMessage('a question that runs past the message')
}

function readOwner(cursor: Cursor): string {
  const { message, at } = cursor
  if (message[at] === 0xc0 && message[at + 1] === HEADER_OCTETS) {
    cursor.at += 2
    cursor.questionName ??= readName(message, HEADER_OCTETS).name.toLowerCase()
    return cursor.questionName
  }
  const { name, next } = readName(message, at)
  cursor.at = next
  return name.toLowerCase()
}

/** Steps over a name without building it. Where its pointer leads does not matter. */
function skipName(cursor: Cursor): void {
  const { message } = cursor
  for (;;) {
    const length = message[cursor.at]
    if (length === undefined) throw new MalformedMessage('a name that runs past the message')
    if (length >= 0xc0) {
      cursor.at += 2
      return
    }
    if (length > 63) throw new MalformedMessage('a label of an unknown kind')
    cursor.at += 1 + length
    if (length === 0) return
  }
}

function readRecord(cursor: Cursor): RecordHeader {
  const { message, at } = cursor
  const start = at + 10
  if (start > message.length) throw new MalformedMessage('a record that runs past the message')
  const end = start + read16(message, at + 8)
  if (end > message.length) throw new MalformedMessage('record data that runs past the message')
  cursor.at = end
  return {
    type: read16(message, at),
    class: read16(message, at + 2),
    ttl: readTtl(message, at + 4),
    extendedRcode: message[at + 4] as number,
    start,
    end,
  }
}

/** The last of the five numbers after two names (RFC 1035 section 3.3.13). */
function readSoaMinimum(message: Uint8Array, start: number, end: number): number {
  const cursor: Cursor = { message, at: start, questionName: null }
  skipName(cursor)
  skipName(cursor)
  if (cursor.at + 20 !== end) throw new MalformedMessage('an SOA record of the wrong length')
  return readTtl(message, end - 4)
}

/** The first extended error (RFC 8914) among the options of an OPT record. */
function readExtendedError(message: Uint8Array, start: number, end: number): Message['ede'] {
  for (let at = start; at < end; ) {
    const dataAt = at + 4
    const dataEnd = dataAt + (dataAt <= end ? read16(message, at + 2) : 0)
    if (dataAt > end || dataEnd > end) throw new MalformedMessage('an EDNS option that runs past its record')
    if (read16(message, at) === OPTION_EDE && dataEnd - dataAt >= 2) {
      return { code: read16(message, dataAt), text: shownText(message.subarray(dataAt + 2, dataEnd)) }
    }
    at = dataEnd
  }
  return null
}

const utf8 = new TextDecoder()

/** A stranger's text for people to read: one line, no control characters. */
function shownText(octets: Uint8Array): string {
  const text = utf8.decode(octets.subarray(0, MAX_EDE_TEXT * 4))
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim().slice(0, MAX_EDE_TEXT).toWellFormed()
}

/** A TTL with its top bit set counts as zero (RFC 2181 section 8). */
function readTtl(message: Uint8Array, at: number): number {
  const high = read16(message, at)
  return high > 0x7fff ? 0 : high * 0x1_0000 + read16(message, at + 2)
}

function isErrorCode(rcode: number): boolean {
  return rcode !== 0 && rcode !== 3
}

function isLetter(octet: number): boolean {
  const upper = octet & ~0x20
  return upper >= 0x41 && upper <= 0x5a
}

function read16(message: Uint8Array, at: number): number {
  return ((message[at] as number) << 8) | (message[at + 1] as number)
}

function write16(into: Uint8Array, at: number, value: number): number {
  into[at] = value >> 8
  into[at + 1] = value & 0xff
  return at + 2
}
