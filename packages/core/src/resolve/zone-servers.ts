/**
 * Which servers hold a name's zone, and which of their addresses may be asked.
 *
 * Names and addresses come from the zone itself, so whoever owns a zone chooses where we send datagrams: every address
 * is held to the rules that guard webhooks, and the number of look-ups and servers is bounded.
 */
import type { Answer, Question } from '../dns/answer.ts'
import { registrableDomain } from '../dns/name.ts'
import { RadarError } from '../errors.ts'
import { classify, contains, parseAddress } from '../send/address.ts'
import { type AllowList, networkAllowed, parseAllowList } from '../send/allow-list.ts'
import { parseUpstream, type Upstream } from './upstream.ts'

/** More than any zone needs; the root has 13. */
const MAX_SERVERS = 8
/** Zone cuts further down than this are not found; the servers above them then answer with a referral. */
const MAX_CANDIDATES = 8
const DNS_PORT = 53

/** One question to the upstream resolvers. Never rejects. */
export type LookUp = (question: Question) => Promise<Answer>

/**
 * Reads `10.0.0.0/8`, `10.0.0.5`, `127.0.0.1:5353`, `[fd00::1]:5353`. A port says where the servers at that address are
 * asked in place of 53; several of one address are several servers. Throws `invalid_field`.
 */
export function parseDnsAllow(entries: readonly string[]): AllowList {
  const allow = parseAllowList(entries)
  if (allow.hosts.length > 0) {
    const names = allow.hosts.map(({ host }) => JSON.stringify(host)).join(', ')
    throw new RadarError(
      'invalid_field',
      `${names} cannot be used here: addresses (10.0.0.5), addresses with a port (127.0.0.1:5353) and networks (10.0.0.0/8) are accepted.`,
    )
  }
  return allow
}

/** The names at which a zone that holds `owner` may begin, the deepest first. */
export function zoneCandidates(owner: string): readonly string[] {
  const names = [owner]
  const top = topOf(owner)
  for (let name = owner; name !== top && name !== ''; ) {
    name = parentOf(name)
    if (name !== '') names.push(name)
  }
  return names.length <= MAX_CANDIDATES ? names : [owner, ...names.slice(1 - MAX_CANDIDATES)]
}

/** Reverse zones of IPv4 are delegated by /16 as well as by /24, the one above. */
function topOf(owner: string): string {
  const registrable = registrableDomain(owner)
  return registrable.endsWith('.in-addr.arpa') ? parentOf(registrable) : registrable
}

/** Without the first label; empty for a top-level domain. Escaped dots belong to their label. */
function parentOf(name: string): string {
  return name.replace(/^(?:\\[^]|[^\\.])*\.?/, '')
}

/** Name servers of the deepest zone that holds `owner`; none when it cannot be told. */
export async function nameServersOf(owner: string, lookUp: LookUp): Promise<readonly string[]> {
  const answers = await Promise.all(zoneCandidates(owner).map((name) => lookUp({ name, type: 'NS' })))
  // Behind an alias stand another zone's servers.
  const zone = answers.find((answer) => answer.kind === 'rrset' && answer.evidence.chain.length === 0)
  return zone === undefined ? [] : texts(zone).slice(0, MAX_SERVERS)
}

/** Each name server by the first address that may be asked, IPv4 before IPv6. */
export async function openAddresses(
  nameServers: readonly string[],
  allow: AllowList,
  lookUp: LookUp,
): Promise<readonly Upstream[]> {
  const targets = await Promise.all(
    nameServers.map(async (name) => {
      const found = await Promise.all([lookUp({ name, type: 'A' }), lookUp({ name, type: 'AAAA' })])
      return (
        found
          .flatMap(texts)
          .map((ip) => targetsAt(ip, allow))
          .find(({ length }) => length > 0) ?? []
      )
    }),
  )
  return [...new Set(targets.flat())].slice(0, MAX_SERVERS).map(parseUpstream)
}

/** Where to ask at this address, as upstreams are written; nowhere when it is closed to us. */
function targetsAt(ip: string, allow: AllowList): readonly string[] {
  const address = parseAddress(ip)
  if (address === null) return []
  const ports = allow.networks.flatMap(({ network, port }) =>
    port !== null && contains(network, address) ? [port] : [],
  )
  if (ports.length > 0) return ports.map((port) => written(ip, port))
  const open = classify(address) === 'public' || networkAllowed(allow, address, DNS_PORT)
  return open ? [ip] : []
}

function written(ip: string, port: number): string {
  if (port === DNS_PORT) return ip
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}

function texts(answer: Answer): readonly string[] {
  return answer.kind === 'rrset' ? answer.records.map(({ text }) => text) : []
}
