/** How many queries a second an upstream is asked: a shared resolver that is asked too much stops answering. */
import { type Reach, reachOf, type Upstream } from './upstream.ts'

/** Queries per second. Public resolvers publish or imply quotas of about 100 per client address. */
const DEFAULT_RATES: Readonly<Record<Reach, number>> = {
  loopback: Number.POSITIVE_INFINITY,
  private: 2000,
  public: 50,
}

/** `configured` replaces the defaults, but never caps a resolver on this machine. */
export function rateOf(upstream: Upstream, configured: number | null): number {
  const reach = reachOf(upstream)
  return reach === 'loopback' || configured === null ? DEFAULT_RATES[reach] : configured
}

export interface RateLimit {
  /** Milliseconds until the caller's turn, which is taken; null when that is more than `atMostMs`: nothing is taken. */
  reserve(now: number, atMostMs: number): number | null
}

/**
 * A token bucket that holds one second's worth, kept as the time at which the next token is free: callers wait in the
 * order they came, without a queue.
 */
export function createRateLimit(perSecond: number): RateLimit {
  if (perSecond === Number.POSITIVE_INFINITY) return { reserve: () => 0 }
  const interval = 1000 / perSecond
  const burst = Math.max(1, Math.floor(perSecond)) * interval
  let next = Number.NEGATIVE_INFINITY
  return {
    reserve(now, atMostMs) {
      const after = Math.max(next, now) + interval
      const wait = Math.max(0, after - burst - now)
      if (wait > atMostMs) return null
      next = after
      return wait
    },
  }
}
