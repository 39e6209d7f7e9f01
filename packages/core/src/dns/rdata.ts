/**
 * Record data in the form that is shown and compared, per kind of data: read from the wire, or from presentation text.
 *
 * `parse` gives the record that `decode` would have given, so a value that was shown can be expected later:
 * `parse(shown.text).key === shown.key`.
 */
import { RadarError } from '../errors.ts'
import { type AddressFamily, addressOctets, formatAddress } from './address.ts'
import { readName } from './labels.ts'
import { canonicalName, canonicalWireName } from './canonical-name.ts'

/**
 * One record's data.
 * `text` is what people see (RFC 5952 addresses, lower-case names, joined TXT);
 * `key` is what is compared: equal keys mean equal records. They differ for TXT alone, whose key holds one
 * Latin-1 character per octet, because two different octet strings may look alike once shown.
 */
export interface Rdata {
  readonly text: string
  readonly key: string
}

/** Data that its type does not allow. `message` says what is wrong; the data itself is not quoted. */
export class MalformedRdata extends Error {
  override readonly name = 'MalformedRdata'
}

export interface RdataForm {
  /** Octets `start` to `end` of a message. Throws `MalformedRdata`, or `MalformedMessage` for a name inside. */
  decode(message: Uint8Array, start: number, end: number): Rdata
  /** Presentation text. Throws RadarError (`invalid_expectation`) without fields. */
  parse(text: string): Rdata
}

/** A record whose text is already what is compared. */
export function plainRdata(text: string): Rdata {
  return { text, key: text }
}

export function refuseValue(message: string): RadarError {
  return new RadarError('invalid_expectation', message)
}

/** A value inside a message to people: cut, and without line breaks of its own. */
export function quoteValue(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
}

function addressForm(family: AddressFamily): RdataForm {
  const length = family === 4 ? 4 : 16
  return {
    decode(message, start, end) {
      if (end - start !== length) throw new MalformedRdata(`an IPv${family} address of ${end - start} octets`)
      return plainRdata(formatAddress(message.subarray(start, end)))
    },
    parse(text) {
      const octets = addressOctets(text, family)
      if (octets === null)
        throw refuseValue(`${quoteValue(text)} is not an IPv${family} address. ${ADDRESS_HELP[family]}`)
      return plainRdata(formatAddress(octets))
    },
  }
}

const ADDRESS_HELP = {
  4: 'Write four numbers from 0 to 255 without leading zeros, such as `192.0.2.1`; IPv6 addresses belong to type AAAA.',
  6: 'Write it such as `2001:db8::1`, without a zone; IPv4 addresses belong to type A.',
} as const

export const ipv4Form = addressForm(4)
export const ipv6Form = addressForm(6)

/** CNAME, NS, PTR: one name, which may be compressed. */
export const nameForm: RdataForm = {
  decode(message, start, end) {
    const { name, next } = readName(message, start)
    if (next !== end) throw new MalformedRdata('a name that does not end where its record ends')
    return plainRdata(canonicalWireName(name))
  },
  parse(text) {
    return plainRdata(parseName(text))
  },
}

/** MX, `"<priority> <host>"`; the null MX of RFC 7505 is `0 .`. */
export const mxForm: RdataForm = {
  decode(message, start, end) {
    if (end - start < 3) throw new MalformedRdata('an MX record too short for a priority and a host')
    const priority = ((message[start] ?? 0) << 8) | (message[start + 1] ?? 0)
    const { name, next } = readName(message, start + 2)
    if (next !== end) throw new MalformedRdata('a host that does not end where its record ends')
    return plainRdata(`${priority} ${canonicalWireName(name)}`)
  },
  parse(text) {
    const mx = parseMx(text)
    if (mx.priority === null)
      throw refuseValue(`${quoteValue(text)} has no priority. Write \`<priority> <host>\`, such as \`10 ${mx.host}\`.`)
    return plainRdata(`${mx.priority} ${mx.host}`)
  },
}

export interface Mx {
  /** Null when none was written. */
  readonly priority: number | null
  readonly host: string
}

/** `"<priority> <host>"` with exactly one space, or a host alone. Throws RadarError (`invalid_expectation`). */
export function parseMx(text: string): Mx {
  const space = text.indexOf(' ')
  if (space < 0) return { priority: null, host: parseName(text) }
  const digits = text.slice(0, space)
  const host = text.slice(space + 1)
  if (!/^\d+$/.test(digits)) {
    const turned = /^\d+$/.test(host) ? ' The priority comes first.' : ''
    throw refuseValue(`${quoteValue(text)} does not begin with a priority.${turned} ${MX_HELP}`)
  }
  if (Number(digits) > 0xffff) throw refuseValue(`The priority in ${quoteValue(text)} is out of range. ${MX_HELP}`)
  if (host === '' || /\s/.test(host))
    throw refuseValue(`${quoteValue(text)} has more than one space or no host. ${MX_HELP}`)
  return { priority: Number(digits), host: parseName(host) }
}

const MX_HELP = 'Write `<priority> <host>` with one space and a priority from 0 to 65535, such as `10 mx1.example.com`.'

function parseName(text: string): string {
  try {
    return canonicalName(text)
  } catch (error) {
    if (error instanceof RadarError) throw refuseValue(`${quoteValue(text)}: ${error.message}`)
    throw error
  }
}
