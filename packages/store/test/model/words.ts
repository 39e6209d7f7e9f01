/**
 * What the model of a delivery queue, the product's rules and the real stores are all told and asked, in words that none
 * of them keeps for itself: webhooks, letters (deliveries) and hands (claims) have numbers, times are epoch milliseconds.
 */

/** What a receiver says. `null` is no answer at all. */
export interface Reply {
  readonly status: number | null
  readonly retryAfterMs: number | null
}

/** Who hears of an event: both webhooks, or only the subscription. */
export type Topic = 'both' | 'subscription'
export type Lane = 'fresh' | 'retrying'

/** One indivisible step. `hand` names a claim by the number it was given out with. */
export type Step =
  | { readonly do: 'event'; readonly topic: Topic }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'claim'; readonly worker: number; readonly lane: Lane | null }
  | { readonly do: 'claimLoose'; readonly worker: number }
  | { readonly do: 'renew' | 'release' | 'crash'; readonly hand: number }
  | { readonly do: 'send'; readonly hand: number; readonly reply: Reply; readonly tookMs: number }
  | { readonly do: 'settle'; readonly hand: number; readonly keepLease: boolean }
  | { readonly do: 'disable' | 'enable' | 'retry' | 'test' | 'delete'; readonly webhook: number }
  | { readonly do: 'retryRequest'; readonly webhook: number; readonly letter: number }
  | { readonly do: 'recover'; readonly webhook: number; readonly since: number; readonly slice: number }
  | { readonly do: 'rotate'; readonly webhook: number; readonly overlapMs: number }

/** A claim as it was handed out. `letter` counts the webhook's letters in the order they were made, from 0. */
export interface HandOut {
  readonly hand: number
  readonly webhook: number
  readonly letter: number
}

export type Answer =
  | 'done'
  | 'nothing'
  | 'refused: webhook_disabled'
  | 'refused: not_head'
  | { readonly handed: readonly HandOut[] }
  | { readonly renewed: boolean }
  /** Numbers of the secrets that sign: those of the standard header, then the one of the legacy header. */
  | { readonly signedBy: readonly number[]; readonly legacyBy: number | null }
  | { readonly settled: 'idle' | 'disabled' | 'late' | 'loose' }
  | { readonly settled: 'next'; readonly letter: number }
  | { readonly queued: number }

export type LetterKind = 'event' | 'test' | 'resend'
export type LetterStatus = 'PENDING' | 'RETRYING' | 'DELIVERED' | 'FAILED'

export interface SeenLetter {
  readonly number: number | null
  readonly kind: LetterKind
  readonly status: LetterStatus
  readonly tries: number
  /** Number of the event that it tells of. */
  readonly event: number | null
}

export interface SeenWebhook {
  readonly isActive: boolean
  readonly reason: 'manual' | 'gave_up' | 'gone' | null
  readonly retries: number
  readonly due: number | null
  readonly turn: number | null
  readonly hasError: boolean
  readonly lastSent: number | null
  readonly pending: number
  readonly secret: number
  readonly formerSecret: number | null
  readonly formerUntil: number | null
  readonly letters: readonly SeenLetter[]
}

/** Everything that can be seen from outside; a deleted webhook is null. */
export interface Seen {
  readonly webhooks: readonly (SeenWebhook | null)[]
  readonly nextDue: number | null
}

/** Something that takes steps and can be looked at: rules on paper, or a store. */
export interface Subject {
  take(step: Step): Promise<Answer>
  see(): Promise<Seen>
  /** Of each letter of a webhook, which of its attempts came late; null when the webhook is gone. */
  history(webhook: number): Promise<readonly (readonly boolean[])[] | null>
}

export const PLAIN = 0
export const SUBSCRIPTION = 1
export const WEBHOOKS: readonly number[] = [PLAIN, SUBSCRIPTION]

export const LEASE_MS = 15_000
export const LOOSE_LEASE_MS = 90_000
/** Half of the greatest jitter, so that it shows when it is left out or added twice. */
export const CHANCE = 0.5

export function isAccepted({ status }: Reply): boolean {
  return status !== null && status >= 200 && status <= 299
}

export function secretText(number: number): string {
  return `secret number ${number}`
}
