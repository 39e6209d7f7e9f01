/**
 * How a setting's text becomes a value: one small parser per kind.
 *
 * A parser throws `BadValue` whose message says what is accepted; the name of the setting and the text given are
 * added by the caller, which knows whether the text may be shown.
 */
import { isIP } from 'node:net'
import { RadarError } from '@dnsradar/core'
import { readMailto } from '@dnsradar/core/delivery/formats/email'
import { parseDnsAllow } from '@dnsradar/core/resolve/authority'
import { parseUpstream, type Upstream } from '@dnsradar/core/resolve/upstream'
import { parseNetwork } from '@dnsradar/core/send/address'
import { type AllowList, parseAllowList } from '@dnsradar/core/send/guard'
import { parseKeyRing, StoreRefused } from '@dnsradar/store'

export class BadValue extends Error {
  override readonly name = 'BadValue'
}

export type Parse<T> = (text: string) => T

export const text: Parse<string> = (given) => given

const ON = ['on', '1', 'true', 'yes']
const OFF = ['off', '0', 'false', 'no']

export const flag: Parse<boolean> = (given) => {
  const word = given.toLowerCase()
  if (ON.includes(word)) return true
  if (OFF.includes(word)) return false
  throw new BadValue('use on or off (1 or 0)')
}

export function integer(min: number, max: number): Parse<number> {
  return (given) => {
    const value = Number(given)
    if (/^\d+$/.test(given) && value >= min && value <= max) return value
    throw new BadValue(`use a whole number from ${min} to ${max}`)
  }
}

export function choice<const T extends string>(values: readonly T[]): Parse<T> {
  return (given) => {
    const value = values.find((known) => known === given)
    if (value === undefined) throw new BadValue(`use one of ${values.join(', ')}`)
    return value
  }
}

/** Comma-separated; empty items are left out, so a trailing comma does no harm. */
export function list<T>(item: Parse<T>): Parse<readonly T[]> {
  return (given) =>
    given
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(item)
}

/** `null` for a setting that is not there, so that "unset" is a value and not an empty string. */
export function optional<T>(parse: Parse<T>): Parse<T | null> {
  return (given) => (given === '' ? null : parse(given))
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds from `250ms`, `5s`, `10m`, `1h` or `30d`. */
export function duration(min: string, max: string): Parse<number> {
  const [least, most] = [milliseconds(min) ?? 0, milliseconds(max) ?? 0]
  return (given) => {
    const value = milliseconds(given)
    if (value === null) throw new BadValue('use a number with a unit, such as 250ms, 5s, 10m, 1h or 30d')
    if (value < least || value > most) throw new BadValue(`use a duration from ${min} to ${max}`)
    return value
  }
}

/** A duration that the wire can show in seconds. */
export function wholeSeconds(min: string, max: string): Parse<number> {
  const parse = duration(min, max)
  return (given) => {
    const value = parse(given)
    if (value % 1000 === 0) return value
    throw new BadValue(`use whole seconds from ${min} to ${max}`)
  }
}

function milliseconds(given: string): number | null {
  const parts = /^(\d{1,9})(ms|s|m|h|d)$/.exec(given)
  if (parts === null) return null
  return Number(parts[1]) * UNIT_MS[parts[2] as keyof typeof UNIT_MS]
}

export function url(...schemes: readonly string[]): Parse<string> {
  return (given) => {
    const parsed = URL.canParse(given) ? new URL(given) : null
    if (parsed !== null && schemes.includes(parsed.protocol.slice(0, -1))) return given
    throw new BadValue(`use an address beginning with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`)
  }
}

/** `smtp://user:password@host:port`, or `smtps://` for TLS from the start. */
export const mailServer: Parse<string> = (given) => {
  const address = url('smtp', 'smtps')(given)
  if (new URL(address).hostname !== '') return address
  throw new BadValue('name a host, such as smtp://user:password@mail.example.com:587')
}

/** `dnsradar@example.com`, or with a name before it. */
export const mailbox: Parse<string> = (given) => {
  if (/^(?:[^<>@,;:"\\]{1,100} <[^\s<>@,;:"]+@[^\s<>@,;:"]+>|[^\s<>@,;:"]+@[^\s<>@,;:"]+)$/.test(given)) return given
  throw new BadValue('use an address such as dnsradar@example.com or DNSRadar <dnsradar@example.com>')
}

/** Where mails go: `ops@example.com,dns@example.com`. */
export const recipients: Parse<readonly string[]> = (given) => {
  const addresses = list(text)(given)
  // A webhook's mailto: takes the same, where what would have a meaning of its own in a url is written otherwise.
  const read = readMailto(`mailto:${addresses.map(encodeURIComponent).join(',')}`)
  if (read !== null) return read
  throw new BadValue('use 1 to 10 addresses in ASCII, separated by commas, such as ops@example.com,dns@example.com')
}

/** An address or a network such as `10.0.0.0/8`. */
export const network: Parse<string> = (given) => {
  if (parseNetwork(given) !== null) return given
  throw new BadValue('use addresses or networks such as 192.0.2.7, 10.0.0.0/8 or fd00::/8')
}

/** What webhooks may reach although it is private. */
export const allowList: Parse<AllowList> = (given) => refusing(() => parseAllowList(given.split(',')))

/** What authoritative look-ups may reach although it is private. */
export const dnsAllowList: Parse<AllowList> = (given) => refusing(() => parseDnsAllow(given.split(',')))

/** A DNS server that monitors are looked up through. */
export const upstream: Parse<Upstream> = (given) => refusing(() => parseUpstream(given))

/** Core's refusals end with a full stop, which the complaint about a setting puts itself. */
function refusing<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof RadarError) throw new BadValue(error.message.replace(/\.$/, ''))
    throw error
  }
}

/** A DNS server as an address with or without a port. */
export const nameServer: Parse<string> = (given) => {
  if (isIP(given) !== 0 || /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\]):\d{1,5}$/i.test(given)) return given
  throw new BadValue('use addresses such as 9.9.9.9, 127.0.0.1:5353 or [::1]:53')
}

/** An API key given by the operator. */
export const apiKey: Parse<string> = (given) => {
  if (/^[\x21-\x7e]{16,128}$/.test(given)) return given
  throw new BadValue('use 16 to 128 visible ASCII characters')
}

export const applicationId: Parse<string> = (given) => {
  if (/^[\x21-\x7e]{1,128}$/.test(given)) return given
  throw new BadValue('use 1 to 128 visible ASCII characters')
}

export const entriSecret: Parse<string> = (given) => {
  if (given.length <= 255) return given
  throw new BadValue('use at most 255 characters')
}

/** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
export const database: Parse<string> = (given) => {
  if (/^sqlite:.+$/.test(given)) return given
  if (/^postgres(ql)?:\/\//.test(given) && URL.canParse(given)) return given
  throw new BadValue('use sqlite:PATH, sqlite::memory: or postgres://user:password@host/database')
}

/** `id:base64(32 bytes),…`; the first encrypts, all decrypt. */
export const keyRing: Parse<string> = (given) => {
  try {
    parseKeyRing(given)
    return given
  } catch (error) {
    if (error instanceof StoreRefused)
      throw new BadValue(
        'use id:base64 of 32 bytes, several separated by commas and each with its own id; make one with: dnsradar keygen',
      )
    throw error
  }
}
