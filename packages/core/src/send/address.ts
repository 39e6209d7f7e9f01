/**
 * What kind of network an IP address belongs to.
 *
 * IPv4 is public unless a row of the IANA special-purpose registry (or a cloud's own service) says otherwise. IPv6 is the
 * other way round: only 2000::/3 is handed out, so everything else is refused without naming it, and a new kind of
 * special address needs no new row here.
 */
import { addressOctets, type Octets } from '../dns/address.ts'

export type AddressClass =
  | 'public'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'link_local'
  | 'metadata'
  | 'protocol'
  | 'documentation'
  | 'benchmarking'
  | 'multicast'
  | 'transition'
  | 'reserved'

/** `value` is the address as a number of 32 or 128 bits. Mapped IPv6 addresses are IPv4 here, because that is what is dialled. */
export interface Address {
  readonly family: 4 | 6
  readonly value: bigint
}

export interface Network extends Address {
  readonly prefix: number
}

/** `metadata` first: those addresses lie inside other rows and are guarded more strictly than they. */
const SPECIAL: readonly (readonly [network: string, kind: AddressClass])[] = [
  ['169.254.169.254/32', 'metadata'], // AWS, Azure, Google, DigitalOcean, OpenStack
  ['169.254.170.2/32', 'metadata'], // AWS ECS task credentials
  ['169.254.170.23/32', 'metadata'], // AWS EKS pod identity
  ['169.254.0.23/32', 'metadata'], // Tencent Cloud
  ['169.254.42.42/32', 'metadata'], // Scaleway
  ['100.100.100.200/32', 'metadata'], // Alibaba Cloud
  ['168.63.129.16/32', 'metadata'], // Azure's host agent: an address that is otherwise public
  ['192.0.0.192/32', 'metadata'], // Oracle Cloud
  ['fd00:ec2::254/128', 'metadata'], // AWS
  ['fd00:ec2::23/128', 'metadata'], // AWS EKS pod identity
  ['fd20:ce::254/128', 'metadata'], // Google
  ['fd00:c1::a9fe:a9fe/128', 'metadata'], // Oracle Cloud
  ['fd00:42::42/128', 'metadata'], // Scaleway
  ['fe80::a9fe:a9fe/128', 'metadata'], // OpenStack
  ['0.0.0.0/32', 'unspecified'],
  ['0.0.0.0/8', 'protocol'], // this network, RFC 791
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'], // carrier-grade NAT, RFC 6598
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link_local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'protocol'], // RFC 6890
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'protocol'], // AS112, RFC 7535
  ['192.52.193.0/24', 'protocol'], // AMT, RFC 7450
  ['192.88.99.0/24', 'transition'], // 6to4 relays, RFC 7526
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'protocol'], // AS112, RFC 7534
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link_local'],
  ['fec0::/10', 'private'], // site-local, RFC 3879
  ['ff00::/8', 'multicast'],
  ['64:ff9b:1::/48', 'transition'], // NAT64 towards local IPv4, RFC 8215
  ['2001:db8::/32', 'documentation'],
  ['3fff::/20', 'documentation'],
  ['2001::/23', 'protocol'], // Teredo, benchmarking, ORCHID and more, RFC 2928
  ['2002::/16', 'transition'], // 6to4: carries an IPv4 address of its own
  ['2620:4f:8000::/48', 'protocol'], // AS112, RFC 7534
]

/** Well-known NAT64 prefix (RFC 6052): how hosts without IPv4 reach it, so the address inside decides. */
const NAT64 = network('64:ff9b::/96')
/** Prefixes whose addresses stand for an IPv4 address, and how many bits follow after that one. */
const CARRIERS: readonly { readonly prefix: Network; readonly behind: bigint }[] = [
  { prefix: NAT64, behind: 0n },
  { prefix: network('64:ff9b:1::/48'), behind: 0n }, // RFC 8215, as RFC 6052 lays it out for a /96
  { prefix: network('2002::/16'), behind: 80n }, // 6to4, RFC 3056
  { prefix: network('::/96'), behind: 0n }, // IPv4-compatible, RFC 4291 section 2.5.5.1
  { prefix: network('::ffff:0:0:0/96'), behind: 0n }, // IPv4-translated, RFC 2765
]
const UNICAST = network('2000::/3')
const NETWORKS = SPECIAL.map(([text, kind]) => [network(text), kind] as const)

export function classify(address: Address): AddressClass {
  const inner = carriedIpv4(address)
  // Before the rows: opening a mechanism as a whole must not open the metadata service behind it.
  if (inner !== null && (contains(NAT64, address) || classify(inner) === 'metadata')) return classify(inner)
  const row = NETWORKS.find(([special]) => contains(special, address))
  if (row !== undefined) return row[1]
  return address.family === 4 || contains(UNICAST, address) ? 'public' : 'reserved'
}

/** The IPv4 address that an IPv6 address of a transition mechanism leads to, else null. */
export function carriedIpv4(address: Address): Address | null {
  const carrier = CARRIERS.find(({ prefix }) => contains(prefix, address))
  return carrier === undefined ? null : { family: 4, value: (address.value >> carrier.behind) & 0xffff_ffffn }
}

export function contains(network: Network, address: Address): boolean {
  if (network.family !== address.family) return false
  const free = BigInt(bits(network) - network.prefix)
  return network.value >> free === address.value >> free
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value
}

/** Null when the text is no IP address. A zone (`%eth0`) is dropped: it chooses an interface, not a network. */
export function parseAddress(ip: string): Address | null {
  const [text = ''] = ip.split('%')
  const four = addressOctets(text, 4)
  if (four !== null) return { family: 4, value: numberOf(four) }
  const six = addressOctets(text, 6)
  if (six === null) return null
  const value = numberOf(six)
  // ::ffff:0:0/96
  return value >> 32n === 0xffffn ? { family: 4, value: value & 0xffff_ffffn } : { family: 6, value }
}

function numberOf(octets: Octets): bigint {
  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n)
}

/** `10.0.0.0/8`, or a bare address as a network of one. Bits beyond the prefix are ignored. Null when it is neither. */
export function parseNetwork(text: string): Network | null {
  const [ip = '', suffix, ...rest] = text.split('/')
  const address = parseAddress(ip)
  if (address === null || rest.length > 0) return null
  if (suffix === undefined) return { ...address, prefix: bits(address) }
  if (!/^\d{1,3}$/.test(suffix)) return null
  // A mapped network, `::ffff:10.0.0.0/104`, counts its prefix from the IPv6 side.
  const prefix = Number(suffix) - (address.family === 4 && ip.includes(':') ? 96 : 0)
  return prefix >= 0 && prefix <= bits(address) ? { ...address, prefix } : null
}

/** Whether the network is one single address. */
export function isSingle(network: Network): boolean {
  return network.prefix === bits(network)
}

function bits({ family }: Address): number {
  return family === 4 ? 32 : 128
}

function network(text: string): Network {
  const parsed = parseNetwork(text)
  if (parsed === null) throw new Error(`not a network: ${text}`)
  return parsed
}
