/**
 * A clock that moves only when a test says so.
 *
 * `now` and `wait` follow the test; `monotonic` stays real, because deadlines of real sockets do. A loop that waits is
 * woken in time order, with a turn of the event loop between two wakings, so that what the first one starts is under
 * way before the second one runs.
 *
 * A loop that asks a database server is awake for longer than such a turn. It would not notice that time moves on, or
 * find nothing because it asked on the way. So whoever starts loops on such a server says how many: time moves when as
 * many wait and nothing stirs, and those that want to look again in a moment do so when it has moved.
 */
import type { Clock } from '@dnsradar/core'
import { setImmediate as turn, setTimeout as pass } from 'node:timers/promises'

export interface TestClock extends Clock {
  /** Moves time forward by `ms` and wakes every wait that ends within it. */
  advance(ms: number): Promise<void>
  /**
   * The same at one go, as for a machine that was asleep: what ends within `ms` is woken once, at the end of it. Hours
   * pass like this without the thousands of turns that loops would make in them.
   */
  leap(ms: number): Promise<void>
  /** How many waits are pending: a loop that has gone to sleep shows here. */
  readonly waiting: number
  /** So many loops more, or fewer, that wait whenever they have nothing to do. */
  addLoops(count: number): void
}

/** Of a process with all its roles: batches, checks, deliveries, notices, housekeeping and the heartbeat. */
const LOOPS_OF_A_PROCESS = 6
/** For loops that have more to do than to come to rest. */
const PATIENCE_MS = 10_000

/** As long as a question to the database may take that follows another one. */
const QUIET_MS = 50
/** No wait of a loop that found work which it could not have is longer. */
const MOMENT_MS = 100

/** To be called when a process that lives by this clock has started, and what it returns before that is stopped. */
export function accompany(clock: Clock | undefined, databaseUrl: string): () => void {
  if (clock === undefined || !isTestClock(clock) || !databaseUrl.startsWith('postgres')) return () => {}
  clock.addLoops(LOOPS_OF_A_PROCESS)
  return () => clock.addLoops(-LOOPS_OF_A_PROCESS)
}

function isTestClock(clock: Clock): clock is TestClock {
  return 'addLoops' in clock
}

export function createTestClock(startMs: number = Date.UTC(2026, 0, 1)): TestClock {
  let now = startMs
  let loops = 0
  let stirredAt = 0
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()

  async function rest(): Promise<void> {
    const patience = performance.now() + PATIENCE_MS
    const isQuiet = (): boolean => sleepers.size >= loops && performance.now() - stirredAt >= QUIET_MS
    while (loops > 0 && !isQuiet() && performance.now() < patience) await pass(1)
  }

  async function wakeUntil(until: number): Promise<void> {
    for (;;) {
      const next = [...sleepers].filter((sleeper) => sleeper.at <= until).toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined) return
      now = Math.max(now, next.at)
      next.wake()
      await turn()
    }
  }

  return {
    now: () => now,
    monotonic: () => performance.now(),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve()
        const sleeper = { at: now + ms, wake }
        function wake(): void {
          stirredAt = performance.now()
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        stirredAt = performance.now()
        sleepers.add(sleeper)
        signal?.addEventListener('abort', wake)
      }),
    async advance(ms) {
      await rest()
      const until = now + ms
      await wakeUntil(until)
      now = until
      await turn()
      if (loops === 0) return
      await rest()
      for (const sleeper of sleepers) if (sleeper.at <= now + MOMENT_MS) sleeper.wake()
    },
    async leap(ms) {
      await rest()
      now += ms
      for (const sleeper of sleepers) if (sleeper.at <= now) sleeper.wake()
      await turn()
      await rest()
    },
    get waiting() {
      return sleepers.size
    },
    addLoops: (count) => void (loops += count),
  }
}
