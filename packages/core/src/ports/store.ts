/**
 * What a storage engine must keep, and in which transactions.
 *
 * Both engines (SQLite, PostgreSQL) pass one conformance suite. Every method that takes `orgId` sees that organization
 * only. Ids, times and texts come and go in core's form; rows are the engine's affair. Rules are core's: an engine
 * calls `planDeliveries` and executes a `Settlement`, it decides neither.
 */
import type {
  Attempt,
  Delivery,
  DeliveryStatus,
  DisabledReason,
  Webhook,
  WebhookFilters,
  WebhookMethod,
  WebhookSource,
  Format,
} from '../delivery/delivery.ts'
import type { Settlement } from '../delivery/settle.ts'
import type {
  ApiKeyId,
  DeliveryId,
  EventId,
  GroupId,
  MonitorId,
  NodeId,
  OrganizationId,
  SystemEventId,
  WebhookId,
} from '../ids.ts'
import type { DnsEvent, StateChange, SystemEventKind } from '../monitor/event.ts'
import type { MonitorEdit } from '../monitor/edit.ts'
import type { CheckStatus, MatchMode, MonitorState, NotifyMode, WatchedMonitor } from '../monitor/monitor.ts'
import type { MonitorType } from '../record-types.ts'

export interface Store extends AsyncDisposable {
  readonly accounts: Accounts
  readonly groups: Groups
  readonly monitors: Monitors
  readonly checks: Checks
  readonly events: Events
  readonly systemEvents: SystemEvents
  readonly webhooks: Webhooks
  readonly deliveries: Deliveries
  readonly queue: Queue
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
}

// Lists

/** A page by cursor: rows beyond `after` or `before` in list order; at most one of the two is set. */
export interface PageRequest {
  readonly limit: number
  /** Order of the whole list by id, that is by time. */
  readonly way: 'asc' | 'desc'
  readonly after: string | null
  readonly before: string | null
}

export interface Page<T> {
  /** Always in list order, also when paging backward. */
  readonly items: readonly T[]
  /** Rows follow the last item in list order. */
  readonly hasNext: boolean
  /** Rows precede the first item in list order. */
  readonly hasPrevious: boolean
}

/** Half-open range of epoch milliseconds: `from` inclusive, `until` exclusive. */
export interface TimeRange {
  readonly from?: number
  readonly until?: number
}

// Accounts

export const SCOPES = ['read', 'write', 'admin'] as const
/** Each includes those before it. */
export type Scope = (typeof SCOPES)[number]

export interface Organization {
  readonly id: OrganizationId
  readonly name: string
  readonly plan: string
  readonly created: number
}

export interface ApiKey {
  readonly id: ApiKeyId
  readonly orgId: OrganizationId
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly created: number
  readonly expires: number | null
  readonly lastUsed: number | null
}

export interface NewApiKey {
  /** SHA-256 of the clear key, 32 bytes. */
  readonly hash: Uint8Array
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expires: number | null
}

export interface Accounts {
  /**
   * Makes the default organization with its default group when there is none. `plan` is set on it when given.
   * `created` tells whether this call made it.
   */
  ensureDefaultOrganization(plan: string | null): Promise<{ organization: Organization; created: boolean }>
  organization(id: OrganizationId): Promise<Organization | null>
  /** Puts this key in the place of the bootstrap key of earlier starts. */
  replaceBootstrapKey(orgId: OrganizationId, key: NewApiKey): Promise<ApiKey>
  /** Makes this the bootstrap key when there is none yet; of processes that start together one gets to. */
  makeBootstrapKey(orgId: OrganizationId, key: NewApiKey): Promise<boolean>
  createKey(orgId: OrganizationId, key: NewApiKey): Promise<ApiKey>
  listKeys(orgId: OrganizationId): Promise<readonly ApiKey[]>
  revokeKey(orgId: OrganizationId, id: ApiKeyId): Promise<boolean>
  /** Across organizations: this is where the organization of a request comes from. */
  findKey(hash: Uint8Array): Promise<{ key: ApiKey; organization: Organization } | null>
  /** Notes the last use; callers do so at most once a minute and key. */
  touchKey(id: ApiKeyId, orgId: OrganizationId): Promise<void>
  usage(orgId: OrganizationId): Promise<{ monitors: number; webhooks: number }>
}

// Groups

export interface Group {
  readonly id: GroupId
  readonly orgId: OrganizationId
  readonly slug: string
  readonly name: string
  readonly kind: 'native' | 'entri'
  readonly isDefault: boolean
  readonly isPublic: boolean
  readonly monitors: number
  readonly webhooks: number
  readonly created: number
}

export interface Groups {
  list(orgId: OrganizationId, page: PageRequest): Promise<Page<Group>>
  /** Slugs of these groups, for presenting; unknown ids are left out. */
  slugs(orgId: OrganizationId, ids: readonly GroupId[]): Promise<ReadonlyMap<GroupId, string>>
  /** By slug or by id. */
  find(orgId: OrganizationId, slugOrId: string): Promise<Group | null>
}

// Monitors

export interface NewMonitor {
  /** Slug or `grp_` id; null means the default group. An unknown slug makes the group, in the same transaction. */
  readonly group: string | null
  readonly domain: string
  readonly subdomain: string | null
  readonly ownerName: string
  readonly registrable: string
  readonly type: MonitorType
  readonly match: MatchMode
  readonly expected: readonly string[]
  readonly intervalMinutes: number
  readonly notify: NotifyMode
  readonly isActive: boolean
  readonly externalId: string | null
  readonly metadata: Readonly<Record<string, string>>
}

export interface MonitorFilter {
  readonly group?: string
  readonly state?: MonitorState
  readonly type?: MonitorType
  readonly isActive?: boolean
  readonly domain?: string
  readonly subdomain?: string | null
  readonly ownerName?: string
}

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
  get(orgId: OrganizationId, id: MonitorId): Promise<WatchedMonitor | null>
  list(orgId: OrganizationId, filter: MonitorFilter, page: PageRequest): Promise<Page<WatchedMonitor>>
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

// Checks: the hot path of the scheduler

/** A lease that a process holds on a row; `token` fences off whoever held it before. */
export interface Lease {
  readonly node: NodeId
  readonly token: number
}

export interface ClaimedCheck extends WatchedMonitor {
  readonly lease: Lease
}

/** The result of one check. `status` is complete: the engine writes it as it is. */
export interface CheckResult {
  readonly check: ClaimedCheck
  readonly status: CheckStatus
  readonly change: StateChange | null
  /** The expectation taken by a `baseline` monitor's first look, else null. */
  readonly baseline: readonly string[] | null
}

/** `recorded: false`: the lease was lost, or the monitor was edited, disabled or deleted meanwhile; nothing was written. */
export interface RecordedCheck {
  readonly monitorId: MonitorId
  readonly recorded: boolean
  readonly event: DnsEvent | null
}

export interface Checks {
  /**
   * Leases up to `limit` active monitors whose time has come, longest overdue first. A process that dies after
   * claiming costs one lease, never a monitor.
   */
  claimDue(claim: { node: NodeId; limit: number; leaseMs: number }): Promise<readonly ClaimedCheck[]>
  /** Leases one monitor, due or not. `busy` while another look at it is in flight; `inactive`, `missing` else. */
  claimOne(
    orgId: OrganizationId,
    id: MonitorId,
    claim: { node: NodeId; leaseMs: number },
  ): Promise<ClaimedCheck | 'busy' | 'inactive' | 'missing'>
  /**
   * Writes results, events, queue numbers and deliveries of a batch in one transaction, fenced by each lease, and
   * ends the leases. Deliveries go to the webhooks that `planDeliveries` picks.
   */
  record(results: readonly CheckResult[]): Promise<readonly RecordedCheck[]>
  /** Ends leases without a result: those monitors are due again at once. */
  release(checks: readonly ClaimedCheck[]): Promise<void>
  /** When the next active monitor is due; null when there is none. */
  nextDue(): Promise<number | null>
}

// Events

export interface EventFilter {
  readonly monitorId?: MonitorId
  readonly group?: string
  readonly type?: MonitorType
  readonly oldState?: MonitorState
  readonly newState?: MonitorState
  readonly occurred?: TimeRange
}

export interface Events {
  list(orgId: OrganizationId, filter: EventFilter, page: PageRequest): Promise<Page<DnsEvent>>
  get(orgId: OrganizationId, id: EventId): Promise<DnsEvent | null>
}

/** What happened to the installation rather than to a record. `data` is JSON, shaped by its type. */
export interface SystemEvent {
  readonly id: SystemEventId
  readonly orgId: OrganizationId
  readonly type: SystemEventKind
  /** The millisecond of the id. */
  readonly created: number
  readonly data: Readonly<Record<string, unknown>>
}

export interface SystemEventFilter {
  /** A kind, or a prefix of kinds that ends in `*`. */
  readonly type?: string
  readonly created?: TimeRange
}

export interface SystemEvents {
  record(orgId: OrganizationId, type: SystemEventKind, data: SystemEvent['data']): Promise<SystemEvent>
  list(orgId: OrganizationId, filter: SystemEventFilter, page: PageRequest): Promise<Page<SystemEvent>>
}

// Webhooks and their queues

export interface NewWebhook {
  readonly url: string
  readonly method: WebhookMethod
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly secret: string
  readonly callerGaveSecret: boolean
  /** Slugs or `grp_` ids; null means the default group. Unknown slugs make groups, in the same transaction. */
  readonly groups: readonly string[] | null
  readonly allGroups: boolean
  readonly source: WebhookSource | null
  readonly format: Format
  readonly formatOptions: Readonly<Record<string, string>>
  readonly filters: WebhookFilters
  readonly timeoutMs: number
  readonly isActive: boolean
}

export interface WebhookFilter {
  readonly url?: string
  readonly source?: WebhookSource
  readonly group?: string
  readonly isActive?: boolean
}

export interface Webhooks {
  /** Refuses with `group_webhook_limit` (naming the group) when any of its groups is full; atomic over the groups. */
  create(orgId: OrganizationId, webhook: NewWebhook, limitPerGroup: number): Promise<Webhook>
  get(orgId: OrganizationId, id: WebhookId): Promise<Webhook | null>
  list(orgId: OrganizationId, filter: WebhookFilter, page: PageRequest): Promise<Page<Webhook>>
  /**
   * Disabling ends the lease of whoever is sending and marks the queue FAILED; enabling clears `lastError` and the
   * count, and starts empty. Both keep a record of the pause. Null when there is no such webhook.
   */
  setActive(
    orgId: OrganizationId,
    id: WebhookId,
    change: { isActive: true } | { isActive: false; reason: DisabledReason },
  ): Promise<Webhook | null>
  /** Its history goes with it. False when there is no such webhook. */
  delete(orgId: OrganizationId, id: WebhookId): Promise<boolean>
}

export interface DeliveryFilter {
  readonly status?: DeliveryStatus
  /** One exact code, or a class such as 5 for 500 to 599. */
  readonly statusCode?: { readonly exact: number } | { readonly hundreds: number }
  readonly created?: TimeRange
  readonly delivered?: TimeRange
  readonly lastAttempt?: TimeRange
  /** Only those not delivered yet. */
  readonly undelivered?: boolean
}

export interface Deliveries {
  list(orgId: OrganizationId, webhookId: WebhookId, filter: DeliveryFilter, page: PageRequest): Promise<Page<Delivery>>
  get(orgId: OrganizationId, webhookId: WebhookId, id: DeliveryId): Promise<Delivery | null>
  attempts(orgId: OrganizationId, id: DeliveryId): Promise<readonly Attempt[]>
  /**
   * Adds a test delivery outside the queue; `bodyOf` is given the new id because the body carries it.
   * Null when there is no such webhook.
   */
  createTest(
    orgId: OrganizationId,
    webhookId: WebhookId,
    bodyOf: (delivery: { id: DeliveryId; created: number }, webhook: Webhook) => string,
  ): Promise<Delivery | null>
}

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
  /** The lease was lost: the attempt is in the history as late, the queue was not touched. */
  | { readonly kind: 'late' }

export interface Queue {
  /** Leases up to `limit` webhooks whose head is due, longest waiting first. */
  claimDue(claim: { node: NodeId; limit: number; leaseMs: number }): Promise<readonly ClaimedDelivery[]>
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
