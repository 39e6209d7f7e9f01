/** What requests carry: bodies and query parameters. An unknown member of a body is refused. */
import type {
  Format,
  MatchMode,
  MatchResponse,
  Method,
  NotifyMode,
  RecordType,
  RequestStatus,
  Scope,
  State,
  WebhookSource,
} from './words.ts'

/** Give either `domain` (with or without `subdomain`) or `full_domain`. */
export interface NewMonitorInput {
  readonly domain?: string
  readonly subdomain?: string | null
  readonly full_domain?: string
  readonly record_type: RecordType
  /** 1 to 10 values of at most 1000 characters; none for `absent` and `baseline`. */
  readonly expected_value?: string | readonly string[]
  readonly frequency?: number
  readonly is_exact_match?: boolean
  readonly match?: MatchMode
  readonly notify?: NotifyMode
  readonly is_active?: boolean
  /** Slug or `grp_` id; an unknown slug makes the group. Null is the default group. */
  readonly group?: string | null
  readonly external_id?: string | null
  readonly metadata?: Readonly<Record<string, string>>
}

/** 1 to 1000 monitors, all or none; the other members are defaults for those that leave them out. */
export interface BulkMonitorsInput {
  readonly monitors: readonly NewMonitorInput[]
  readonly group?: string | null
  readonly frequency?: number
  readonly notify?: NotifyMode
  readonly is_active?: boolean
  /** A monitor that watches the same in the same group is returned in the place of a new one. */
  readonly ignore?: boolean
}

/**
 * What is left out stays as it is; at least one member. Another name or type makes the monitor UNSET again, another
 * expectation is judged from the state there is. A null `external_id` takes it away; `metadata` is replaced whole.
 */
export type MonitorPatch = Partial<NewMonitorInput>

export interface GroupMonitorsPatch {
  readonly frequency?: number
  readonly is_active?: boolean
}

export interface NewGroupInput {
  readonly slug: string
  readonly name?: string
  readonly is_public?: boolean
}

export type GroupPatch = Partial<NewGroupInput>

export interface NewWebhookInput {
  readonly url: string
  readonly method?: Method
  readonly secret?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Slugs or `grp_` ids; unknown slugs make groups. Absent means the default group. */
  readonly groups?: readonly string[]
  readonly all_groups?: boolean
  /**
   * Makes it a subscription: it covers all groups unless it names some, its deliveries carry `context`, and creating it
   * again with the same url replaces it.
   */
  readonly source?: Exclude<WebhookSource, 'entri'>
  /** Left out: by the host of the url, else `dnsradar`. */
  readonly format?: Format
  /** By format, such as `routing_key`; `***` keeps a secret that is not shown. */
  readonly format_options?: Readonly<Record<string, string>>
  readonly events?: readonly string[]
  readonly states?: readonly State[]
  readonly record_types?: readonly RecordType[]
  readonly monitors?: readonly string[]
  /** 1 to 30. */
  readonly timeout_seconds?: number
  readonly is_active?: boolean
}

/**
 * What is left out stays as it is; at least one member. `headers` are replaced whole, and a value of `***` keeps the one
 * that there is. Enabling and disabling are operations of their own.
 */
export type WebhookPatch = Partial<Omit<NewWebhookInput, 'source' | 'is_active'>>

export interface DeleteWebhookQuery {
  /** A subscriber that ends its own subscription: nothing is sent to its url any more. */
  readonly by?: 'subscriber'
}

export interface NewKeyInput {
  readonly name: string
  /** Read and write when left out. */
  readonly scopes?: readonly Scope[]
  /** ISO 8601 with a zone, in the future; null or left out means never. */
  readonly expires?: string | null
}

export interface NewEntriApplicationInput {
  /** 1 to 128 visible ASCII characters; generated when left out. */
  readonly application_id?: string
  /** Generated when left out. */
  readonly secret?: string
  /** Where `domain.record_missing` and `domain.record_restored` go. */
  readonly webhook_url?: string | null
  /** Whose domains are when a request does not say; the application itself when null or left out. */
  readonly user_id?: string | null
}

/** What is left out stays as it is; at least one member. `secret: null` has a new one generated. */
export interface EntriApplicationPatch {
  readonly secret?: string | null
  readonly webhook_url?: string | null
  readonly user_id?: string | null
}

export interface OrganizationPatch {
  readonly name: string
}

export interface MatchInput {
  readonly record_type: RecordType
  readonly expected_value?: string | readonly string[]
  readonly is_exact_match?: boolean
  readonly match?: MatchMode
  /** Presentation strings; for TXT an inner array is one record's character-strings. */
  readonly observed: readonly (string | readonly string[])[]
  /** Stands for an answer without data; `observed` is then empty. */
  readonly response?: MatchResponse
}

export interface LookupQuery {
  /** A full name, or an IP address with `PTR`. A `DMARC` look-up of a domain asks at its `_dmarc`. */
  readonly name: string
  readonly type: RecordType
}

export interface RotateSecretInput {
  /** How long the old secret goes on signing too: default 86400, at most 604800. */
  readonly overlap_seconds?: number
}

export interface RecoverInput {
  /** Unix seconds. */
  readonly since: number
}

/** `limit` is 1 to 100. At most one of `after` and `before`: ids at the edge of a page. */
export interface PageQuery {
  readonly limit?: number
  readonly after?: string
  readonly before?: string
  readonly order_by?: string
  readonly order_way?: 'asc' | 'desc'
}

export interface MonitorQuery extends PageQuery {
  readonly group?: string
  readonly state?: State
  readonly domain?: string
  readonly subdomain?: string
  readonly full_domain?: string
  /** The registered domain that the name belongs to. */
  readonly registrable_domain?: string
  readonly record_type?: RecordType
  readonly is_active?: boolean
  readonly match?: MatchMode
  /** All of these members, at most 10. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly external_id?: string
  /** Part of the name or of the external id. */
  readonly q?: string
}

export interface SummaryQuery {
  readonly group?: string
}

/** Times are Unix seconds, `_after` inclusive, `_before` exclusive. */
export interface MonitorEventQuery extends PageQuery {
  readonly occurred_after?: number
  readonly occurred_before?: number
  readonly old_state?: State
  readonly new_state?: State
}

export interface EventQuery extends MonitorEventQuery {
  readonly group?: string
  readonly monitor?: string
  readonly record_type?: RecordType
}

/** `type` is a kind, or a beginning of kinds and `*`. Times are Unix seconds, `_after` inclusive, `_before` exclusive. */
export interface SystemEventQuery extends PageQuery {
  readonly type?: string
  readonly created_after?: number
  readonly created_before?: number
}

export interface StreamQuery {
  /** `event`, `request` and `monitor` with commas; all when left out. */
  readonly types?: string
  /** Of requests only those to this webhook. */
  readonly webhook?: string
}

export interface WebhookQuery extends PageQuery {
  readonly url?: string
  readonly source?: WebhookSource
  /** Slug or id: those that hear of it, webhooks of all groups too. */
  readonly group?: string
  readonly is_active?: boolean
}

/** Times are Unix seconds, `_after` inclusive, `_before` exclusive. */
export interface RequestQuery extends PageQuery {
  readonly created_after?: number
  readonly created_before?: number
  readonly delivered_after?: number
  readonly delivered_before?: number
  readonly last_attempt_after?: number
  readonly last_attempt_before?: number
  /** One code, or a class: `5xx`. */
  readonly status_code?: number | string
  readonly status?: RequestStatus
}

/** Times are Unix seconds, `_after` inclusive, `_before` exclusive. */
export interface AuditQuery extends PageQuery {
  readonly created_after?: number
  readonly created_before?: number
}
