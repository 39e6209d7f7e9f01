/**
 * What an attempt's outcome means for its delivery and its webhook: one record that a store executes in one transaction.
 *
 * Pure on purpose: the same function is run against a model in tests, and by both engines. The queue's invariants
 * (order, at most 1 + 9 attempts of a head, a reset only by success) are decided here and nowhere else.
 */
import type { Attempt, Delivery, DeliveryStatus, DisabledReason, Outcome, Webhook } from './delivery.ts'
import { afterFailure, type RetryPolicy } from './retry.ts'

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

/** What happens to the webhook's queue. `lastExecuted` is written in every case. */
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
  /** Outside the queue (test, resend): counters stay; `wake` makes a waiting head due now. */
  | { readonly do: 'none'; readonly wake: boolean; readonly lastExecuted: number }

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

  const retries = webhook.retries + 1
  const lastError = outcome.errorMessage
  const gone = webhook.source !== null && outcome.statusCode === 410
  const next = gone ? null : afterFailure(policy, retries, times.finished, outcome.retryAfterMs)
  if (next === null || next.do === 'give_up') {
    return {
      attempt,
      delivery: { ...failed, status: 'FAILED', nextAttempt: null },
      webhook: { do: 'disable', reason: gone ? 'gone' : 'gave_up', retries, lastError, lastExecuted },
    }
  }
  return {
    attempt,
    delivery: { ...failed, status: 'RETRYING', nextAttempt: next.at },
    webhook: { do: 'wait', at: next.at, retries, lastError, lastExecuted },
  }
}
