/** When a failed attempt is repeated. The delays are a setting; each counts from the failure before it. */
import { RadarError } from '../errors.ts'
import type { Webhook } from './delivery.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How long to wait before retries 1 to 9; after the ninth the webhook is disabled. 46 hours in all. */
export const RETRY_DELAYS: readonly number[] = [
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  1 * HOUR,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
]

export interface RetryPolicy {
  readonly delays: readonly number[]
  /** A number in [0, 1) for the jitter; a constant 0 switches it off. */
  readonly random: () => number
}

export type NextTry = { readonly do: 'retry'; readonly at: number } | { readonly do: 'give_up' }

/** Jitter spreads receivers that failed together: up to a tenth of the delay, at most this much, never early. */
const MAX_JITTER = 30_000
/** Below this a delay is exact: a short schedule is there to be watched. */
const JITTER_FROM = 1 * MINUTE

/**
 * What follows failed attempt number `attempt` (1 is the first try, 2 the first retry).
 * `retryAfterMs` may lengthen the wait up to the step after this one, never shorten it.
 */
export function afterFailure(
  policy: RetryPolicy,
  attempt: number,
  failedAt: number,
  retryAfterMs: number | null,
): NextTry {
  const delay = policy.delays[attempt - 1]
  if (delay === undefined) return { do: 'give_up' }
  const longest = Math.max(delay, policy.delays[attempt] ?? delay)
  const asked = Math.min(Math.max(delay, retryAfterMs ?? 0), longest)
  return { do: 'retry', at: Math.round(failedAt + asked + jitter(policy, delay)) }
}

/**
 * When a head is tried again that failed out of turn, after `retries` failures that count. It keeps its turn when that
 * is still ahead (`resumeAt`); otherwise the present step's delay begins anew.
 */
export function afterManualFailure(policy: RetryPolicy, retries: number, failedAt: number, resumeAt: number): number {
  if (resumeAt > failedAt) return resumeAt
  // The last delay stands in when the operator has shortened the schedule since.
  const delay = policy.delays[Math.max(retries, 1) - 1] ?? policy.delays.at(-1) ?? MINUTE
  return Math.round(failedAt + delay + jitter(policy, delay))
}

function jitter(policy: RetryPolicy, delay: number): number {
  return delay < JITTER_FROM ? 0 : Math.min(delay / 10, MAX_JITTER) * policy.random()
}

/** When a queue's head is due, and what its turn was when somebody asked for it out of turn. */
export type Turn = Pick<Webhook, 'nextAttempt' | 'resumeAt'>

/** Makes a waiting head due now. It remembers its turn, so that this attempt, when it fails, counts for nothing. */
export function hurried({ nextAttempt, resumeAt }: Turn, now: number): Turn {
  return nextAttempt === null || nextAttempt <= now
    ? { nextAttempt, resumeAt }
    : { nextAttempt: now, resumeAt: resumeAt ?? nextAttempt }
}

/** A queue starts empty when its webhook is enabled, so there is nothing to hurry before. */
export function refuseDisabled({ id, isActive }: Pick<Webhook, 'id' | 'isActive'>): void {
  if (isActive) return
  throw new RadarError('webhook_disabled', `The webhook ${id} is disabled; enable it first.`)
}
