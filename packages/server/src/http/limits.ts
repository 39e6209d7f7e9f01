/**
 * How often something may happen: counted by the store, refused and told here.
 *
 * Windows are fixed and begin with their first request. What is told follows draft-ietf-httpapi-ratelimit-headers, and
 * beside it the `X-RateLimit-*` names that clients of the documented service read.
 */
import { type Clock, RadarError, type RateLimits, type RateWindow } from '@dnsradar/core'
import type { Response } from 'express'

export interface Allowance {
  readonly limit: number
  readonly windowMs: number
}

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000

/** More than is allowed; `retryAfterS` is when it is allowed again. */
export class RateLimited extends RadarError {
  readonly retryAfterS: number

  constructor(message: string, retryAfterS: number) {
    super('rate_limited', message)
    this.retryAfterS = retryAfterS
  }
}

export interface Spent extends Allowance {
  readonly window: RateWindow
  /** Until the window ends, at least 1. */
  readonly seconds: number
}

/** Counts one more of `key`, whether it is allowed or not. */
export async function spend(
  limits: RateLimits,
  clock: Clock,
  key: string,
  { limit, windowMs }: Allowance,
): Promise<Spent> {
  const window = await limits.count(key, windowMs)
  return { limit, windowMs, window, seconds: secondsUntil(window.ends, clock.now()) }
}

export function secondsUntil(ends: number, now: number): number {
  return Math.max(1, Math.ceil((ends - now) / 1000))
}

/** Throws when there was more than is allowed. `what` is the end of the sentence "… allows 5 …". */
export function refuseExcess({ limit, window, windowMs, seconds }: Spent, what: string): void {
  if (window.count <= limit) return
  const per = windowMs === MINUTE_MS ? 'minute' : windowMs === HOUR_MS ? 'hour' : `${windowMs / 1000} seconds`
  throw new RateLimited(`This is more than ${limit} ${what} per ${per}; try again in ${seconds} s.`, seconds)
}

interface Counting {
  readonly rateLimits: RateLimits
  readonly clock: Clock
  readonly rules: { readonly ratePerMinute: number }
}

/** Counts a request of whom it is told by, tells how many are left, and throws when there were too many. */
export async function limitRequests(
  { rateLimits, clock, rules: { ratePerMinute: limit } }: Counting,
  res: Response,
  by: { readonly id: string; readonly rateClass: string; readonly kind: 'API key' | 'application' },
): Promise<void> {
  if (limit === 0) return
  const spent = await spend(rateLimits, clock, `${by.id} ${by.rateClass}`, { limit, windowMs: MINUTE_MS })
  for (const [name, value] of Object.entries(limitHeaders(by.rateClass, spent))) res.setHeader(name, value)
  refuseExcess(spent, `${by.rateClass} requests of one ${by.kind}`)
}

/** Headers of an answer that was counted under `name`. */
function limitHeaders(name: string, { limit, windowMs, window, seconds }: Spent): Readonly<Record<string, string>> {
  const remaining = Math.max(0, limit - window.count)
  return {
    'RateLimit-Policy': `"${name}";q=${limit};w=${windowMs / 1000}`,
    RateLimit: `"${name}";r=${remaining};t=${seconds}`,
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    // Unix seconds, rounded up: at that time the window is certainly over.
    'X-RateLimit-Reset': String(Math.ceil(window.ends / 1000)),
  }
}
