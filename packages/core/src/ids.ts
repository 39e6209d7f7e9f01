/**
 * Identifiers: UUIDv7 (RFC 9562) shown as TypeIDs, `mon_01hb…`.
 *
 * Ids sort by the millisecond they were made in, so a list's cursor is the id at the page's edge and an object's
 * `created` is read from its id. Stores keep the 16 bytes, everything else passes the text around; the prefix in the
 * type keeps a monitor's id from standing where a webhook's belongs.
 */
import { Buffer } from 'node:buffer'
import { toUUIDBytes } from 'typeid-js'

export const ID_PREFIXES = ['mon', 'wh', 'evt', 'req', 'grp', 'org', 'key', 'app', 'sys', 'aud', 'nod', 'bat'] as const
export type IdPrefix = (typeof ID_PREFIXES)[number]

export type Id<P extends IdPrefix> = `${P}_${string}`
export type MonitorId = Id<'mon'>
export type WebhookId = Id<'wh'>
export type EventId = Id<'evt'>
/** The wire calls a delivery a request. */
export type DeliveryId = Id<'req'>
export type GroupId = Id<'grp'>
export type OrganizationId = Id<'org'>
export type ApiKeyId = Id<'key'>
export type SystemEventId = Id<'sys'>
export type AuditId = Id<'aud'>
export type NodeId = Id<'nod'>
/** Of the Entri dialect. */
export type ApplicationId = Id<'app'>
export type BatchId = Id<'bat'>

/** Makes ids of every kind, each later than the one before it. */
export type Mint = <P extends IdPrefix>(prefix: P) => Id<P>

/**
 * Ids of one process are strictly increasing, also within a millisecond and when the clock steps back: the 12 bits
 * after the time are a counter (RFC 9562 section 6.2, method 1), seeded low so that it seldom overflows into the next
 * millisecond. The last 62 bits are chance, so two processes do not collide.
 */
export function createMint(now: () => number, randomBytes: (length: number) => Uint8Array): Mint {
  let lastMs = -1
  let counter = 0
  const chance = inPortions(randomBytes, CHANCE_BYTES)
  return (prefix) => {
    const bytes = new Uint8Array(16)
    bytes.set(chance(), 6)
    const ms = Math.trunc(now())
    if (ms > lastMs) {
      lastMs = ms
      counter = (((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0)) & 0x7ff
    } else if (++counter > 0xfff) {
      lastMs += 1
      counter = 0
    }
    writeUuidV7(bytes, lastMs, counter)
    return idFromBytes(prefix, bytes)
  }
}

const CHANCE_BYTES = 10
/** Asking the system takes longer than all else that makes an id, so chance for a few hundred is asked for at once. */
const IDS_OF_ONE_DRAW = 400

function inPortions(randomBytes: (length: number) => Uint8Array, size: number): () => Uint8Array {
  let drawn = new Uint8Array()
  let used = 0
  return () => {
    if (used === drawn.length) {
      drawn = Uint8Array.from(randomBytes(size * IDS_OF_ONE_DRAW))
      used = 0
    }
    used += size
    return drawn.subarray(used - size, used)
  }
}

function writeUuidV7(bytes: Uint8Array, ms: number, counter: number): void {
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(ms / 2 ** 32))
  view.setUint32(2, ms % 2 ** 32)
  view.setUint16(6, 0x7000 | counter)
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f))
}

/**
 * Written here and not taken from the library, which is read back below: a page of a list is some 300 ids, and two digits
 * at a time are three times as fast as one.
 */
export function idFromBytes<P extends IdPrefix>(prefix: P, bytes: Uint8Array): Id<P> {
  return `${prefix}_${digitPair(octet(bytes, 0))}${eightDigits(bytes, 1)}${eightDigits(bytes, 6)}${eightDigits(bytes, 11)}`
}

/** Five octets are eight digits. */
function eightDigits(bytes: Uint8Array, at: number): string {
  const [a, b, c] = [octet(bytes, at), octet(bytes, at + 1), octet(bytes, at + 2)]
  const [d, e] = [octet(bytes, at + 3), octet(bytes, at + 4)]
  const [first, second] = [(a << 2) | (b >> 6), ((b & 0x3f) << 4) | (c >> 4)]
  const [third, fourth] = [((c & 0x0f) << 6) | (d >> 2), ((d & 0x03) << 8) | e]
  return digitPair(first) + digitPair(second) + digitPair(third) + digitPair(fourth)
}

function octet(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

/** The same of its octets in hexadecimal, in either case. */
export function idFromHex<P extends IdPrefix>(prefix: P, hex: string): Id<P> {
  const first = digitPair((nibble(hex, 0) << 4) | nibble(hex, 1))
  const [a, b, c] = [fourDigits(hex, 2), fourDigits(hex, 7), fourDigits(hex, 12)]
  return `${prefix}_${first}${a}${b}${c}${fourDigits(hex, 17)}${fourDigits(hex, 22)}${fourDigits(hex, 27)}`
}

/** Five hexadecimal digits are four. */
function fourDigits(hex: string, at: number): string {
  const first = (nibble(hex, at) << 6) | (nibble(hex, at + 1) << 2) | (nibble(hex, at + 2) >> 2)
  const second = ((nibble(hex, at + 2) & 0x03) << 8) | (nibble(hex, at + 3) << 4) | nibble(hex, at + 4)
  return digitPair(first) + digitPair(second)
}

/** Of a digit or a letter: the four low bits of a letter begin at one. */
function nibble(hex: string, at: number): number {
  const code = hex.charCodeAt(at)
  return code < FIRST_LETTER ? code & 0x0f : (code & 0x0f) + 9
}

const FIRST_LETTER = 0x41

/** Of ten bits. */
function digitPair(bits: number): string {
  return DIGIT_PAIRS[bits] as string
}

export function idToBytes(id: Id<IdPrefix>): Uint8Array {
  return toUUIDBytes(id as never)
}

/** The id as others write it: `01890a5d-ac96-774b-bcce-b302099a8057`. */
export function uuidOf(id: Id<IdPrefix>): string {
  const hex = Buffer.from(idToBytes(id)).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Crockford's base 32. 128 bits are 26 digits of which the first has three, so the time is exactly the first ten. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'
const DIGIT_PAIRS = DIGITS.split('').flatMap((first) => DIGITS.split('').map((second) => first + second))
const SUFFIX_LENGTH = 26
const TIME_LENGTH = 10
const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/

/** The id when `text` is a well-formed one with this prefix, else null. */
export function parseId<P extends IdPrefix>(prefix: P, text: string): Id<P> | null {
  return text.startsWith(`${prefix}_`) && SUFFIX.test(text.slice(prefix.length + 1)) ? (text as Id<P>) : null
}

/** The millisecond an id was made in. */
export function timeOf(id: Id<IdPrefix>): number {
  const start = id.length - SUFFIX_LENGTH
  let ms = 0
  for (let i = start; i < start + TIME_LENGTH; i++) ms = ms * 32 + DIGITS.indexOf(id.charAt(i))
  return ms
}
