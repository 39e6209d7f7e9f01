/** Places in the order of time, and what lies after them. */
import { type Id, type IdPrefix, type NewsItem, type NewsPosition, timeOf } from '@dnsradar/core'
import { readId } from '../schemas/fields.ts'

/**
 * How far back is looked for what comes late.
 *
 * News are ordered by the time in an id, or by when an attempt began. Both lie before the commit: an attempt takes up to
 * 30 s, and of two processes that share a PostgreSQL the one that made the older id may commit last. So whoever reads
 * on from the newest row it saw would never see those; whoever looks back this far does, and leaves out what it knows.
 */
export const LOOK_BACK_MS = 45_000

/** An id of any kind that messages carry; null when `text` is none. Its row may be gone. */
export function positionOf(text: string): NewsPosition | null {
  const prefixes = ['evt', 'req', 'mon'] as const
  const id = prefixes.map((prefix) => readId(prefix, text)).find((read) => read !== null)
  return id === undefined ? null : { at: timeOf(id), id }
}

/** Before all that happened at `at` or later. */
export function startOf(at: number): NewsPosition {
  return { at: Math.max(0, at), id: LOWEST }
}

const LOWEST: Id<'evt'> = `evt_${'0'.repeat(26)}`

/**
 * Whether somebody who has seen everything up to `position` has to be told. An attempt may have been settled after
 * that although it began before: then its state is told again rather than never.
 */
export function isAfter(item: NewsItem, position: NewsPosition): boolean {
  if (item.kind === 'request' && item.attempts > 0) return true
  return item.at > position.at || (item.at === position.at && suffixOf(item.id) > suffixOf(position.id))
}

function suffixOf(id: Id<IdPrefix>): string {
  return id.slice(id.lastIndexOf('_') + 1)
}
