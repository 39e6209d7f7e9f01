/**
 * Identifiers: UUIDv7 (RFC 9562) shown as TypeIDs, `mon_01hb…`.
 *
 * Ids sort by the millisecond they were made in, so a list's cursor is the id at the page's edge and an object's
 * `created` is read from its id. Stores keep the 16 bytes, everything else passes the text around; the prefix in the
 * type keeps a monitor's id from standing where a webhook's belongs.
 */
import { fromUUIDBytes, toUUIDBytes } from 'typeid-js'

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
  return (prefix) => {
    const bytes = new Uint8Array(16)
    bytes.set(randomBytes(10), 6)
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

function writeUuidV7(bytes: Uint8Array, ms: number, counter: number): void {
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(ms / 2 ** 32))
  view.setUint32(2, ms % 2 ** 32)
  view.setUint16(6, 0x7000 | counter)
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f))
}

export function idFromBytes<P extends IdPrefix>(prefix: P, bytes: Uint8Array): Id<P> {
  return fromUUIDBytes(prefix, bytes) as string as Id<P>
}

export function idToBytes(id: Id<IdPrefix>): Uint8Array {
  return toUUIDBytes(id as never)
}

const SUFFIX = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/

/** The id when `text` is a well-formed one with this prefix, else null. */
export function parseId<P extends IdPrefix>(prefix: P, text: string): Id<P> | null {
  return text.startsWith(`${prefix}_`) && SUFFIX.test(text.slice(prefix.length + 1)) ? (text as Id<P>) : null
}

/** The millisecond an id was made in. */
export function timeOf(id: Id<IdPrefix>): number {
  const view = new DataView(idToBytes(id).buffer)
  return view.getUint16(0) * 2 ** 32 + view.getUint32(2)
}
