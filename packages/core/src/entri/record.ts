/**
 * A record as Entri Monitor writes it, and the monitor that watches it.
 *
 * Its value has to be there, whatever else its owner publishes beside it; a time to live cannot be judged through a
 * caching resolver, so it is kept and shown and never compared. Hosts are spelled in three ways: `@`, labels in front of
 * the domain, or the full name.
 */
import { reverseName } from '../dns/address.ts'
import { canonicalName } from '../dns/canonical-name.ts'
import { ownerName, registrableDomain } from '../dns/name.ts'
import { type FieldErrors, RadarError } from '../errors.ts'
import { newExpectation } from '../match/expectation.ts'
import { watchKey } from '../monitor/equal.ts'
import type { Monitor } from '../monitor/monitor.ts'
import type { MonitorType } from '../record-types.ts'

/** As the application wrote it, but for the case of its type. */
export interface EntriRecord {
  readonly type: MonitorType
  readonly host: string
  readonly value: string
  /** Seconds. */
  readonly ttl: number
  /** Of an MX record; null where any will do. Digits or a number, as it was written. */
  readonly priority: number | string | null
}

/** What of a monitor follows from a record. */
export type EntriExpectation = Pick<
  Monitor,
  'domain' | 'subdomain' | 'ownerName' | 'registrable' | 'type' | 'match' | 'expected'
> & {
  /** Equal for records that watch the same, however each was written. */
  readonly key: string
}

/** The domain in the form by which it is known. Throws RadarError (`invalid_field`) naming `domain`. */
export function entriDomain(given: string): string {
  const name = reverseName(given) === null ? ownerName(given, null) : null
  if (name !== null && !name.includes('*')) return name
  throw fault({ domain: `${JSON.stringify(given.slice(0, 100))} is not a domain; write a name such as example.com` })
}

/** The labels in front of `domain` (as `entriDomain` gave it); null is the domain itself. Throws naming `host`. */
export function entriSubdomain(host: string, domain: string): string | null {
  if (host === '@') return null
  const name = readHost(host)
  if (name === domain) return null
  if (name.endsWith(`.${domain}`)) return name.slice(0, -domain.length - 1)
  if (!host.endsWith('.')) return name
  throw fault({ host: `${JSON.stringify(host.slice(0, 100))} is outside ${domain}; use @, www or www.${domain}` })
}

/** Throws RadarError naming `host`, `value` or `priority`. */
export function entriExpectation(record: EntriRecord, domain: string): EntriExpectation {
  const subdomain = entriSubdomain(record.host, domain)
  const owner = renaming('subdomain', 'host', () => ownerName(domain, subdomain, record.type))
  const { type } = record
  const match = 'includes'
  const expected = [expectedValue(record)]
  renaming('expected_value', 'value', () => newExpectation({ type, match, expected }))
  const key = watchKey({ ownerName: owner, type, match, expected })
  // A DMARC record that names the domain alone is published, and shown, below it.
  const shown = subdomain ?? (owner === domain ? null : owner.slice(0, -domain.length - 1))
  return {
    domain,
    subdomain: shown,
    ownerName: owner,
    registrable: registrableDomain(owner),
    type,
    match,
    expected,
    key,
  }
}

function expectedValue({ type, value, priority }: EntriRecord): string {
  if (priority === null || type !== 'MX') return value
  if (/^\s*\d+\s+\S/.test(value)) throw fault({ priority: 'stands in the value as well; give it once' })
  return `${priority} ${value}`
}

function readHost(host: string): string {
  try {
    return canonicalName(host)
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    throw fault({ host: `${JSON.stringify(host.slice(0, 100))} is not a host; use @, www or a full name` })
  }
}

/** Refusals about `from` (or an element of it) are told under the name that this dialect has for it. */
function renaming<T>(from: string, to: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    const fields = Object.entries(error.fields ?? { [from]: error.message })
    throw new RadarError(
      error.code,
      error.message,
      Object.fromEntries(fields.map(([name, message]) => [name.startsWith(from) ? to : name, message])),
    )
  }
}

function fault(fields: FieldErrors): RadarError {
  const [[path, message] = ['', '']] = Object.entries(fields)
  return new RadarError('invalid_field', `${path} ${message}.`, fields)
}
