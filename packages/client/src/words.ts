/** The closed sets of words on the wire. A server's own lists are checked against these by the compiler. */

/** `SPF` and `DMARC` are TXT records of that family. */
export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS', 'PTR', 'CAA', 'SPF', 'DMARC'] as const
export type RecordType = (typeof RECORD_TYPES)[number]

export const STATES = ['UNSET', 'VALID', 'MISMATCH', 'NOT_FOUND', 'TIMEOUT', 'INVALID'] as const
export type State = (typeof STATES)[number]
/** A state that a check can find; UNSET is only the time before the first one. */
export type JudgedState = Exclude<State, 'UNSET'>

export const MATCH_MODES = ['exact', 'includes', 'any_of', 'none_of', 'cidr', 'absent', 'baseline'] as const
export type MatchMode = (typeof MATCH_MODES)[number]

export const NOTIFY_MODES = ['immediately', 'on_success', 'after_success'] as const
export type NotifyMode = (typeof NOTIFY_MODES)[number]

/** Minutes between two checks; a plan may allow fewer of them. */
export const FREQUENCIES = [1, 5, 10, 15, 30, 60, 120] as const
export type Frequency = (typeof FREQUENCIES)[number]

/** HTTP methods a webhook can be called with. */
export const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof METHODS)[number]

export const DNS_EVENT_KINDS = ['record.broken', 'record.changed', 'record.restored'] as const
export type DnsEventKind = (typeof DNS_EVENT_KINDS)[number]

export const SYSTEM_EVENT_KINDS = [
  'domain.restored',
  'domain.record_missing',
  'domain.record_restored',
  'monitor.created',
  'monitor.enabled',
  'monitor.disabled',
  'monitor.deleted',
  'webhook.disabled',
  'webhook.recovered',
  'resolver.outage',
  'resolver.recovered',
] as const
export type SystemEventKind = (typeof SYSTEM_EVENT_KINDS)[number]

/** What a webhook's `events` filter can name. It also takes `*` at the end: `record.*`. */
export const EVENT_KINDS = [...DNS_EVENT_KINDS, ...SYSTEM_EVENT_KINDS] as const
export type EventKind = (typeof EVENT_KINDS)[number]

export const REQUEST_STATUSES = ['PENDING', 'RETRYING', 'DELIVERED', 'FAILED'] as const
export type RequestStatus = (typeof REQUEST_STATUSES)[number]

export const REQUEST_KINDS = ['event', 'test', 'resend', 'system'] as const
export type RequestKind = (typeof REQUEST_KINDS)[number]

export const WEBHOOK_SOURCES = ['n8n', 'zapier', 'entri'] as const
export type WebhookSource = (typeof WEBHOOK_SOURCES)[number]

export const FORMATS = ['dnsradar', 'slack', 'discord', 'teams', 'pagerduty', 'ntfy', 'email', 'entri'] as const
export type Format = (typeof FORMATS)[number]

export const DISABLED_REASONS = ['manual', 'gave_up', 'gone'] as const
export type DisabledReason = (typeof DISABLED_REASONS)[number]

export const ERROR_CLASSES = [
  'timeout',
  'dns',
  'tls',
  'refused',
  'reset',
  'blocked_target',
  'http_status',
  'protocol',
] as const
export type ErrorClass = (typeof ERROR_CLASSES)[number]

export const REASON_CODES = [
  'missing',
  'extra',
  'differs',
  'forbidden',
  'outside_range',
  'nxdomain',
  'nodata',
  'dangling_alias',
  'flattened',
  'several_policies',
  'bad_syntax',
  'no_policy',
  'servfail',
  'refused',
  'malformed',
  'illegal',
  'timeout',
  'resolver_unreachable',
  'inconsistent',
] as const
export type ReasonCode = (typeof REASON_CODES)[number]

/** Stands for an answer without data in `POST /match`. */
export const MATCH_RESPONSES = ['NXDOMAIN', 'NODATA', 'SERVFAIL', 'REFUSED', 'FORMERR', 'MALFORMED', 'TIMEOUT'] as const
export type MatchResponse = (typeof MATCH_RESPONSES)[number]

/** Each includes those before it. */
export const SCOPES = ['read', 'write', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

export const PROBLEM_CODES = [
  'invalid_body',
  'invalid_field',
  'unknown_field',
  'invalid_query',
  'invalid_cursor',
  'invalid_expectation',
  'blocked_target',
  'blocked_header',
  'no_key',
  'unknown_key',
  'expired_key',
  'plan_monitors',
  'plan_frequency',
  'missing_scope',
  'not_found',
  'method_not_allowed',
  'body_too_large',
  'unsupported_media_type',
  'conflict',
  'group_not_empty',
  'group_webhook_limit',
  'subscription_limit',
  'monitor_disabled',
  'webhook_disabled',
  'not_head',
  'in_progress',
  'external_id_taken',
  'idempotency_mismatch',
  'rate_limited',
  'internal',
  'not_ready',
] as const
export type ProblemCode = (typeof PROBLEM_CODES)[number]
