/** A monitor: what a customer's record should say (written by users), and what it said last (written by checks). */
import type { GroupId, MonitorId, OrganizationId } from '../ids.ts'
import type { MonitorType } from '../record-types.ts'
import type { JudgedState, MonitorState } from './state.ts'
import type { Reason } from './verdict.ts'

export const MATCH_MODES = ['exact', 'includes', 'any_of', 'none_of', 'cidr', 'absent', 'baseline'] as const
export type MatchMode = (typeof MATCH_MODES)[number]

export const NOTIFY_MODES = ['immediately', 'on_success', 'after_success'] as const
export type NotifyMode = (typeof NOTIFY_MODES)[number]

/** The cold half: changes only when a user edits it. Times are epoch milliseconds. */
export interface Monitor {
  readonly id: MonitorId
  readonly orgId: OrganizationId
  readonly groupId: GroupId
  /** As the user gave them, for display. */
  readonly domain: string
  readonly subdomain: string | null
  /** The canonical owner name that is asked for. */
  readonly ownerName: string
  /** Registrable domain of the owner name (public suffix list), or the owner name itself when it has none. */
  readonly registrable: string
  readonly type: MonitorType
  readonly match: MatchMode
  /** As the user gave them; of a `baseline` monitor the taken baseline, empty until then. */
  readonly expected: readonly string[]
  /** Grows with every edit of name, type, match or expectation: a look judged by an older version is dropped. */
  readonly expectedVersion: number
  readonly intervalMinutes: number
  readonly notify: NotifyMode
  readonly isActive: boolean
  readonly externalId: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly created: number
  readonly updated: number
}

/** What of a monitor its users say. */
export type NewMonitor = Pick<
  Monitor,
  | 'domain'
  | 'subdomain'
  | 'ownerName'
  | 'registrable'
  | 'type'
  | 'match'
  | 'expected'
  | 'intervalMinutes'
  | 'notify'
  | 'isActive'
  | 'externalId'
  | 'metadata'
> & {
  /** Slug or `grp_` id; null means the default group. An unknown slug makes the group, in the same transaction. */
  readonly group: string | null
}

/** What of a monitor a look needs that finds nothing new: the question, and what else a routine result is written with. */
export type Target = Pick<
  Monitor,
  'id' | 'orgId' | 'ownerName' | 'registrable' | 'type' | 'expectedVersion' | 'intervalMinutes'
>

/** A suspicion that more looks have to confirm before it becomes the state. */
export interface Pending {
  /** What the latest look suspects. */
  readonly state: JudgedState
  readonly since: number
  /** Looks in a row in which every server failed (TIMEOUT or INVALID). */
  readonly failing: number
  /** Looks in which two servers disagreed. */
  readonly disputed: number
  /** Every server's word in those looks, oldest first: what a majority is taken of in the end. */
  readonly votes: readonly JudgedState[]
}

/** The hot half: written by every check. */
export interface CheckStatus {
  readonly state: MonitorState
  /** Presentation values of the last answer that set them; null before the first check. */
  readonly current: readonly string[] | null
  /** Fingerprint of the last answer and the expectation it was judged by: equal means nothing to do. */
  readonly answerHash: string | null
  readonly reasons: readonly Reason[]
  readonly incidenceCount: number
  /** When the monitor left VALID or UNSET for a bad state; null while it is not bad. */
  readonly brokenSince: number | null
  /** True once the monitor has been VALID: what `notify` modes other than `immediately` wait for. */
  readonly wasValid: boolean
  readonly pending: Pending | null
  readonly lastChecked: number | null
  readonly nextCheck: number
}

/** Never looked at, and due at `nextCheck`. */
export function unchecked(nextCheck: number): CheckStatus {
  return {
    state: 'UNSET',
    current: null,
    answerHash: null,
    reasons: [],
    incidenceCount: 0,
    brokenSince: null,
    wasValid: false,
    pending: null,
    lastChecked: null,
    nextCheck,
  }
}

export interface WatchedMonitor {
  readonly monitor: Monitor
  readonly status: CheckStatus
}
