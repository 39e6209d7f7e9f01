/**
 * Which targets a webhook may have.
 *
 * A server that sends requests wherever a customer says can be turned against the network it stands in (SSRF). So a
 * target is checked twice by the same rules: its url when a webhook is made and at every attempt, and the addresses
 * behind its name at every connect, right before they are dialled. Private targets are opened by the operator's
 * allow-list; our own listen address never is, because a webhook on it would call the API with the caller's headers.
 */
import { RadarError } from '../errors.ts'
import { type Address, type AddressClass, carriedIpv4, classify, parseAddress, sameAddress } from './address.ts'
import { type AllowList, hostAllowed, networkAllowed } from './allow-list.ts'
import { hostOf, portOf } from './target.ts'

export { type AllowList, parseAllowList } from './allow-list.ts'
export { hostOf, portOf } from './target.ts'

/** Where our own API listens; `interfaces` are the machine's addresses when `address` is a wildcard. */
export interface ListenAddress {
  readonly address: string
  readonly port: number
  readonly interfaces?: readonly string[]
}

export interface TargetRules {
  readonly allow: AllowList
  readonly ownListen: ListenAddress | null
  /** Whether `mailto:` is a target, too. */
  readonly mail?: boolean
}

const MAX_URL = 2000
const SETTING = 'DNSRADAR_WEBHOOK_ALLOW'

/** https://fetch.spec.whatwg.org/#port-blocking: ports where an HTTP request could be taken for another protocol. */
const BAD_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
])

/** Names, and everything below them, that only private networks answer for. */
const PRIVATE_SUFFIXES = ['.localhost', '.local', '.internal', '.home.arpa', '.svc']

/**
 * The parsed url of a permitted target, else throws `blocked_target`. A name that does not resolve is no fault: the
 * addresses behind names are checked when they are dialled.
 */
export function checkTarget(text: string, rules: TargetRules): URL {
  const url = text.length > MAX_URL ? null : URL.parse(text)
  if (url === null)
    throw blocked(`is not a url of at most ${MAX_URL} characters; give one such as https://example.com/hook`)
  if (rules.mail === true && url.protocol === 'mailto:') return url
  const fault = protocolFault(url) ?? portFault(url) ?? hostFault(url, rules)
  if (fault !== null) throw blocked(fault)
  return url
}

function protocolFault(url: URL): string | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `starts with ${url.protocol}; webhooks take http: and https: only`
  }
  return url.username === '' && url.password === ''
    ? null
    : 'holds a user name or password; send credentials in a header such as Authorization'
}

function portFault(url: URL): string | null {
  const port = portOf(url)
  return BAD_PORTS.has(port) ? `has port ${port}, which belongs to another protocol; choose another port` : null
}

function hostFault(url: URL, rules: TargetRules): string | null {
  const host = hostOf(url)
  const port = portOf(url)
  if (host === '') return 'has no host name; give one such as https://example.com/hook'
  const literal = parseAddress(host)
  if (literal !== null) return addressFault(literal, { host, port }, rules)
  if (isLocalhost(host)) return localhostFault(host, port, rules)
  if (!isPrivateName(host) || hostAllowed(rules.allow, host, port)) return null
  return `names ${host}, which only a private network answers for; ${wayOut(host, port)}`
}

/** Why one of these addresses may not be dialled for this url, else null. One forbidden address forbids them all. */
export function checkAddresses(url: URL, ips: readonly string[], rules: TargetRules): string | null {
  const target = { host: hostOf(url), port: portOf(url) }
  for (const ip of ips) {
    const address = parseAddress(ip)
    const fault = address === null ? `leads to ${ip}, which is no IP address` : addressFault(address, target, rules)
    if (fault !== null) return fault
  }
  return null
}

function addressFault(
  address: Address,
  { host, port }: { readonly host: string; readonly port: number },
  { allow, ownListen }: TargetRules,
): string | null {
  if (ownListen !== null && isOwn(address, port, ownListen)) return OWN
  const kind = classify(address)
  if (kind === 'public') return null
  const open =
    networkAllowed(allow, address, port) ||
    (kind !== 'metadata' && hostAllowed(allow, host, port)) ||
    (kind === 'loopback' && localhostOpen(allow, host, port))
  if (open) return null
  return `leads to ${CLASS_WORDS[kind]}; ${wayOut(host, port)}`
}

const OWN = 'is the address of this DNSRadar itself, which no webhook may call'

const CLASS_WORDS: Readonly<Record<Exclude<AddressClass, 'public'>, string>> = {
  unspecified: 'the unspecified address',
  loopback: 'a loopback address',
  private: 'a private address',
  shared: 'a carrier-grade NAT address',
  link_local: 'a link-local address',
  metadata: 'the metadata service of a cloud',
  protocol: 'an address reserved for protocols',
  documentation: 'an address reserved for documentation',
  benchmarking: 'an address reserved for benchmarks',
  multicast: 'a multicast address',
  transition: 'an address of an IPv6 transition mechanism',
  reserved: 'a reserved address',
}

/** Through a translator an IPv6 address may lead back to our own IPv4 one. */
function isOwn(address: Address, port: number, own: ListenAddress): boolean {
  if (port !== own.port) return false
  const inner = carriedIpv4(address)
  return listensOn(address, own) || (inner !== null && listensOn(inner, own))
}

/** Dialling the unspecified address reaches this machine, whichever address the API listens on. */
function listensOn(address: Address, own: ListenAddress): boolean {
  const kind = classify(address)
  const listens = parseAddress(own.address)
  if (kind === 'unspecified') return true
  if (listens === null || classify(listens) !== 'unspecified') return listens !== null && sameAddress(listens, address)
  const interfaces = (own.interfaces ?? []).map(parseAddress)
  return kind === 'loopback' || interfaces.some((ip) => ip !== null && sameAddress(ip, address))
}

function localhostFault(host: string, port: number, rules: TargetRules): string | null {
  return LOOPBACK.map((address) => addressFault(address, { host, port }, rules)).find((fault) => fault !== null) ?? null
}

/** RFC 6761 section 6.3: a localhost name means loopback in both families, so opening one of them opens the name. */
function localhostOpen(allow: AllowList, host: string, port: number): boolean {
  return isLocalhost(host) && LOOPBACK.some((address) => networkAllowed(allow, address, port))
}

const LOOPBACK: readonly Address[] = [
  { family: 4, value: 0x7f00_0001n },
  { family: 6, value: 1n },
]

function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost')
}

function isPrivateName(host: string): boolean {
  return !host.includes('.') || PRIVATE_SUFFIXES.some((suffix) => `.${host}`.endsWith(suffix))
}

function wayOut(host: string, port: number): string {
  const entry = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return `use a public address, or let the operator add ${entry} to ${SETTING}`
}

function blocked(fault: string): RadarError {
  return new RadarError('blocked_target', `The url ${fault}.`, { url: fault })
}
