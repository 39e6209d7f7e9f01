/** Monitors, as users write and read them. */
import type { GroupId, MonitorId, OrganizationId } from '../ids.ts'
import type { MonitorEdit } from '../monitor/edit.ts'
import type { Look } from '../monitor/look.ts'
import type { MatchMode, Monitor, NewMonitor, WatchedMonitor } from '../monitor/monitor.ts'
import type { MonitorState } from '../monitor/state.ts'
import type { MonitorType } from '../record-types.ts'
import type { Page, PageRequest } from './lists.ts'

export interface MonitorFilter {
  readonly group?: string
  readonly state?: MonitorState
  readonly type?: MonitorType
  readonly isActive?: boolean
  readonly domain?: string
  readonly subdomain?: string | null
  readonly ownerName?: string
  readonly registrable?: string
  readonly match?: MatchMode
  readonly externalId?: string
  /** All of these, each with exactly this value. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Stands somewhere in the name or the external id; upper and lower case are one. */
  readonly text?: string
}

/**
 * How many monitors there are, how many of them are inactive, and how many are in each state: the inactive ones among
 * them, in the state they were left in.
 */
export interface MonitorCounts {
  readonly total: number
  readonly inactive: number
  readonly states: Readonly<Record<MonitorState, number>>
}

/** The evidence that a look left. `at` was then the monitor's `lastChecked`. */
export interface KeptLook {
  readonly at: number
  readonly look: Look
}

/** What may be changed of all monitors of a group at once. */
export type GroupMonitorsEdit = Partial<Pick<Monitor, 'intervalMinutes' | 'isActive'>>

export interface Monitors {
  /**
   * All or none, in the order given; each is due at once when active. `admit` is told how many monitors there are
   * already and may refuse by throwing; where it is given, no other process adds any between its word and the commit.
   */
  create(
    orgId: OrganizationId,
    monitors: readonly NewMonitor[],
    admit?: (existing: number) => void,
  ): Promise<readonly WatchedMonitor[]>
  /**
   * Creates a monitor, or edits the one that has its external id as `update` does: whoever comes at the same time, one
   * of them creates.
   */
  put(
    orgId: OrganizationId,
    monitor: NewMonitor & { readonly externalId: string },
    edit: (current: WatchedMonitor) => MonitorEdit,
    admit?: (existing: number) => void,
  ): Promise<{ watched: WatchedMonitor; created: boolean }>
  /**
   * For each of `wanted` the oldest monitor that watches the same in the same group, null where there is none. Within a
   * transaction nobody else who asks this way, or whom `admit` counts, adds any before its end.
   */
  equals(
    orgId: OrganizationId,
    wanted: readonly { readonly monitor: NewMonitor; readonly groupId: GroupId }[],
  ): Promise<readonly (WatchedMonitor | null)[]>
  /** Which of these external ids monitors have. */
  takenExternalIds(orgId: OrganizationId, externalIds: readonly string[]): Promise<ReadonlySet<string>>
  get(orgId: OrganizationId, id: MonitorId): Promise<WatchedMonitor | null>
  /**
   * Of the latest look that brought something new. Looks since then found the same, or could not find out. Null before
   * the first one, and again once the monitor watches another record.
   */
  lastLook(orgId: OrganizationId, id: MonitorId): Promise<KeptLook | null>
  list(orgId: OrganizationId, filter: MonitorFilter, page: PageRequest): Promise<Page<WatchedMonitor>>
  /** Of one group, or of all. */
  count(orgId: OrganizationId, groupId: GroupId | null): Promise<MonitorCounts>
  /**
   * Changes all monitors of a group, in one transaction. A new interval never delays a look that is due before its next
   * one; monitors that become active are due at once.
   */
  updateGroup(orgId: OrganizationId, groupId: GroupId, edit: GroupMonitorsEdit): Promise<void>
  /**
   * Asks `edit` what to change about the monitor as it stands and writes that, in one transaction; when `edit` throws,
   * nothing is written. `editMonitor` says what follows for the status. Null when there is no such monitor.
   */
  update(
    orgId: OrganizationId,
    id: MonitorId,
    edit: (current: WatchedMonitor) => MonitorEdit,
  ): Promise<WatchedMonitor | null>
  /** Enabling makes the monitor due at once. Null when there is no such monitor. */
  setActive(orgId: OrganizationId, id: MonitorId, isActive: boolean): Promise<WatchedMonitor | null>
  /** Its events stay, and what is queued of them is still delivered. False when there is no such monitor. */
  delete(orgId: OrganizationId, id: MonitorId): Promise<boolean>
}
