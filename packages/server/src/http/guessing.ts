/**
 * Guessing at secrets: refused once it has failed too often within a minute, so that it costs no look-ups.
 *
 * Failures are counted by what guesses have in common, such as their address. Whoever shares that with a guesser, behind
 * one proxy say, must not be locked out: who was right a moment ago is let through. Counted in this process.
 */
import type { Clock } from '@dnsradar/core'
import { createWindows } from '@dnsradar/store'
import { MINUTE_MS, RateLimited, secondsUntil } from './limits.ts'

export interface Guessing {
  /** Throws `rate_limited` when one of `sources` has failed too often, unless `who` was right a moment ago. */
  refuse(sources: readonly string[], who: string): void
  failed(sources: readonly string[]): void
  succeeded(who: string): void
}

const TRUSTED_MS = 10 * MINUTE_MS
/** To forget them costs nothing but the privilege. */
const MAX_TRUSTED = 10_000

/** `perMinute` failures of one source; 0 is any number. `what` is the middle of the sentence "Too many … ; try again". */
export function createGuessing(clock: Clock, perMinute: number, what: string): Guessing {
  const failures = createWindows(clock.now)
  const rightAt = new Map<string, number>()

  function refuseSource(source: string): void {
    const window = failures.peek(source)
    if (perMinute === 0 || window === null || window.count < perMinute) return
    const seconds = secondsUntil(window.ends, clock.now())
    throw new RateLimited(`Too many ${what}; try again in ${seconds} s.`, seconds)
  }

  return {
    refuse(sources, who) {
      const isTrusted = clock.now() - (rightAt.get(who) ?? Number.NEGATIVE_INFINITY) < TRUSTED_MS
      if (!isTrusted) sources.forEach(refuseSource)
    },
    failed(sources) {
      for (const source of sources) failures.count(source, MINUTE_MS)
    },
    succeeded(who) {
      if (rightAt.size >= MAX_TRUSTED && !rightAt.has(who)) rightAt.clear()
      rightAt.set(who, clock.now())
    },
  }
}
