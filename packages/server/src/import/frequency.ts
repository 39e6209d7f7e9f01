/** Frequencies of other programs, which look every few seconds, as one of ours. */
import { FREQUENCIES, type Frequency } from '@dnsradar/client'

/**
 * The slowest of ours that is at least as fast, from five minutes on: those programs look often because each look
 * stands for itself, and resolvers answer from a cache for as long as most records say.
 */
export function frequencyFor(seconds: number): Frequency {
  const offered = FREQUENCIES.filter((minutes) => minutes >= 5)
  return offered.findLast((minutes) => minutes * 60 <= seconds) ?? 5
}
