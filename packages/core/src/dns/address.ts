/**
 * IP addresses and networks as octets.
 *
 * `node:net` decides what an address is: it alone refuses the spellings that other parsers read in different ways
 * (`01.2.3.4`, `1.2.3`, `0x7f.1`). IPv6 is shown as RFC 5952 recommends, IPv4-mapped addresses with their dotted end.
 */
import { isIPv4, isIPv6 } from 'node:net'

export type AddressFamily = 4 | 6
export type Octets = readonly number[]

/** 4 or 16 octets; null when `text` is no address of that family. A zone id (`%eth0`) is no part of an address. */
export function addressOctets(text: string, family: AddressFamily): Octets | null {
  if (family === 4) return isIPv4(text) ? text.split('.').map(Number) : null
  if (!isIPv6(text) || text.includes('%')) return null
  const [head = '', tail] = text.split('::')
  const before = groupOctets(head)
  if (tail === undefined) return before
  const after = groupOctets(tail)
  return [...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after]
}

function groupOctets(groups: string): Octets {
  if (groups === '') return []
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}

/** The address of 4 or 16 octets. */
export function formatAddress(octets: ArrayLike<number>): string {
  return octets.length === 4 ? formatIPv4(octets, 0) : formatIPv6(octets)
}

function formatIPv4(octets: ArrayLike<number>, at: number): string {
  return `${octets[at]}.${octets[at + 1]}.${octets[at + 2]}.${octets[at + 3]}`
}

function formatIPv6(octets: ArrayLike<number>): string {
  const groups: number[] = []
  for (let at = 0; at < 16; at += 2) groups.push(((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0))
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0))
    return `::ffff:${formatIPv4(octets, 12)}`
  const zeros = longestZeroRun(groups)
  const hex = groups.map((group) => group.toString(16))
  if (zeros.length < 2) return hex.join(':')
  return `${hex.slice(0, zeros.start).join(':')}::${hex.slice(zeros.start + zeros.length).join(':')}`
}

/** The first of the longest runs (RFC 5952 section 4.2.3). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  groups.forEach((group, at) => {
    if (group !== 0) start = at + 1
    else if (at + 1 - start > best.length) best = { start, length: at + 1 - start }
  })
  return best
}

export interface Network {
  readonly octets: Octets
  readonly prefix: number
  /** `192.0.2.0/24`: host bits cleared, the prefix always there. */
  readonly text: string
}

/** `192.0.2.0/24`, or an address, which is the network of itself; null for anything else. Host bits are cleared. */
export function parseNetwork(text: string, family: AddressFamily): Network | null {
  const bits = family === 4 ? 32 : 128
  const slash = text.indexOf('/')
  const octets = addressOctets(slash < 0 ? text : text.slice(0, slash), family)
  const prefix = slash < 0 ? bits : prefixLength(text.slice(slash + 1), bits)
  if (octets === null || prefix === null) return null
  const masked = octets.map((octet, at) => octet & octetMask(prefix, at))
  return { octets: masked, prefix, text: `${formatAddress(masked)}/${prefix}` }
}

function prefixLength(digits: string, bits: number): number | null {
  return /^(?:0|[1-9]\d{0,2})$/.test(digits) && Number(digits) <= bits ? Number(digits) : null
}

function octetMask(prefix: number, at: number): number {
  const bits = Math.min(8, Math.max(0, prefix - 8 * at))
  return (0xff << (8 - bits)) & 0xff
}

export function isInside(network: Network, address: Octets): boolean {
  return address.every((octet, at) => (octet & octetMask(network.prefix, at)) === network.octets[at])
}

/** The name that holds the PTR record of an address (RFC 1035 section 3.5, RFC 3596 section 2.5); null for no address. */
export function reverseName(text: string): string | null {
  const four = addressOctets(text, 4)
  if (four !== null) return `${four.toReversed().join('.')}.in-addr.arpa`
  const six = addressOctets(text, 6)
  if (six === null) return null
  const nibbles = six.flatMap((octet) => [octet >> 4, octet & 0x0f].map((nibble) => nibble.toString(16)))
  return `${nibbles.toReversed().join('.')}.ip6.arpa`
}
