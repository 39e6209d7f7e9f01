/**
 * What an attempt's outcome means for its delivery and its webhook: one record that a store executes in one transaction.
 *
 * Pure on purpose: the same function is run against a model in tests, and by both engines. The queue's invariants
 * (order, at most 1 + 9 attempts of a head, a reset only by success) are decided here and nowhere else.
 */
import type { Attempt, Delivery, DeliveryStatus, DisabledReason, Outcome, Webhook } from './delivery.ts'
import { afterFailure, afterManualFailure, type RetryPolicy } from './retry.ts'

export interface Settlement {
  readonly attempt: Attempt
  readonly delivery: {
    readonly status: DeliveryStatus
    readonly delivered: number | null
    readonly lastAttempt: number
    readonly nextAttempt: number | null
    readonly attempts: number
    readonly statusCode: number | null
    readonly responseBody: string | null
    readonly errorMessage: string | null
  }
  readonly webhook: QueueChange
}

/** What happens to the webhook's queue. `lastExecuted` is written in every case, and only `none` keeps `resumeAt`. */
export type QueueChange =
  /** Count and error cleared; the next head, when there is one, is due at once. */
  | { readonly do: 'advance'; readonly lastExecuted: number }
  /** The head stays and is due at `at`. */
  | {
      readonly do: 'wait'
      readonly at: number
      readonly retries: number
      readonly lastError: string
      readonly lastExecuted: number
    }
  /** No more tries: the webhook is disabled and its whole queue FAILED. */
  | {
      readonly do: 'disable'
      readonly reason: DisabledReason
      readonly retries: number
      readonly lastError: string
      readonly lastExecuted: number
    }
  /** Outside the queue (test, resend): counters stay; `wake` hurries a waiting head. */
  | { readonly do: 'none'; readonly wake: boolean; readonly lastExecuted: number }

/** What a webhook starts afresh with: after a success, and when it is enabled. */
export const CLEARED = { retries: 0, resumeAt: null, lastError: null } as const satisfies Partial<Webhook>

/** `started` and `finished` are epoch milliseconds of this attempt. */
export function settle(
  webhook: Webhook,
  delivery: Delivery,
  outcome: Outcome,
  times: { readonly started: number; readonly finished: number },
  policy: RetryPolicy,
): Settlement {
  const number = delivery.attempts + 1
  const attempt: Attempt = { number, started: times.started, outcome, late: false }
  const seen = {
    lastAttempt: times.started,
    attempts: number,
    statusCode: outcome.statusCode,
    responseBody: outcome.responseBody,
  }
  const lastExecuted = times.started

  if (outcome.kind === 'accepted') {
    return {
      attempt,
      delivery: { ...seen, status: 'DELIVERED', delivered: times.finished, nextAttempt: null, errorMessage: null },
      webhook:
        delivery.sequence === null
          ? { do: 'none', wake: delivery.kind === 'test', lastExecuted }
          : { do: 'advance', lastExecuted },
    }
  }

  const failed = { ...seen, delivered: null, errorMessage: outcome.errorMessage }
  if (delivery.sequence === null) {
    return {
      attempt,
      delivery: { ...failed, status: 'FAILED', nextAttempt: null },
      webhook: { do: 'none', wake: false, lastExecuted },
    }
  }

  const lastError = outcome.errorMessage
  const next = afterHeadFailure(webhook, outcome, times.finished, policy)
  if (next.do === 'disable') {
    return {
      attempt,
      delivery: { ...failed, status: 'FAILED', nextAttempt: null },
      webhook: { ...next, lastError, lastExecuted },
    }
  }
  return {
    attempt,
    delivery: { ...failed, status: 'RETRYING', nextAttempt: next.at },
    webhook: { ...next, lastError, lastExecuted },
  }
}

type Failed = Extract<Outcome, { kind: 'failed' }>
type AfterHeadFailure =
  | { readonly do: 'wait'; readonly at: number; readonly retries: number }
  | { readonly do: 'disable'; readonly reason: DisabledReason; readonly retries: number }

function afterHeadFailure(
  { source, retries, resumeAt }: Webhook,
  outcome: Failed,
  failedAt: number,
  policy: RetryPolicy,
): AfterHeadFailure {
  if (source !== null && outcome.statusCode === 410) return { do: 'disable', reason: 'gone', retries: retries + 1 }
  if (resumeAt !== null) {
    return { do: 'wait', at: afterManualFailure(policy, retries, failedAt, resumeAt), retries }
  }
  const next = afterFailure(policy, retries + 1, failedAt, outcome.retryAfterMs)
  return next.do === 'give_up'
    ? { do: 'disable', reason: 'gave_up', retries: retries + 1 }
    : { do: 'wait', at: next.at, retries: retries + 1 }
}
