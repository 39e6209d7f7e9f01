/**
 * When a monitor is looked at next.
 *
 * A monitor's due times are a grid: `k * interval + (phase mod interval)`, with a phase that is a hash of its id and
 * never changes. The hash is the spread: monitors created together in bulk do not come due together, and no jitter is
 * needed. 7200 s (the longest interval) is a multiple of every interval offered, so one phase serves all of them.
 *
 * Phases that fall into the same second of five minutes, 24 of them, are due one after the other within that second: a
 * million monitors would else come as 3,333 at its beginning, and whoever asks the API then would wait for all of them.
 */
import type { MonitorId } from '../ids.ts'

export const PHASE_SECONDS = 7200
/** The shortest of the intervals that most monitors have, in seconds. */
export const SLOT_SECONDS = 300
/** Between two phases of one second: 24 of them fill it. */
export const SLOT_MS = 41

/** Seconds, 0 to 7199. FNV-1a: cheap, and even over ids whose first half is the same millisecond. */
export function phaseOf(id: MonitorId): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % PHASE_SECONDS
}

/** The first grid point strictly after `now`: ticks that were missed are not replayed. Epoch milliseconds. */
export function nextDue(id: MonitorId, intervalMinutes: number, now: number): number {
  const interval = intervalMinutes * 60_000
  const phase = phaseOf(id)
  const offset = (phase * 1000 + Math.floor(phase / SLOT_SECONDS) * SLOT_MS) % interval
  return Math.floor((now - offset) / interval) * interval + interval + offset
}
