/** Upstreams: the resolvers that monitors are looked up through, as a setting names them. */
import { getServers } from 'node:dns'
import { BlockList, isIP, isIPv6 } from 'node:net'
import type { Transport } from '../dns/answer.ts'
import { RadarError } from '../errors.ts'

export interface Upstream {
  /** As people write it; shown beside every answer. */
  readonly text: string
  readonly transport: Transport
  /** An address, or a host name that the system resolves (`tls` and `https` only). Without brackets. */
  readonly address: string
  readonly port: number
  /** `tls` only: the name that the certificate must carry when `address` is not it. */
  readonly tlsName: string | null
  /** `https` only. */
  readonly url: string | null
}

const FORMS =
  'Use 9.9.9.9, [::1]:53, 127.0.0.1:5353, tcp://IP[:PORT], tls://[NAME@]HOST[:PORT] or https://HOST/dns-query.'
const DNS_PORT = 53
const TLS_PORT = 853
const HTTPS_PORT = 443

/** Throws RadarError `invalid_field`. */
export function parseUpstream(text: string): Upstream {
  const trimmed = text.trim()
  const scheme = /^([a-z]+):\/\//i.exec(trimmed)?.[1]?.toLowerCase() ?? 'udp'
  const rest = trimmed.replace(/^[a-z]+:\/\//i, '')
  switch (scheme) {
    case 'udp':
    case 'tcp': {
      const { host, port } = splitHost(rest, DNS_PORT, text)
      if (isIP(host) === 0) throw refuse(text, 'it needs an IP address here')
      return { text: trimmed, transport: scheme, address: host, port, tlsName: null, url: null }
    }
    case 'tls': {
      const at = rest.lastIndexOf('@')
      const tlsName = at < 0 ? null : rest.slice(0, at)
      const { host, port } = splitHost(rest.slice(at + 1), TLS_PORT, text)
      if (isIP(host) === 0 && !isHostName(host)) throw refuse(text, 'its host is neither an IP address nor a name')
      if (tlsName !== null && !isHostName(tlsName)) throw refuse(text, 'the part before @ is no host name')
      return { text: trimmed, transport: 'tls', address: host, port, tlsName, url: null }
    }
    case 'https':
      return parseHttps(trimmed)
    default:
      throw refuse(text, `it cannot use ${scheme}`)
  }
}

function parseHttps(text: string): Upstream {
  const url = URL.parse(text)
  if (url === null || url.hostname === '') throw refuse(text, 'its URL cannot be read')
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw refuse(text, 'its URL holds more than host and path')
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? HTTPS_PORT : Number(url.port)
  return { text, transport: 'https', address, port, tlsName: null, url: url.href }
}

/** `HOST`, `HOST:PORT`, `[IPv6]:PORT` or a bare IPv6 address. */
function splitHost(text: string, defaultPort: number, whole: string): { host: string; port: number } {
  if (isIPv6(text)) return { host: text, port: defaultPort }
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text)
  const host = parts?.[1] ?? parts?.[2] ?? ''
  const port = parts?.[3] === undefined ? defaultPort : Number(parts[3])
  if (host === '' || (parts?.[1] !== undefined && !isIPv6(host))) throw refuse(whole, 'its address cannot be read')
  if (port < 1 || port > 65_535) throw refuse(whole, 'its port is not between 1 and 65535')
  return { host, port }
}

function isHostName(text: string): boolean {
  return (
    text.length <= 253 && /^(?!.*\.\d+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(text)
  )
}

function refuse(text: string, why: string): RadarError {
  return new RadarError('invalid_field', `${JSON.stringify(text.slice(0, 200))} is no DNS upstream: ${why}. ${FORMS}`)
}

/** The system's resolvers (on Unix from /etc/resolv.conf); those that cannot be written as an upstream are left out. */
export function systemUpstreams(): readonly Upstream[] {
  return getServers().flatMap((text) => {
    try {
      return [parseUpstream(text)]
    } catch {
      return []
    }
  })
}

export type Reach = 'loopback' | 'private' | 'public'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** RFC 1918, 6598, 3927; RFC 4193, 4291. */
const PRIVATE = new BlockList()
PRIVATE.addSubnet('10.0.0.0', 8, 'ipv4')
PRIVATE.addSubnet('172.16.0.0', 12, 'ipv4')
PRIVATE.addSubnet('192.168.0.0', 16, 'ipv4')
PRIVATE.addSubnet('100.64.0.0', 10, 'ipv4')
PRIVATE.addSubnet('169.254.0.0', 16, 'ipv4')
PRIVATE.addSubnet('fc00::', 7, 'ipv6')
PRIVATE.addSubnet('fe80::', 10, 'ipv6')

/** Where an upstream is, as far as its address tells; a host name counts as public. */
export function reachOf(upstream: Upstream): Reach {
  const [address = ''] = upstream.address.split('%')
  const version = isIP(address)
  if (version === 0) return address === 'localhost' ? 'loopback' : 'public'
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (LOOPBACK.check(address, family)) return 'loopback'
  return PRIVATE.check(address, family) ? 'private' : 'public'
}
