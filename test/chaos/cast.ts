/** Who takes part in a run: the webhooks, and how the receiver of each behaves until it is healed. */
import type { NewWebhook, WebhookSource } from '@dnsradar/core'

/** Of every webhook; the lease is three times that. */
export const TIMEOUT_MS = 250
export const LEASE_MS = 3 * TIMEOUT_MS
/** Nine, as many as in production; equal, so that the gap between two attempts says whether the schedule was kept. */
export const RETRY_DELAYS: readonly number[] = Array.from({ length: 9 }, () => 100)
export const SECRET = 'your-webhook-secret-key'

export type Reply =
  | { readonly status: number; readonly afterMs?: number; readonly headers?: Readonly<Record<string, string>> }
  | 'never'

export interface Occasion {
  /** Requests before this one. */
  readonly count: number
  /** Requests of the same delivery before this one. */
  readonly tries: number
  /** Beside the queue. */
  readonly isTest: boolean
  readonly random: () => number
}

export type Behaviour = (occasion: Occasion) => Reply

export const HEALTHY: Behaviour = () => ({ status: 200 })

export interface Role {
  readonly behaviour: Behaviour
  readonly source?: WebhookSource
  readonly events?: NewWebhook['filters']['events']
  /** Nobody heals it while there is a queue left to give up. */
  readonly isHopeless?: boolean
}

const briskly: Behaviour = () => ({ status: 200, afterMs: 20 })

export const CAST = {
  prompt: { behaviour: HEALTHY },
  slow: { behaviour: () => ({ status: 200, afterMs: 60 }) },
  redirecting: {
    behaviour: ({ tries }) => (tries === 0 ? { status: 302, headers: { Location: '/elsewhere' } } : { status: 200 }),
  },
  gone: { behaviour: ({ count }) => ({ status: count % 3 === 0 ? 410 : 200 }) },
  unsubscribed: { behaviour: ({ count }) => ({ status: count < 12 ? 200 : 410 }), source: 'n8n', isHopeless: true },
  throttled: {
    behaviour: ({ count }) =>
      count % 4 === 1 ? { status: 429, headers: { 'Retry-After': '1' } } : { status: 200, afterMs: 5 },
  },
  broken: { behaviour: () => ({ status: 500 }), isHopeless: true },
  flapping: { behaviour: ({ random }) => ({ status: random() < 0.4 ? 503 : 200, afterMs: 10 }) },
  late: {
    behaviour: ({ count }) => (count % 3 === 0 ? { status: 200, afterMs: TIMEOUT_MS + 60 } : { status: 200 }),
  },
  silent: { behaviour: ({ count }) => (count % 3 === 0 ? 'never' : { status: 200 }) },
  switched: { behaviour: briskly },
  deleted: { behaviour: briskly },
  hurried: { behaviour: ({ random, isTest }) => ({ status: isTest || random() < 0.5 ? 200 : 500 }) },
  everything: { behaviour: briskly, events: ['*'] },
} as const satisfies Readonly<Record<string, Role>>

export type RoleName = keyof typeof CAST
export const ROLES: readonly (readonly [RoleName, Role])[] = Object.entries(CAST) as [RoleName, Role][]
