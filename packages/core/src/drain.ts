/**
 * How what is long overdue is made up for: oldest first, at one and a half times the steady rate, beside the work that
 * is on time.
 *
 * After an hour's stop every monitor is overdue at once. Looked at as fast as the process can, they would storm the
 * resolvers; looked at strictly in the order due, they would keep a new monitor waiting behind all of them. So what
 * came due in the last seconds is not bounded, and what is late gets what is left of the rate.
 */
import type { Clock, DueCheck, LateShare, Store } from './ports.ts'

/** Overdue by more than a busy moment. */
const LATE_MS = 5_000
/** Of the rate at which monitors come due when nothing is late. */
const STEADY_TIMES = 1.5
/** Checks per second which are nothing to any resolver: small installations catch up in seconds. */
const LEAST_PER_SECOND = 50
/** As many as one claim takes may come at once. */
const LEAST_BURST = 250
/** Of each claim, so that an overload does not end the looks at what is new. */
const LATE_PART = 0.75
/** Counting reads an index over all monitors, so it is done only while something is late. */
const COUNT_AGAIN_MS = 60_000

export interface Drain {
  /** How much of a claim of `limit` monitors may be late ones, now. */
  share(limit: number): Promise<LateShare>
  /** What was claimed under that share. True when more late ones may be claimed at once. */
  took(claimed: readonly DueCheck[], share: LateShare): boolean
}

export function createDrain({ store, clock }: { readonly store: Pick<Store, 'checks'>; readonly clock: Clock }): Drain {
  let perSecond = LEAST_PER_SECOND
  let allowed = LEAST_BURST
  let allowedAt = clock.now()
  let countedAt = Number.NEGATIVE_INFINITY
  let isHeldBack = false

  const burst = (): number => Math.max(perSecond, LEAST_BURST)

  function refill(now: number): void {
    allowed = Math.min(burst(), allowed + (Math.max(0, now - allowedAt) / 1000) * perSecond)
    allowedAt = now
  }

  return {
    async share(limit) {
      const now = clock.now()
      refill(now)
      if (isHeldBack && now - countedAt >= COUNT_AGAIN_MS) {
        countedAt = now
        perSecond = Math.max(LEAST_PER_SECOND, STEADY_TIMES * (await store.checks.steadyRate()))
      }
      return {
        before: Math.trunc(now) - LATE_MS,
        limit: Math.max(0, Math.min(Math.floor(allowed), Math.ceil(limit * LATE_PART))),
      }
    },
    took(claimed, share) {
      const late = claimed.filter(({ status }) => status.nextCheck < share.before).length
      isHeldBack = late >= share.limit
      // What was on time counts, too, and may take more than there was: then the late ones wait, a second at most.
      allowed = Math.max(-burst(), allowed - claimed.length)
      return late > 0 && late === share.limit && allowed >= 1
    },
  }
}
