/** From the records that an application wrote to the monitors that watch them. */
import {
  type EntriDomain,
  type EntriExpectation,
  entriExpectation,
  type EntriRecord,
  type FieldErrors,
  type NewMonitor,
  RadarError,
} from '@dnsradar/core'

/** Records of one domain: what a zone has of them, many times over. */
export const MAX_RECORDS = 500

const HOURLY = 60

/** A record, and the monitor that it asks for. */
export interface Wanted {
  readonly record: EntriRecord
  readonly expectation: EntriExpectation
}

/** Each once, however often it was written; the last one counts. Throws naming every record that cannot be watched. */
export function wantedOf(records: readonly EntriRecord[], domain: string): readonly Wanted[] {
  const wanted = new Map<string, Wanted>()
  const faults: [string, string][] = []
  records.forEach((record, at) => {
    try {
      const expectation = entriExpectation(record, domain)
      wanted.set(expectation.key, { record, expectation })
    } catch (error) {
      if (!(error instanceof RadarError)) throw error
      const fields: FieldErrors = error.fields ?? { value: error.message }
      for (const [name, message] of Object.entries(fields)) faults.push([`dnsRecords[${at}].${name}`, message])
    }
  })
  const [first] = faults
  if (first === undefined) return [...wanted.values()]
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more, see errors)` : ''
  throw new RadarError('invalid_field', `${first[0]}: ${first[1]}${more}`, Object.fromEntries(faults))
}

/** The declared records by what they watch. */
export function presentKeys({ domain, records }: EntriDomain): ReadonlyMap<string, EntriDomain['records'][number]> {
  return new Map(records.map((declared) => [entriExpectation(declared.record, domain).key, declared]))
}

export function newMonitor(
  { domain, subdomain, ownerName, registrable, type, match, expected }: EntriExpectation,
  group: EntriDomain['groupId'],
): NewMonitor {
  const name = { domain, subdomain, ownerName, registrable }
  const rest = { notify: 'immediately', isActive: true, externalId: null, metadata: {} } as const
  return { ...name, ...rest, type, match, expected, group, intervalMinutes: HOURLY }
}
