/** The hot path of the deliverer: leases on webhooks, and what came of each attempt. */
import type { Delivery, Webhook } from '../delivery/delivery.ts'
import type { Settlement } from '../delivery/settle.ts'
import type { NodeId, OrganizationId } from '../ids.ts'
import type { Lease } from './checks.ts'

/** A webhook whose turn it is, the head of its queue, and the lease under which it may be sent. */
export interface ClaimedDelivery {
  readonly webhook: Webhook
  readonly delivery: Delivery
  readonly lease: Lease
}

export type AfterSettle =
  /** The outcome is committed and the lease still held: send this next. */
  | { readonly kind: 'next'; readonly delivery: Delivery }
  /** The outcome is committed; nothing is due under this lease, which has ended. */
  | { readonly kind: 'idle' }
  /** The outcome is committed, and it was the last one: the webhook is disabled now. */
  | { readonly kind: 'disabled' }
  /** The lease was lost: the attempt is in the history as late, the queue was not touched. */
  | { readonly kind: 'late' }

/** `fresh`: nothing has failed since the last success. */
export type Lane = 'fresh' | 'retrying'

export interface QueueClaim {
  readonly node: NodeId
  readonly limit: number
  readonly leaseMs: number
  /** Both when left out. */
  readonly lane?: Lane
  /** Webhooks of these come after those of all other organizations. */
  readonly yielding?: readonly OrganizationId[]
}

export interface Queue {
  /** Leases up to `limit` webhooks whose head is due, longest waiting first. */
  claimDue(claim: QueueClaim): Promise<readonly ClaimedDelivery[]>
  /** Before each send: false means disabled, deleted or taken over, and nothing may be sent. */
  renew(webhook: Webhook, lease: Lease, leaseMs: number): Promise<boolean>
  /**
   * Writes an attempt and what follows from it in one transaction. `keepLease` asks for the next head under the same
   * lease after a success; the rules are in the settlement, the engine executes them.
   */
  settle(claimed: ClaimedDelivery, settlement: Settlement, keepLease: boolean): Promise<AfterSettle>
  /** Ends a lease early; the head stays due. */
  release(claimed: ClaimedDelivery): Promise<void>

  /** Deliveries outside the queue (tests, resends): each is handed out once, again only after `leaseMs` of silence. */
  claimLoose(claim: { node: NodeId; limit: number; leaseMs: number }): Promise<readonly ClaimedDelivery[]>
  settleLoose(claimed: ClaimedDelivery, settlement: Settlement): Promise<void>

  /** When the next webhook or loose delivery is due; null when nothing waits. */
  nextDue(): Promise<number | null>
}
