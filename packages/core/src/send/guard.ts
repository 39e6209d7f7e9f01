/**
 * Which targets a webhook may have.
 *
 * A server that sends requests wherever a customer says can be turned against the network it stands in (SSRF). So a
 * target is checked twice by the same rules: its url when a webhook is made and at every attempt, and the addresses
 * behind its name at every connect, right before they are dialled. Private targets are opened by the operator's
 * allow-list; our own listen address never is, because a webhook on it would call the API with the caller's headers.
 */
import { RadarError } from '../errors.ts'
import {
  type Address,
  carriedIpv4,
  classify,
  contains,
  isSingle,
  type Network,
  parseAddress,
  parseNetwork,
  sameAddress,
} from './address.ts'

export { type AddressClass, classifyAddress } from './address.ts'

/** What the operator opened. A `port` of null means every port. */
export interface AllowList {
  readonly networks: readonly { readonly network: Network; readonly port: number | null }[]
  readonly hosts: readonly { readonly host: string; readonly port: number | null }[]
}

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
 * Reads `10.20.0.0/16`, `10.0.0.5`, `10.0.0.5:8080`, `[fd00::1]:8080`, `n8n.corp`, `n8n.corp:5678`; empty entries are
 * skipped. Throws `invalid_field` naming every entry that is none of these.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const wanted = entries.map((entry) => entry.trim()).filter((entry) => entry !== '')
  const read = wanted.map((entry) => ({ entry, rule: allowRule(entry) }))
  const faulty = read.filter(({ rule }) => rule === null).map(({ entry }) => JSON.stringify(entry))
  if (faulty.length > 0) {
    throw new RadarError(
      'invalid_field',
      `${faulty.join(', ')} cannot be read: networks (10.20.0.0/16), addresses and host names, each with or without a port (n8n.corp:5678), are accepted.`,
    )
  }
  const rules = read.flatMap(({ rule }) => (rule === null ? [] : [rule]))
  return {
    networks: rules.filter((rule) => 'network' in rule),
    hosts: rules.filter((rule) => 'host' in rule),
  }
}

type AllowRule = AllowList['networks'][number] | AllowList['hosts'][number]

function allowRule(entry: string): AllowRule | null {
  const network = parseNetwork(entry)
  if (network !== null) return { network, port: null }
  const parts = /^(?<host>\[[^\]]+\]|[^[\]:/@?#\\\s*]+)(?::(?<port>\d{1,5}))?$/.exec(entry)?.groups
  const url = parts === undefined ? null : parseUrl(`http://${parts['host']}`)
  const port = parts?.['port'] === undefined ? null : Number(parts['port'])
  if (url === null || (port !== null && (port < 1 || port > 65_535))) return null
  const literal = parseNetwork(hostOf(url))
  return literal === null ? { host: hostOf(url), port } : { network: literal, port }
}

/**
 * The parsed url of a permitted target, else throws `blocked_target`. A name that does not resolve is no fault: the
 * addresses behind names are checked when they are dialled.
 */
export function checkTarget(text: string, rules: TargetRules): URL {
  const url = text.length > MAX_URL ? null : parseUrl(text)
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

const CLASS_WORDS = {
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
  invalid: 'no address',
} as const

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

/** A wide network opens machines; a metadata service, which hands out credentials, has to be named by its own address. */
export function networkAllowed(allow: AllowList, address: Address, port: number): boolean {
  const guarded = classify(address) === 'metadata'
  return allow.networks.some(
    (rule) => contains(rule.network, address) && portCovers(rule.port, port) && (!guarded || isSingle(rule.network)),
  )
}

function hostAllowed(allow: AllowList, host: string, port: number): boolean {
  return allow.hosts.some((rule) => rule.host === host && portCovers(rule.port, port))
}

function portCovers(allowed: number | null, port: number): boolean {
  return allowed === null || allowed === port
}

function wayOut(host: string, port: number): string {
  const entry = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return `use a public address, or let the operator add ${entry} to ${SETTING}`
}

function blocked(fault: string): RadarError {
  return new RadarError('blocked_target', `The url ${fault}.`, { url: fault })
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}

/** Lower case, without brackets or the final dot of a fully qualified name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '')
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}
