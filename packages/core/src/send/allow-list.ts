/** What the operator opened of private networks. Who may be called is the guard's to say. */
import { RadarError } from '../errors.ts'
import { type Address, classify, contains, isSingle, type Network, parseNetwork } from './address.ts'
import { hostOf } from './target.ts'

/** A `port` of null means every port. */
export interface AllowList {
  readonly networks: readonly { readonly network: Network; readonly port: number | null }[]
  readonly hosts: readonly { readonly host: string; readonly port: number | null }[]
}

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
  const url = parts === undefined ? null : URL.parse(`http://${parts['host']}`)
  const port = parts?.['port'] === undefined ? null : Number(parts['port'])
  if (url === null || (port !== null && (port < 1 || port > 65_535))) return null
  const literal = parseNetwork(hostOf(url))
  return literal === null ? { host: hostOf(url), port } : { network: literal, port }
}

/** A wide network opens machines; a metadata service, which hands out credentials, has to be named by its own address. */
export function networkAllowed(allow: AllowList, address: Address, port: number): boolean {
  const guarded = classify(address) === 'metadata'
  return allow.networks.some(
    (rule) => contains(rule.network, address) && portCovers(rule.port, port) && (!guarded || isSingle(rule.network)),
  )
}

export function hostAllowed(allow: AllowList, host: string, port: number): boolean {
  return allow.hosts.some((rule) => rule.host === host && portCovers(rule.port, port))
}

function portCovers(allowed: number | null, port: number): boolean {
  return allowed === null || allowed === port
}
