/**
 * How fast looks begin when thousands are asked for at once.
 *
 * Starting them all in one go would hold up everything else that the process does, and what cannot be sent yet would
 * be kept ready in memory, where every collection has to carry it along. So a few begin in each turn of the event
 * loop while few enough are under way; the rest wait, in order, as a callback each.
 */
import { createFifo } from './fifo.ts'

export interface PaceOptions {
  readonly perTurn: number
  readonly atOnce: number
  /** After this long a waiting look begins even if too many are under way: those may be waiting for silence. */
  readonly patienceMs: number
  readonly monotonic: () => number
}

export interface Pace {
  /** True: begin now. False: `begin` is called later. Every look that began has to `leave`. */
  enter(begin: () => void): boolean
  leave(): void
}

interface Waiting {
  readonly begin: () => void
  readonly due: number
}

export function createPace({ perTurn, atOnce, patienceMs, monotonic }: PaceOptions): Pace {
  const queue = createFifo<Waiting>()
  let left = perTurn
  let underWay = 0
  let scheduled = false
  let timer: NodeJS.Timeout | null = null

  function nextTurn(): void {
    scheduled = false
    left = perTurn
    const now = monotonic()
    for (let next = queue.first(); next !== undefined; next = queue.first()) {
      if (left === 0) break
      if (underWay >= atOnce && now < next.due) return wakeAt(next.due - now)
      take()
      queue.dropFirst()
      next.begin()
    }
  }

  function take(): void {
    left -= 1
    underWay += 1
    schedule()
  }

  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(nextTurn)
  }

  function wakeAt(ms: number): void {
    if (timer !== null) return
    timer = setTimeout(() => {
      timer = null
      nextTurn()
    }, ms)
    // The looks under way keep the process alive.
    timer.unref()
  }

  return {
    enter(begin) {
      if (left > 0 && underWay < atOnce && queue.first() === undefined) {
        take()
        return true
      }
      queue.push({ begin, due: monotonic() + patienceMs })
      schedule()
      return false
    },
    leave() {
      underWay -= 1
      if (queue.first() !== undefined) schedule()
    },
  }
}
