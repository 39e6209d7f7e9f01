/** Notices for the operator: marks on system events, set by the transaction that records the event. */
import type { Notice, NoticeChannel } from '../delivery/notice.ts'

export interface ClaimedNotice extends Notice {
  /** Until when nobody else is given it, in epoch milliseconds. */
  readonly leasedUntil: number
}

export interface OperatorNotices {
  /** Leases up to `limit` notices that are due, of all organizations, oldest first. One whose lease lapsed is due again. */
  claimDue(claim: { readonly limit: number; readonly leaseMs: number }): Promise<readonly ClaimedNotice[]>
  /** What is left to do about it: nothing, or these channels at that time. Writes nothing once the lease was lost. */
  settle(
    notice: ClaimedNotice,
    rest: { readonly owed: readonly NoticeChannel[]; readonly at: number } | null,
  ): Promise<void>
  /** When the next notice is due; null when none waits. */
  nextDue(): Promise<number | null>
}
