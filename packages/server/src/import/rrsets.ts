/**
 * Records to monitors: all records of one name and type are one RRset, and one monitor expects all of it.
 *
 * A monitor holds ten values. A longer RRset becomes several that each want ten of them present, which sees every
 * record that goes and none that comes; nobody has to split it by hand.
 */
import type { NewMonitorInput } from '@dnsradar/client'
import { MAX_EXPECTED_LENGTH, MAX_EXPECTED_VALUES } from '@dnsradar/core/match/index'
import type { RecordType } from '@dnsradar/core/record-types'
import { batchesOf } from '../source/batches.ts'
import type { Place } from '../source/place.ts'
import type { LeftOut, Reading, Wanted } from './reading.ts'

export interface PlacedRecord {
  readonly place: Place
  /** Canonical, without a final dot. */
  readonly name: string
  readonly type: RecordType
  /** Presentation text. */
  readonly value: string
}

export type Match = 'exact' | 'includes' | 'baseline'

export function monitorsOf(
  records: readonly PlacedRecord[],
  match: Match = 'exact',
): Pick<Reading, 'wanted' | 'leftOut'> {
  const wanted: Wanted[] = []
  const leftOut: LeftOut[] = []
  for (const rrset of Map.groupBy(records, ({ name, type }) => `${name} ${type}`).values()) {
    const unique = [...new Map(rrset.map((record) => [record.value, record])).values()]
    const long = unique.find(({ value }) => value.length > MAX_EXPECTED_LENGTH)
    if (long !== undefined && match !== 'baseline') leftOut.push(tooLong(long))
    else if (match === 'baseline') wanted.push(wantedOf(unique, match))
    else {
      const parts = batchesOf(unique, MAX_EXPECTED_VALUES)
      wanted.push(...parts.map((part) => wantedOf(part, parts.length > 1 ? 'includes' : match)))
    }
  }
  return { wanted, leftOut }
}

function wantedOf(part: readonly PlacedRecord[], match: Match): Wanted {
  const [first] = part
  if (first === undefined) throw new Error('an RRset has a record')
  const input: NewMonitorInput = {
    full_domain: fullDomain(first.name),
    record_type: first.type,
    match,
    ...(match === 'baseline' ? {} : { expected_value: part.map(({ value }) => value) }),
  }
  return { place: first.place, input, values: part.map(({ place }) => place) }
}

function tooLong({ place, name, type, value }: PlacedRecord): LeftOut {
  return {
    place,
    what: `${name} ${type}`,
    why: `a value has ${value.length} characters, and a monitor expects ${MAX_EXPECTED_LENGTH} at most; --match baseline watches it as it is published`,
  }
}

/** A single label keeps the dot that says it is meant. */
export function fullDomain(name: string): string {
  return name.includes('.') ? name : `${name}.`
}
