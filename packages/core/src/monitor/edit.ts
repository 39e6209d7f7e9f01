/**
 * What an edit makes of a monitor and of what is known about it.
 *
 * Another name or type is another record: nothing that was seen speaks of it, so the state is UNSET again. Another
 * expectation is judged from the state there is, so a move to VALID is news. Either way the next look comes at once.
 */
import { type Monitor, type NewMonitor, unchecked, type WatchedMonitor } from './monitor.ts'
import { sameValues } from './verdict.ts'

/** Members left out stay as they are. */
export type MonitorEdit = Partial<NewMonitor>

/** The group is the store's to resolve. `now` is epoch milliseconds. */
export function editMonitor({ monitor, status }: WatchedMonitor, edit: MonitorEdit, now: number): WatchedMonitor {
  const { group: _, ...members } = edit
  const next: Monitor = { ...monitor, ...members, updated: now }
  const isOtherRecord = next.ownerName !== monitor.ownerName || next.type !== monitor.type
  const isOtherExpectation = next.match !== monitor.match || !sameValues(next.expected, monitor.expected)
  if (isOtherRecord) {
    // Incidents are the monitor's history, which stays its own.
    const fresh = { ...unchecked(now), incidenceCount: status.incidenceCount }
    return { monitor: { ...next, expectedVersion: monitor.expectedVersion + 1 }, status: fresh }
  }
  return {
    monitor: isOtherExpectation ? { ...next, expectedVersion: monitor.expectedVersion + 1 } : next,
    status: { ...status, nextCheck: now, ...(isOtherExpectation && { answerHash: null, pending: null }) },
  }
}
