/**
 * A clock that moves only when a test says so.
 *
 * `now` and `wait` follow the test; `monotonic` stays real, because deadlines of real sockets do. A loop that waits is
 * woken in time order, with a turn of the event loop between two wakings, so that what the first one starts is under
 * way before the second one runs.
 *
 * A loop that asks a database server is awake for longer than such a turn, and would not notice that time moved on. So
 * whoever starts loops says how many, and time moves when as many wait.
 */
import type { Clock } from '@dnsradar/core'
import { setImmediate as turn, setTimeout as pass } from 'node:timers/promises'

export interface TestClock extends Clock {
  /** Moves time forward by `ms` and wakes every wait that ends within it. */
  advance(ms: number): Promise<void>
  /** How many waits are pending: a loop that has gone to sleep shows here. */
  readonly waiting: number
  /** So many loops more, or fewer, that wait whenever they have nothing to do. */
  addLoops(count: number): void
}

/** Of a process with all its roles: batches, checks, deliveries, notices, housekeeping and the heartbeat. */
const LOOPS_OF_A_PROCESS = 6
/** For loops that have more to do than to come to rest. */
const PATIENCE_MS = 10_000

/** To be called when a process that lives by this clock has started, and what it returns before that is stopped. */
export function accompany(clock: Clock | undefined): () => void {
  if (clock === undefined || !isTestClock(clock)) return () => {}
  clock.addLoops(LOOPS_OF_A_PROCESS)
  return () => clock.addLoops(-LOOPS_OF_A_PROCESS)
}

function isTestClock(clock: Clock): clock is TestClock {
  return 'addLoops' in clock
}

export function createTestClock(startMs: number = Date.UTC(2026, 0, 1)): TestClock {
  let now = startMs
  let loops = 0
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()

  async function rest(): Promise<void> {
    const patience = performance.now() + PATIENCE_MS
    while (sleepers.size < loops && performance.now() < patience) await pass(1)
  }

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
      await rest()
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
    addLoops: (count) => void (loops += count),
  }
}
