/** So many at a time; the rest wait in the order they came, as long as each of them has time. */
import type { Clock } from '../ports/clock.ts'

export interface Turns {
  /** True when the caller's turn has come: it has to `leave`. False when `waitMs` passed or `signal` aborted first. */
  enter(waitMs: number, signal?: AbortSignal): Promise<boolean>
  leave(): void
}

export function createTurns(places: number, clock: Clock): Turns {
  let free = places
  const queue: AbortController[] = []
  return {
    async enter(waitMs, signal) {
      if (free > 0) {
        free -= 1
        return true
      }
      const called = new AbortController()
      queue.push(called)
      await clock.wait(waitMs, signal === undefined ? called.signal : AbortSignal.any([called.signal, signal]))
      if (called.signal.aborted) return true
      queue.splice(queue.indexOf(called), 1)
      return false
    },
    leave() {
      const next = queue.shift()
      if (next === undefined) free += 1
      else next.abort()
    },
  }
}
