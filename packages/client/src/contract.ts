/**
 * The objects that the API answers with, exactly as they stand on the wire.
 *
 * Every member is always present; `null` says that it does not apply (yet). Times are ISO 8601 in UTC with whole
 * seconds (`2026-01-08T10:35:22Z`). The server's presenters are checked against these types.
 */
import type {
  DisabledReason,
  DnsEventKind,
  ErrorClass,
  Format,
  JudgedState,
  MatchMode,
  Method,
  NotifyMode,
  ProblemCode,
  ReasonCode,
  RecordType,
  RequestKind,
  RequestStatus,
  Scope,
  State,
  SystemEventKind,
  WebhookSource,
} from './words.ts'

export type * from './deliveries.ts'
export type * from './inputs.ts'
export * from './words.ts'

/** `value` is the record or term the reason speaks of. Of several reasons the first is the cause. */
export interface WireReason {
  readonly code: ReasonCode
  readonly message: string
  readonly value: string | null
}

export interface WireMonitor {
  readonly uuid: string
  readonly created: string
  readonly domain: string
  /** Null at the apex. */
  readonly subdomain: string | null
  readonly record_type: RecordType
  readonly expected_value: readonly string[]
  /** Null before the first check. */
  readonly current_value: readonly string[] | null
  readonly is_exact_match: boolean
  readonly state: State
  readonly incidence_count: number
  readonly last_checked: string | null
  readonly is_active: boolean
  /** Minutes. */
  readonly frequency: number
  readonly match: MatchMode
  readonly notify: NotifyMode
  /** Slug. */
  readonly group: string
  readonly external_id: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly updated: string
  readonly next_check: string | null
  readonly reasons: readonly WireReason[]
  /** A state that was seen and still has to be confirmed. */
  readonly pending_state: JudgedState | null
}

/** One monitor by itself: with its last look, null before the first one. */
export interface WireMonitorDetail extends WireMonitor {
  readonly check: WireCheck | null
}

/** A monitor that was just looked at. */
export interface WireCheckedMonitor extends WireMonitor {
  readonly check: WireCheck
}

/** One look. TTL in seconds; `chain` holds the alias targets walked, in order. */
export interface WireCheck {
  readonly state: State
  readonly confirmed: boolean
  readonly pending_state: JudgedState | null
  readonly reasons: readonly WireReason[]
  readonly values: readonly string[]
  readonly ttl: number | null
  readonly rcode: string | null
  readonly chain: readonly string[]
  readonly duration_ms: number
  readonly answers: readonly WireAnswer[]
}

/** What one server said. */
export interface WireAnswer {
  readonly server: string
  readonly role: 'upstream' | 'authoritative'
  readonly transport: 'udp' | 'tcp' | 'tls' | 'https'
  readonly rcode: string | null
  readonly values: readonly string[]
  readonly ttl: number | null
  readonly chain: readonly string[]
  readonly aa: boolean
  readonly ad: boolean
  readonly duration_ms: number
  readonly error: string | null
}

export interface WireEvent {
  readonly uuid: string
  readonly monitor_uuid: string
  readonly domain: string
  readonly subdomain: string | null
  readonly record_type: RecordType
  readonly expected_value: readonly string[]
  readonly occurred: string
  readonly previous_value: readonly string[]
  readonly current_value: readonly string[]
  readonly old_state: State
  readonly new_state: JudgedState
  readonly incidence_count: number
  readonly kind: DnsEventKind
  readonly group: string
  readonly external_id: string | null
  readonly reasons: readonly WireReason[]
  readonly confirmed: boolean
}

export interface WireGroup {
  readonly uuid: string
  readonly slug: string
  readonly name: string
  readonly kind: 'native' | 'entri'
  readonly is_default: boolean
  /** How many it has. */
  readonly monitors: number
  readonly webhooks: number
  readonly is_public: boolean
  readonly created: string
}

export interface WireWebhook {
  readonly uuid: string
  readonly created: string
  readonly url: string
  readonly method: Method
  /** Values read `***` to a key without write scope. */
  readonly headers: Readonly<Record<string, string>>
  readonly is_active: boolean
  readonly last_error: string | null
  readonly last_executed: string | null
  /** Slugs. */
  readonly groups: readonly string[]
  readonly all_groups: boolean
  readonly source: WebhookSource | null
  readonly format: Format
  readonly format_options: Readonly<Record<string, string>>
  /** Event kinds, also with `*` at the end. */
  readonly events: readonly string[]
  /** Empty means any; the same for `record_types` and `monitors`. */
  readonly states: readonly State[]
  readonly record_types: readonly RecordType[]
  readonly monitors: readonly string[]
  readonly timeout_seconds: number
  readonly has_secret: boolean
  readonly disabled_reason: DisabledReason | null
  /** Requests waiting in the queue. */
  readonly pending: number
  readonly next_attempt: string | null
}

/** The only answers that show the signing secret: to create and to rotate. */
export interface WireWebhookWithSecret extends WireWebhook {
  readonly signing_secret: string
}

/** One delivery of one event to one webhook; attempts are inside it. */
export interface WireRequest {
  readonly uuid: string
  readonly webhook_uuid: string
  readonly event_uuid: string | null
  readonly created: string
  readonly status_code: number | null
  /** First 4000 characters. */
  readonly response_body: string | null
  readonly error_message: string | null
  readonly status: RequestStatus
  readonly kind: RequestKind
  readonly retries: number
  readonly delivered: string | null
  readonly last_attempt: string | null
  readonly next_attempt: string | null
  /** Position in the webhook's queue; null outside it. */
  readonly sequence: number | null
  readonly system_event_uuid: string | null
}

/** What a recovery brought about. */
export interface WireRecovery {
  /** Requests that wait for delivery now. */
  readonly queued: number
}

export interface WireRequestDetail extends WireRequest {
  readonly attempts: readonly WireAttempt[]
  /** The exact text that was signed and sent. */
  readonly body: string
  /** Of the latest attempt; signatures only to a key with write scope. */
  readonly headers: Readonly<Record<string, string>>
}

/** What a stream tells: the object as it was when it was sent. */
export type StreamMessage =
  | { readonly type: 'event'; readonly id: string | null; readonly data: WireEvent }
  | { readonly type: 'request'; readonly id: string | null; readonly data: WireRequest }
  | { readonly type: 'monitor'; readonly id: string | null; readonly data: WireMonitor }

export interface WireAttempt {
  /** 1 is the first try. */
  readonly number: number
  readonly started: string
  readonly duration_ms: number
  /** Milliseconds; null when the attempt did not get that far or reused a connection. */
  readonly phases: {
    readonly dns: number | null
    readonly connect: number | null
    readonly tls: number | null
    readonly first_byte: number | null
  }
  readonly ip: string | null
  readonly status_code: number | null
  readonly error_class: ErrorClass | null
  readonly error_message: string | null
  readonly response_body: string | null
}

export interface WireKey {
  readonly uuid: string
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly created: string
  readonly expires: string | null
  readonly last_used: string | null
}

/** The only answer that shows the key itself. */
export interface WireKeyWithSecret extends WireKey {
  readonly key: string
}

export interface WireEntriApplication {
  readonly uuid: string
  readonly application_id: string
  readonly webhook_url: string | null
  readonly user_id: string | null
  readonly created: string
  /** Only in the answer that follows when it was made or changed. */
  readonly secret?: string
}

export interface WireMe {
  readonly organization: { readonly uuid: string; readonly name: string; readonly plan: string }
  readonly key: { readonly uuid: string; readonly name: string; readonly scopes: readonly Scope[] }
  readonly limits: {
    /** Null means no limit. */
    readonly monitors: number | null
    /** The fastest frequency, in minutes. */
    readonly frequency: number
    readonly webhooks_per_group: number
    readonly subscriptions: number
    /** Requests per minute and class; 0 means no limit. */
    readonly rate: number
  }
  readonly usage: { readonly monitors: number; readonly webhooks: number }
  readonly server: { readonly name: string; readonly version: string }
}

export interface WireOrganization {
  readonly uuid: string
  readonly created: string
  readonly name: string
  readonly plan: string
  readonly limits: WireMe['limits']
  readonly usage: WireMe['usage']
}

/** One write and who made it. */
export interface WireAuditEntry {
  readonly uuid: string
  readonly created: string
  /** Null for the command line. */
  readonly key_uuid: string | null
  /** `monitor.create`. */
  readonly action: string
  /** The id of what was written; of several at once the id of the first, with their `count` in `changes`. */
  readonly object: string
  /** What was asked for; secret values read `***`. */
  readonly changes: Readonly<Record<string, unknown>>
}

export interface WireNode {
  readonly id: string
  readonly roles: readonly string[]
  readonly version: string
  readonly started: string
  readonly heartbeat: string
}

export interface WireSystemEvent {
  readonly uuid: string
  readonly type: SystemEventKind
  readonly created: string
  readonly data: Readonly<Record<string, unknown>>
}

/**
 * A page of a list. Pass `after` back to go on in list order, `before` to go back; `has_more` says whether rows
 * remain in the direction that was asked for.
 */
export interface WirePage<T> {
  readonly limit: number
  readonly after: string | null
  readonly before: string | null
  readonly has_more: boolean
  readonly data: readonly T[]
}

/** The answer to a bulk create, in the order asked. */
export interface WireBulk {
  readonly data: readonly WireMonitor[]
}

/**
 * What a bulk create would do (`?dry_run=true`). A monitor that would be created has an id of this answer only, and one
 * that equals an earlier one of the request is `existing` under `ignore`.
 */
export interface WireBulkPreview {
  readonly data: readonly {
    readonly index: number
    readonly result: 'create' | 'existing'
    readonly monitor: WireMonitor
  }[]
}

export interface WireMatch {
  readonly state: JudgedState
  readonly reasons: readonly WireReason[]
}

export interface WireLookup {
  /** What was asked: the canonical name and, for `SPF` and `DMARC`, `TXT`. */
  readonly name: string
  readonly type: RecordType
  /** All servers that know anything about the name say the same. */
  readonly consistent: boolean
  readonly answers: readonly WireAnswer[]
}

/** Each monitor is in one state, whether it is active or not. */
export interface WireSummary {
  readonly total: number
  readonly inactive: number
  readonly states: Readonly<Record<State, number>>
}

/** RFC 9457 problem details, `application/problem+json`. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly code: ProblemCode
  readonly request_id: string
  /** From field path (`monitors[3].domain`) to what is wrong there; on refused input only. */
  readonly errors?: Readonly<Record<string, string>>
}
