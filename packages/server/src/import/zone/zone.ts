/**
 * A BIND zone file as monitors (RFC 1035 section 5, RFC 2308 section 4, RFC 3597).
 *
 * Nothing in the file leads anywhere: `$INCLUDE` and `$GENERATE` are refused. The SOA is left out, because its serial
 * changes with every edit and would be news each time; so is what the zone does not answer for itself, such as glue.
 */
import { type Fault, inOrder } from '../../source/place.ts'
import type { LeftOut, Reading } from '../reading.ts'
import { type Match, monitorsOf, type PlacedRecord } from '../rrsets.ts'
import { selfAndAbove, ZoneFault } from './names.ts'
import { readRdata } from './rdata.ts'
import { readRecords, type ZoneRecord } from './records.ts'
import { tokenize } from './tokens.ts'

export interface ZoneOptions {
  /** Canonical name of the zone, for files that do not name it themselves. */
  readonly origin?: string | null
  /** `exact` when left out. */
  readonly match?: Match
}

export function readZone(text: string, { origin = null, match }: ZoneOptions = {}): Reading {
  const { entries, faults: broken } = tokenize(text)
  const { records, faults: misread } = readRecords(entries, origin)
  const apex = records.find(({ type }) => type === 'SOA')?.owner ?? null
  const cuts = cutsOf(records, apex)
  const watched: PlacedRecord[] = []
  const leftOut: LeftOut[] = []
  const refused: Fault[] = []
  for (const record of records) {
    const why = reasonToLeaveOut(record, apex, cuts)
    try {
      // Also what is left out has to be a record: a slip in it is one in the file.
      const read = readRecord(record)
      if (why === null && read !== null) watched.push(read)
      else if (why !== null) leftOut.push({ place: record.token.place, what: whatOf(record), why })
    } catch (error) {
      if (!(error instanceof ZoneFault)) throw error
      refused.push(error.fault)
    }
  }
  const { wanted, leftOut: unfit } = monitorsOf(watched, match)
  return { wanted, leftOut: inOrder([...leftOut, ...unfit]), faults: inOrder([...broken, ...misread, ...refused]) }
}

function readRecord(record: ZoneRecord): PlacedRecord | null {
  const { type, owner: name, token, isForeign } = record
  if (type === 'SOA' || typeof type === 'object' || isForeign) return null
  return { place: token.place, name, type, value: readRdata(type, record) }
}

function reasonToLeaveOut(
  { type, owner, isForeign }: ZoneRecord,
  apex: string | null,
  cuts: ReadonlySet<string>,
): string | null {
  if (isForeign) return 'it is not of class IN'
  if (type === 'SOA') return 'its serial changes with every edit of the zone'
  if (typeof type === 'object') return `records of type ${type.unwatched} cannot be watched`
  const above = selfAndAbove(owner)
  if (apex !== null && !above.includes(apex)) return `it is not in the zone ${apex}, whose servers do not answer for it`
  const cut = above.findLast((name) => cuts.has(name))
  if (cut === undefined || (type === 'NS' && owner === cut)) return null
  return `it belongs to ${cut}, which is delegated to other servers`
}

/** Names that NS records below the apex hand to other servers. Without a SOA nobody knows which those are. */
function cutsOf(records: readonly ZoneRecord[], apex: string | null): ReadonlySet<string> {
  const names = records.filter(({ type, owner }) => apex !== null && type === 'NS' && owner !== apex)
  return new Set(names.map(({ owner }) => owner))
}

function whatOf({ owner, type }: ZoneRecord): string {
  return `${owner} ${typeof type === 'object' ? type.unwatched : type}`
}
