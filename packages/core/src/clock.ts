/** The system's time. The only clock in production; tests pass one that they move themselves. */
import type { Clock } from './ports/clock.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(Math.max(ms, 0), LONGEST_TIMER))
      timer.unref()
      signal?.addEventListener('abort', done)
    }),
}

/** setTimeout turns longer ones into 1 ms; a loop that wakes early looks again and waits on. */
const LONGEST_TIMER = 2 ** 31 - 1
