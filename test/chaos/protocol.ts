/** What a worker process is told, and what it tells: one vocabulary for both sides of the process boundary. */
import type { AfterSettle, DeliveryId, EventId, MonitorId, OrganizationId, WebhookId } from '@dnsradar/core'

/** The moments around each effect of a delivery and of a recording. A crash at any of them must cost nothing. */
export const POINTS = [
  'claim:before',
  'claim:after',
  'renew:before',
  'renew:after',
  'send:before',
  'send:after',
  'settle:after',
  'loose:claimed',
  'loose:settled',
  'record:before',
  'record:during',
  'record:after',
] as const
export type Point = (typeof POINTS)[number]

/** `kill` is SIGKILL, `pause` is SIGSTOP until somebody continues the process; `hold` stops the one flow that came by. */
export type Fault = 'kill' | 'pause' | 'hold'

/** Ways to be wrong that the checks must find. */
export const MUTANTS = ['settles-before-sending', 'sends-any-pending', 'leases-for-ever', 'takes-any-lease'] as const
export type Mutant = (typeof MUTANTS)[number]

export interface WorkerSettings {
  readonly name: string
  readonly url: string
  readonly keyRing: string
  readonly orgId: OrganizationId
  readonly retryDelays: readonly number[]
  /** No claim lasts longer; before a send it is renewed to three of the webhook's timeouts. */
  readonly leaseMs: number
  readonly mutant: Mutant | null
}

export type Order =
  | { readonly do: 'arm'; readonly point: Point; readonly fault: Fault }
  | { readonly do: 'let-go'; readonly point: Point }
  | { readonly do: 'record'; readonly monitors: readonly MonitorId[] }
  | { readonly do: 'disable' | 'enable' | 'delete' | 'retry' | 'test'; readonly webhook: WebhookId }
  | { readonly do: 'recover'; readonly webhook: WebhookId; readonly since: number }
  /** The head, or else the delivery that was made first. */
  | { readonly do: 'retry-request'; readonly webhook: WebhookId }
  | { readonly do: 'stop' }

/** `events`: those that were committed. */
export interface Done {
  readonly events: readonly EventId[]
}

/** A line that a worker wrote before it went on. Times are epoch milliseconds of the machine both run on. */
export type Line =
  | { readonly is: 'ready' }
  | {
      readonly is: 'chosen'
      readonly delivery: DeliveryId
      readonly webhook: WebhookId
      readonly from: number
      /** It goes beside the queue. */
      readonly isLoose: boolean
    }
  | {
      readonly is: 'renewed'
      readonly webhook: WebhookId
      readonly from: number
      readonly leaseMs: number
      readonly ok: boolean
    }
  | { readonly is: 'sending'; readonly key: string; readonly delivery: DeliveryId; readonly at: number }
  | { readonly is: 'sent'; readonly key: string; readonly at: number }
  | { readonly is: 'settled'; readonly delivery: DeliveryId; readonly after: AfterSettle['kind']; readonly at: number }
  | { readonly is: 'at'; readonly point: Point; readonly fault: Fault; readonly at: number }
  | { readonly is: 'done'; readonly order: number; readonly done: Done }
  | { readonly is: 'refused'; readonly order: number; readonly why: string }
  | { readonly is: 'logged'; readonly level: string; readonly message: string; readonly error: string | null }

/** Names a send on the wire, so that a request can be traced to the lease it was sent under. */
export const SEND_HEADER = 'x-chaos-send'

/** The file descriptor of a worker's lines. What is written there is read even when the writer is killed next. */
export const LINES_FD = 4
