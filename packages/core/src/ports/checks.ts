/** The hot path of the scheduler: leases on due monitors, and what their looks found. */
import type { MonitorId, NodeId, OrganizationId } from '../ids.ts'
import type { DnsEvent, StateChange } from '../monitor/event.ts'
import type { Look } from '../monitor/look.ts'
import type { CheckStatus, Monitor, Target, WatchedMonitor } from '../monitor/monitor.ts'

/** A lease that a process holds on a row; `token` fences off whoever held it before. */
export interface Lease {
  readonly node: NodeId
  readonly token: number
}

/**
 * A due monitor, as far as nearly every look needs it. A claim reads nothing else: the rest lies elsewhere, and reading
 * it for each look would be most of what the store does.
 */
export interface DueCheck {
  readonly monitor: Target
  readonly status: CheckStatus
  readonly lease: Lease
}

/** With the whole monitor. */
export interface ClaimedCheck extends WatchedMonitor {
  readonly lease: Lease
}

/** The result of one check. `status` is complete: the engine writes it as it is. */
export interface CheckResult {
  readonly check: DueCheck
  readonly status: CheckStatus
  readonly change: StateChange | null
  /** The expectation taken by a `baseline` monitor's first look, else null. */
  readonly baseline: readonly string[] | null
  /** Of `status` only `lastChecked` and `nextCheck` differ from what the check was claimed with: nothing else is written. */
  readonly unchanged: boolean
  /** Kept as the monitor's last evidence, cut when it is large; null leaves what is kept as it is. */
  readonly look: Look | null
}

/** `recorded: false`: the lease was lost, or the monitor was edited, disabled or deleted meanwhile; nothing was written. */
export interface RecordedCheck {
  readonly monitorId: MonitorId
  readonly recorded: boolean
  readonly event: DnsEvent | null
}

/** Of the monitors due before `before` (epoch milliseconds) a claim takes `limit` at most. */
export interface LateShare {
  readonly before: number
  readonly limit: number
}

export interface Checks {
  /**
   * Leases up to `limit` active monitors whose time has come, longest overdue first. A process that dies after
   * claiming costs one lease, never a monitor. With a `late` share it takes the longest overdue of the late ones, as far
   * as the share goes, and then of the others.
   */
  claimDue(claim: { node: NodeId; limit: number; leaseMs: number; late?: LateShare }): Promise<readonly DueCheck[]>
  /** The whole monitor of a check, for a look that found news; null when it was edited, disabled or deleted meanwhile. */
  monitorOf(check: DueCheck): Promise<Monitor | null>
  /** Leases one monitor, due or not. `busy` while another look at it is in flight; `inactive`, `missing` else. */
  claimOne(
    orgId: OrganizationId,
    id: MonitorId,
    claim: { node: NodeId; leaseMs: number },
  ): Promise<ClaimedCheck | 'busy' | 'inactive' | 'missing'>
  /**
   * Writes results, events, queue numbers and deliveries of a batch in one transaction, fenced by each lease, and
   * ends the leases. Deliveries go to the webhooks that `planDelivery` picks. A domain whose last broken monitor is
   * VALID now is told in the same transaction, exactly once however many nodes record at the same time.
   */
  record(results: readonly CheckResult[]): Promise<readonly RecordedCheck[]>
  /** Ends leases without a result: those monitors are due again at once. */
  release(checks: readonly DueCheck[]): Promise<void>
  /** When the next active monitor is due; null when there is none. */
  nextDue(): Promise<number | null>
  /**
   * Checks a second that fall to this process while nothing is late: each active monitor once an interval, shared with
   * the other processes that check. Counts all monitors.
   */
  steadyRate(): Promise<number>
}
