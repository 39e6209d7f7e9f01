/**
 * Responses on the wire (RFC 1035 section 4).
 *
 * Only what a monitor judges by is read: header, answer section, the SOA of a negative answer, the OPT record. All
 * else is stepped over, every step checked against the message's end. A response may be any octets at all:
 * `decodeMessage` answers or throws `MalformedMessage`, and its work is bounded by the message's length.
 */
import { CLASS_IN, FLAG_AA, FLAG_AD, FLAG_QR, FLAG_TC, HEADER_OCTETS, read16, TYPE_OPT } from './header.ts'
import { MalformedMessage, MAX_LABEL_OCTETS, POINTER, readName } from './labels.ts'

const TYPE_NS = 2
const TYPE_SOA = 6
const OPTION_EDE = 15
/** Registered texts are one line; a server may send 64 kB. */
const MAX_EDE_TEXT = 200

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
  /** The zone that a negative answer speaks for, and its serial number. */
  readonly soa: { readonly zone: string; readonly serial: number } | null
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
    if (record.class === CLASS_IN)
      answers.push({ owner, type: record.type, ttl: record.ttl, start: record.start, end: record.end })
  }

  let negativeTtl: number | null = null
  let soa: Message['soa'] = null
  let nameServers = false
  for (let left = read16(message, 8); left > 0; left -= 1) {
    const ownerAt = cursor.at
    skipName(cursor)
    const record = readRecord(cursor)
    if (record.type === TYPE_SOA) {
      const numbers = soaNumbersAt(message, record.start, record.end)
      negativeTtl = Math.min(record.ttl, readTtl(message, numbers + 16))
      soa = { zone: readName(message, ownerAt).name.toLowerCase(), serial: read32(message, numbers) }
    } else if (record.type === TYPE_NS) nameServers = true
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
    soa,
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
  if (message[at] === POINTER && message[at + 1] === HEADER_OCTETS) {
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
    if (length >= POINTER) {
      cursor.at += 2
      return
    }
    if (length > MAX_LABEL_OCTETS) throw new MalformedMessage('a label of an unknown kind')
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

/** Where the five numbers begin that follow two names: serial, refresh, retry, expire, minimum (RFC 1035 section 3.3.13). */
function soaNumbersAt(message: Uint8Array, start: number, end: number): number {
  const cursor: Cursor = { message, at: start, questionName: null }
  skipName(cursor)
  skipName(cursor)
  if (cursor.at + 20 !== end) throw new MalformedMessage('an SOA record of the wrong length')
  return cursor.at
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
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, MAX_EDE_TEXT)
    .toWellFormed()
}

/** A TTL with its top bit set counts as zero (RFC 2181 section 8). */
function readTtl(message: Uint8Array, at: number): number {
  const high = read16(message, at)
  return high > 0x7fff ? 0 : high * 0x1_0000 + read16(message, at + 2)
}

function read32(message: Uint8Array, at: number): number {
  return read16(message, at) * 0x1_0000 + read16(message, at + 2)
}
