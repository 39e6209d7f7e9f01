/**
 * One query for equal questions: those in flight at the same time, and for some types those just after.
 *
 * SPF, DMARC and verification records of one name are several monitors and one TXT RRset. Nothing is kept longer than
 * the zone allows, nor long enough to hide a change from a monitor's next check. Of other types one name seldom has
 * several monitors, so their answers are not kept: a million monitors would hold seventeen thousand at any time, each of
 * them carried through every collection.
 */
import type { Answer } from '../dns/answer.ts'
import { createFifo } from './fifo.ts'

export interface Shared {
  /** The answer that is on its way or just came for `key`, else that of `ask`, which is kept for `keptMs` at most. */
  get(key: string, keptMs: number, ask: () => Promise<Answer>): Promise<Answer>
  /** Somebody asks anew: what is kept for `key`, or on its way, is not given out any more. */
  forget(key: string): void
}

interface Kept {
  readonly key: string
  readonly answer: Answer
  /** On the monotonic clock. */
  readonly until: number
}

export function createShared(monotonic: () => number): Shared {
  const inFlight = new Map<string, Promise<Answer>>()
  const kept = new Map<string, Kept>()
  // Beside the Map, whose own order would do: to find its first entry it steps over thousands that were deleted.
  const order = createFifo<Kept>()

  function keep(key: string, keptMs: number, answer: Answer): void {
    const lifetime = Math.min(lifetimeOf(answer), keptMs)
    if (lifetime <= 0) return
    const now = monotonic()
    const entry = { key, answer, until: now + lifetime }
    kept.set(key, entry)
    order.push(entry)
    // One with a short life may stay behind one with a long one, and is out of date there.
    for (let first = order.first(); first !== undefined && first.until <= now; first = order.first()) {
      order.dropFirst()
      if (kept.get(first.key) === first) kept.delete(first.key)
    }
  }

  function fly(key: string, keptMs: number, asking: Promise<Answer>): Promise<Answer> {
    const flight: Promise<Answer> = asking.then(
      (answer) => {
        if (land(key, flight)) keep(key, keptMs, answer)
        return answer
      },
      (error: unknown) => {
        land(key, flight)
        throw error
      },
    )
    inFlight.set(key, flight)
    return flight
  }

  /** False when it was forgotten on its way: then its answer is older than what somebody else has by now. */
  function land(key: string, flight: Promise<Answer>): boolean {
    return inFlight.get(key) === flight && inFlight.delete(key)
  }

  return {
    get(key, keptMs, ask) {
      const known = kept.get(key)
      if (known !== undefined && known.until > monotonic()) return Promise.resolve(known.answer)
      return inFlight.get(key) ?? fly(key, keptMs, ask())
    },
    forget(key) {
      kept.delete(key)
      inFlight.delete(key)
    },
  }
}

/** Milliseconds for which the zone itself vouches; 0 for everything that is no data. */
function lifetimeOf(answer: Answer): number {
  switch (answer.kind) {
    case 'rrset':
    case 'nodata':
    case 'nxdomain':
    case 'dangling_alias':
      return (answer.evidence.ttl ?? 0) * 1000
    case 'failure':
    case 'timeout':
    case 'unreachable':
      return 0
  }
}
