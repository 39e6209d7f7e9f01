/**
 * One query for equal questions: those in flight at the same time, and those just after.
 *
 * SPF, DMARC and verification records of one name are several monitors and one TXT RRset. Nothing is kept longer than
 * the zone allows, nor long enough to hide a change from a monitor's next check.
 */
import type { Answer } from '../dns/answer.ts'

const KEPT_MS = 5000

export interface Shared {
  /** The answer that is on its way or just came for `key`, else that of `ask`. */
  get(key: string, ask: () => Promise<Answer>): Promise<Answer>
  /** Somebody asks anew: what is kept for `key`, or on its way, is not given out any more. */
  forget(key: string): void
}

export function createShared(monotonic: () => number): Shared {
  const inFlight = new Map<string, Promise<Answer>>()
  const kept = new Map<string, { readonly answer: Answer; readonly until: number }>()

  function keep(key: string, answer: Answer): void {
    const lifetime = Math.min(lifetimeOf(answer), KEPT_MS)
    if (lifetime <= 0) return
    const now = monotonic()
    kept.delete(key)
    kept.set(key, { answer, until: now + lifetime })
    // Entries stand in the order they came in and none lives longer than KEPT_MS, so the old ones are in front.
    for (const [oldKey, { until }] of kept) {
      if (until > now) break
      kept.delete(oldKey)
    }
  }

  function fly(key: string, asking: Promise<Answer>): Promise<Answer> {
    const flight: Promise<Answer> = asking.then(
      (answer) => {
        if (land(key, flight)) keep(key, answer)
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
    get(key, ask) {
      const known = kept.get(key)
      if (known !== undefined && known.until > monotonic()) return Promise.resolve(known.answer)
      return inFlight.get(key) ?? fly(key, ask())
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
