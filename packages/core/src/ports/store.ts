/**
 * What a storage engine must keep, and in which transactions.
 *
 * Both engines (SQLite, PostgreSQL) pass one conformance suite. Every method that takes `orgId` sees that organization
 * only. Ids, times and texts come and go in core's form; rows are the engine's affair. Rules are core's: an engine
 * calls `planDelivery` and executes a `Settlement`, it decides neither.
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
import type { ResolverEventKind, SystemEvent } from '../delivery/system-event.ts'
import type {
  ApiKeyId,
  AuditId,
  DeliveryId,
  EventId,
  GroupId,
  MonitorId,
  NodeId,
  OrganizationId,
  WebhookId,
} from '../ids.ts'
import type { DnsEvent, StateChange } from '../monitor/event.ts'
import type { MonitorEdit } from '../monitor/edit.ts'
import type { CheckStatus, MatchMode, Monitor, MonitorState, NotifyMode, WatchedMonitor } from '../monitor/monitor.ts'
import type { MonitorType } from '../record-types.ts'

export interface Store extends Records, AsyncDisposable {
  readonly checks: Checks
  readonly queue: Queue
  readonly retention: Retention
  readonly rateLimits: RateLimits
  /**
   * All that `work` does through the records it is given is committed together, or nothing when it rejects. `work` lets
   * every failure of theirs through, and uses nothing else of the store: on SQLite that would wait for itself.
   */
  transaction<T>(work: (records: Records) => Promise<T>): Promise<T>
  /** What an engine wants done from time to time for its own sake; often does no harm. */
  maintain(): Promise<void>
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
}

/** What users read and write. */
export interface Records {
  readonly accounts: Accounts
  readonly groups: Groups
  readonly monitors: Monitors
  readonly events: Events
  readonly systemEvents: SystemEvents
  readonly webhooks: Webhooks
  readonly deliveries: Deliveries
  readonly audit: Audit
  readonly idempotency: Idempotency
  /** Does `work` as it would be done, and takes back all that it wrote. `work` uses only the records it is given. */
  rehearse<T>(work: (records: Records) => Promise<T>): Promise<T>
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
  /** With its default group. */
  createOrganization(organization: { readonly name: string; readonly plan: string }): Promise<Organization>
  listOrganizations(page: PageRequest): Promise<Page<Organization>>
  /** Null when there is no such organization. */
  updateOrganization(
    id: OrganizationId,
    change: { readonly name?: string; readonly plan?: string },
  ): Promise<Organization | null>
  /** Puts this key in the place of the bootstrap key of earlier starts. */
  replaceBootstrapKey(orgId: OrganizationId, key: NewApiKey): Promise<ApiKey>
  /** Makes this the bootstrap key when there is none yet; of processes that start together one gets to. */
  makeBootstrapKey(orgId: OrganizationId, key: NewApiKey): Promise<boolean>
  createKey(orgId: OrganizationId, key: NewApiKey): Promise<ApiKey>
  listKeys(orgId: OrganizationId, page: PageRequest): Promise<Page<ApiKey>>
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

/** A group without its counts. */
export type GroupName = Pick<Group, 'id' | 'slug' | 'kind' | 'isDefault'>

export type NewGroup = Pick<Group, 'slug' | 'name' | 'kind' | 'isPublic'>
/** Members left out stay as they are. */
export type GroupEdit = Partial<Pick<Group, 'slug' | 'name' | 'isPublic'>>

export interface Groups {
  /** Refuses with `conflict` when the slug is taken. */
  create(orgId: OrganizationId, group: NewGroup): Promise<Group>
  list(orgId: OrganizationId, page: PageRequest): Promise<Page<Group>>
  /** Slugs of these groups, for presenting; unknown ids are left out. */
  slugs(orgId: OrganizationId, ids: readonly GroupId[]): Promise<ReadonlyMap<GroupId, string>>
  /** By slug or by id. */
  find(orgId: OrganizationId, slugOrId: string): Promise<Group | null>
  /** By slug or by id, null being the default group; names of no group are left out. */
  named(orgId: OrganizationId, names: readonly (string | null)[]): Promise<ReadonlyMap<string | null, GroupName>>
  /**
   * Asks `edit` what to change about the group as it stands and writes that, in one transaction; when `edit` throws,
   * nothing is written. Refuses with `conflict` when the slug is taken. Null when there is no such group.
   */
  update(orgId: OrganizationId, slugOrId: string, edit: (current: GroupName) => GroupEdit): Promise<Group | null>
  /**
   * Deletes a group without monitors; webhooks lose it. `admit` sees it first and may refuse by throwing. Refuses with
   * `group_not_empty`. Answers what was deleted; null when there is no such group.
   */
  delete(orgId: OrganizationId, slugOrId: string, admit: (current: GroupName) => void): Promise<GroupName | null>
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
  readonly registrable?: string
  readonly match?: MatchMode
  readonly externalId?: string
  /** All of these, each with exactly this value. */
  readonly metadata?: Readonly<Record<string, string>>
  /** Stands somewhere in the name or the external id; upper and lower case are one. */
  readonly text?: string
}

/** How many monitors there are, and how many of those that are active are in each state. */
export interface MonitorCounts {
  readonly total: number
  readonly inactive: number
  readonly states: Readonly<Record<MonitorState, number>>
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
   * ends the leases. Deliveries go to the webhooks that `planDelivery` picks. A domain whose last broken monitor is
   * VALID now is told in the same transaction, exactly once however many nodes record at the same time.
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

export interface SystemEventFilter {
  /** A kind, or a prefix of kinds that ends in `*`. */
  readonly type?: string
  readonly created?: TimeRange
}

export interface SystemEvents {
  /**
   * Records what happened to a resolver, with its deliveries. What happens to monitors, domains and webhooks is
   * recorded by the transactions that make it happen.
   */
  record(orgId: OrganizationId, type: ResolverEventKind, data: SystemEvent['data']): Promise<SystemEvent>
  list(orgId: OrganizationId, filter: SystemEventFilter, page: PageRequest): Promise<Page<SystemEvent>>
}

// Audit

/** One write: who did what to which object. */
export interface NewAuditEntry {
  /** Null for the command line. */
  readonly keyId: ApiKeyId | null
  /** `monitor.create`. */
  readonly action: string
  /** The object's id, as the wire shows it. */
  readonly object: string
  /** JSON without secrets. */
  readonly changes: Readonly<Record<string, unknown>>
}

export interface AuditEntry extends NewAuditEntry {
  readonly id: AuditId
  readonly orgId: OrganizationId
  /** The millisecond of the id. */
  readonly created: number
}

export interface Audit {
  record(orgId: OrganizationId, entry: NewAuditEntry): Promise<AuditEntry>
  list(orgId: OrganizationId, filter: { readonly created?: TimeRange }, page: PageRequest): Promise<Page<AuditEntry>>
}

// Idempotency

/** A request that its caller marked, so that a repeat is not a second one. Marks belong to one API key. */
export interface MarkedRequest {
  readonly orgId: OrganizationId
  readonly keyId: ApiKeyId
  readonly mark: string
  /** SHA-256 of all that makes the request what it is. */
  readonly hash: Uint8Array
}

export type Claim =
  /** Nobody used the mark, or long ago: it is this request's now. */
  | { readonly kind: 'new' }
  | { readonly kind: 'done'; readonly response: string }
  /** Another process or transaction committed its claim and has no answer yet. */
  | { readonly kind: 'running' }
  /** The mark stands for a request of another hash. */
  | { readonly kind: 'other' }

export interface Idempotency {
  /** Takes the mark until `expires`. Waits for the end of a transaction that has claimed it. */
  claim(request: MarkedRequest, expires: number): Promise<Claim>
  /** Keeps the answer, sealed, until `expires`. */
  complete(request: MarkedRequest, response: string, expires: number): Promise<void>
  /** Gives back a mark that was claimed and not completed. */
  release(request: MarkedRequest): Promise<void>
}

// Retention

/** How many rows were deleted. */
export interface Purged {
  readonly events: number
  readonly requests: number
  readonly systemEvents: number
  readonly audit: number
}

export interface Retention {
  /**
   * Deletes up to `limit` rows of each kind that are older than `before`, requests with their attempts. A request that
   * still waits to be sent is never one of them.
   */
  purge(orgId: OrganizationId, before: number, limit: number): Promise<Purged>
  /** Deletes up to `limit` idempotency marks that expired by `at`, of all organizations. Gives their number. */
  purgeMarks(at: number, limit: number): Promise<number>
}

// Rate limits

/** Belongs to the instance: of processes that share a database all count together. */
export interface RateLimits {
  /** Counts one more in the window of `key`, which begins with the first one after the last window's end. */
  count(key: string, windowMs: number): Promise<RateWindow>
}

export interface RateWindow {
  /** Including this one. */
  readonly count: number
  /** Epoch milliseconds at which the window is over. */
  readonly ends: number
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

/**
 * What of a webhook may be changed; members left out stay as they are. A new `secret` is the caller's own and counts at
 * once. Groups that are not named are left; named ones replace all.
 */
export type WebhookEdit = Partial<
  Pick<NewWebhook, 'url' | 'method' | 'headers' | 'secret' | 'allGroups' | 'format' | 'formatOptions' | 'timeoutMs'>
> & {
  readonly groups?: readonly string[]
  readonly filters?: WebhookFilters
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
  /**
   * Creates a webhook with a `source`, or puts this one in the place of the one with the same source and url, which keeps
   * its id, history and queue numbers; its state becomes the one given. `created` tells which. Refuses a new one with
   * `subscription_limit` when the organization has `limit` of them.
   */
  subscribe(
    orgId: OrganizationId,
    webhook: NewWebhook & { readonly source: WebhookSource },
    limit: number,
  ): Promise<{ webhook: Webhook; created: boolean }>
  /**
   * Asks `edit` what to change about the webhook as it stands and writes that, in one transaction; when `edit` throws,
   * nothing is written. Refuses with `group_webhook_limit` for groups that it joins, and with `conflict` when a
   * subscription takes the url of another one. Null when there is no such webhook.
   */
  update(
    orgId: OrganizationId,
    id: WebhookId,
    edit: (current: Webhook) => WebhookEdit,
    limitPerGroup: number,
  ): Promise<Webhook | null>
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
  /** Its history goes with it. Answers what was deleted; null when there is no such webhook. */
  delete(orgId: OrganizationId, id: WebhookId): Promise<Webhook | null>
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
  /** The outcome is committed, and it was the last one: the webhook is disabled now. */
  | { readonly kind: 'disabled' }
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
