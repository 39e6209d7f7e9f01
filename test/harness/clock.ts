/**
 * A clock that moves only when a test says so.
 *
 * `now` and `wait` follow the test; `monotonic` stays real, because deadlines of real sockets do. A loop that waits is
 * woken in time order, with a turn of the event loop between two wakings, so that what the first one starts is under
 * way before the second one runs.
 */
import type { Clock } from '@dnsradar/core'
import { setImmediate as turn } from 'node:timers/promises'

export interface TestClock extends Clock {
  /** Moves time forward by `ms` and wakes every wait that ends within it. */
  advance(ms: number): Promise<void>
  /** How many waits are pending: a loop that has gone to sleep shows here. */
  readonly waiting: number
}

export function createTestClock(startMs: number = Date.UTC(2026, 0, 1)): TestClock {
  let now = startMs
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()

  return {
    now: () => now,
    monotonic: () => performance.now(),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve()
        const sleeper = { at: now + ms, wake }
        function wake(): void {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', wake)
      }),
    async advance(ms) {
      const until = now + ms
      for (;;) {
        const next = [...sleepers].filter((sleeper) => sleeper.at <= until).toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        now = Math.max(now, next.at)
        next.wake()
        await turn()
      }
      now = until
      await turn()
    },
    get waiting() {
      return sleepers.size
    },
  }
}
