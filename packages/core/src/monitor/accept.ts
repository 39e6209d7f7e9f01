/**
 * "What is there now is right": the expectation that a monitor's current value makes.
 *
 * A policy monitor expects its own family's records only, whatever else stands beside them in the same RRset. Modes that
 * say what must not be there, or where it must lie, cannot take a value; they become `exact`.
 */
import { RadarError } from '../errors.ts'
import { policyValues } from '../match/families.ts'
import type { MonitorEdit } from './edit.ts'
import type { MatchMode, WatchedMonitor } from './monitor.ts'

const MODE_AFTER: Readonly<Record<MatchMode, MatchMode>> = {
  exact: 'exact',
  includes: 'includes',
  any_of: 'any_of',
  baseline: 'baseline',
  none_of: 'exact',
  cidr: 'exact',
  absent: 'exact',
}

/** Throws `conflict` when there is nothing to accept. Whether the values make an expectation is the caller's to check. */
export function acceptCurrent({ monitor, status }: WatchedMonitor): MonitorEdit {
  const values = status.current ?? []
  if (values.length === 0) {
    throw new RadarError(
      'conflict',
      status.current === null
        ? 'The monitor has not been checked yet, so there is no current value to accept. Check it first.'
        : 'The last check found no record, so there is no current value to accept. To expect that there is none, set `match` to `absent`.',
    )
  }
  return { match: MODE_AFTER[monitor.match], expected: concernedValues(monitor, values) }
}

function concernedValues(monitor: WatchedMonitor['monitor'], values: readonly string[]): readonly string[] {
  if (monitor.match === 'baseline') return values
  const own = policyValues(monitor.type, monitor.expected, values)
  return own.length > 0 ? own : values
}
