/** The answers' shapes, held to the client's types by the compiler and to the real answers by the contract tests. */
import {
  type WireBulk,
  type WireBulkPreview,
  type WireSummary,
  type WireCheck,
  type WireCheckedMonitor,
  DISABLED_REASONS,
  DNS_EVENT_KINDS,
  ERROR_CLASSES,
  FORMATS,
  MATCH_MODES,
  METHODS,
  NOTIFY_MODES,
  REASON_CODES,
  RECORD_TYPES,
  REQUEST_KINDS,
  REQUEST_STATUSES,
  SCOPES,
  STATES,
  SYSTEM_EVENT_KINDS,
  WEBHOOK_SOURCES,
  type WireAttempt,
  type WireAuditEntry,
  type WireEntriApplication,
  type WireEvent,
  type WireGroup,
  type WireKey,
  type WireKeyWithSecret,
  type WireLookup,
  type WireMatch,
  type WireMe,
  type WireMonitor,
  type WireMonitorDetail,
  type WireNode,
  type WireOrganization,
  type WirePage,
  type WireRecovery,
  type WireRequest,
  type WireRequestDetail,
  type WireSystemEvent,
  type WireWebhook,
  type WireWebhookWithSecret,
} from '@dnsradar/client'
import * as z from 'zod'

const TYPE_ID = '[0-7][0-9a-hjkmnp-tv-z]{25}'

export function idOf(prefix: string): z.ZodString {
  return z.string().regex(new RegExp(`^${prefix}_${TYPE_ID}$`))
}

export const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
export const maybeTime = time.nullable()
export const count = z.int().min(0)
export const maybeText = z.string().nullable()
export const texts = z.array(z.string()).readonly()
export const recordType = z.enum(RECORD_TYPES)
export const state = z.enum(STATES)
export const judgedState = z.enum(STATES.filter((known) => known !== 'UNSET'))

export const reason = z.strictObject({ code: z.enum(REASON_CODES), message: z.string(), value: maybeText })
export const reasons = z.array(reason).readonly()

const monitor = {
  uuid: idOf('mon'),
  created: time,
  domain: z.string(),
  subdomain: maybeText,
  record_type: recordType,
  expected_value: texts,
  current_value: texts.nullable(),
  is_exact_match: z.boolean(),
  state,
  incidence_count: count,
  last_checked: maybeTime,
  is_active: z.boolean(),
  frequency: count,
  match: z.enum(MATCH_MODES),
  notify: z.enum(NOTIFY_MODES),
  group: z.string(),
  external_id: maybeText,
  metadata: z.record(z.string(), z.string()).readonly(),
  updated: time,
  next_check: maybeTime,
  reasons,
  pending_state: judgedState.nullable(),
}
export const Monitor: z.ZodType<WireMonitor> = z.strictObject(monitor)

export const answer = z.strictObject({
  server: z.string(),
  role: z.enum(['upstream', 'authoritative']),
  transport: z.enum(['udp', 'tcp', 'tls', 'https']),
  rcode: maybeText,
  values: texts,
  ttl: count.nullable(),
  chain: texts,
  aa: z.boolean(),
  ad: z.boolean(),
  duration_ms: count,
  error: maybeText,
})

export const Check: z.ZodType<WireCheck> = z.strictObject({
  state,
  confirmed: z.boolean(),
  pending_state: judgedState.nullable(),
  reasons,
  values: texts,
  ttl: count.nullable(),
  rcode: maybeText,
  chain: texts,
  duration_ms: count,
  answers: z.array(answer).readonly(),
})

export const MonitorDetail: z.ZodType<WireMonitorDetail> = z.strictObject({ ...monitor, check: Check.nullable() })
export const Bulk: z.ZodType<WireBulk> = z.strictObject({ data: z.array(Monitor).readonly() })
export const BulkPreview: z.ZodType<WireBulkPreview> = z.strictObject({
  data: z.array(z.strictObject({ index: count, result: z.enum(['create', 'existing']), monitor: Monitor })).readonly(),
})
export const Summary: z.ZodType<WireSummary> = z.strictObject({
  total: count,
  inactive: count,
  states: z.record(state, count).readonly(),
})
export const CheckedMonitor: z.ZodType<WireCheckedMonitor> = z.strictObject({ ...monitor, check: Check })

export const Match: z.ZodType<WireMatch> = z.strictObject({ state: judgedState, reasons })

export const Lookup: z.ZodType<WireLookup> = z.strictObject({
  name: z.string(),
  type: recordType,
  consistent: z.boolean(),
  answers: z.array(answer).readonly(),
})

export const Event: z.ZodType<WireEvent> = z.strictObject({
  uuid: idOf('evt'),
  monitor_uuid: idOf('mon'),
  domain: z.string(),
  subdomain: maybeText,
  record_type: recordType,
  expected_value: texts,
  occurred: time,
  previous_value: texts,
  current_value: texts,
  old_state: state,
  new_state: judgedState,
  incidence_count: count,
  kind: z.enum(DNS_EVENT_KINDS),
  group: z.string(),
  external_id: maybeText,
  reasons,
  confirmed: z.boolean(),
})

export const SystemEvent: z.ZodType<WireSystemEvent> = z.strictObject({
  uuid: idOf('sys'),
  type: z.enum(SYSTEM_EVENT_KINDS),
  created: time,
  data: z.record(z.string(), z.unknown()).readonly(),
})

export const Group: z.ZodType<WireGroup> = z.strictObject({
  uuid: idOf('grp'),
  slug: z.string(),
  name: z.string(),
  kind: z.enum(['native', 'entri']),
  is_default: z.boolean(),
  monitors: count,
  webhooks: count,
  is_public: z.boolean(),
  created: time,
})

const webhook = {
  uuid: idOf('wh'),
  created: time,
  url: z.string(),
  method: z.enum(METHODS),
  headers: z.record(z.string(), z.string()).readonly(),
  is_active: z.boolean(),
  last_error: maybeText,
  last_executed: maybeTime,
  groups: texts,
  all_groups: z.boolean(),
  source: z.enum(WEBHOOK_SOURCES).nullable(),
  format: z.enum(FORMATS),
  format_options: z.record(z.string(), z.string()).readonly(),
  events: texts,
  states: z.array(state).readonly(),
  record_types: z.array(recordType).readonly(),
  monitors: texts,
  timeout_seconds: count,
  has_secret: z.boolean(),
  disabled_reason: z.enum(DISABLED_REASONS).nullable(),
  pending: count,
  next_attempt: maybeTime,
}
export const Webhook: z.ZodType<WireWebhook> = z.strictObject(webhook)
export const WebhookWithSecret: z.ZodType<WireWebhookWithSecret> = z.strictObject({
  ...webhook,
  signing_secret: z.string().startsWith('whsec_'),
})

const request = {
  uuid: z.string().regex(new RegExp(`^req_(test_)?${TYPE_ID}$`)),
  webhook_uuid: idOf('wh'),
  event_uuid: idOf('evt').nullable(),
  created: time,
  status_code: count.nullable(),
  response_body: maybeText,
  error_message: maybeText,
  status: z.enum(REQUEST_STATUSES),
  kind: z.enum(REQUEST_KINDS),
  retries: count,
  delivered: maybeTime,
  last_attempt: maybeTime,
  next_attempt: maybeTime,
  sequence: count.nullable(),
  system_event_uuid: idOf('sys').nullable(),
}
export const Request: z.ZodType<WireRequest> = z.strictObject(request)

export const Recovery: z.ZodType<WireRecovery> = z.strictObject({ queued: count })

const milliseconds = z.number().min(0).nullable()
export const attempt: z.ZodType<WireAttempt> = z.strictObject({
  number: z.int().min(1),
  started: time,
  duration_ms: count,
  phases: z.strictObject({ dns: milliseconds, connect: milliseconds, tls: milliseconds, first_byte: milliseconds }),
  ip: maybeText,
  status_code: count.nullable(),
  error_class: z.enum(ERROR_CLASSES).nullable(),
  error_message: maybeText,
  response_body: maybeText,
})
export const RequestDetail: z.ZodType<WireRequestDetail> = z.strictObject({
  ...request,
  attempts: z.array(attempt).readonly(),
  body: z.string(),
  headers: z.record(z.string(), z.string()).readonly(),
})

export const limits = z.strictObject({
  monitors: count.nullable(),
  frequency: count,
  webhooks_per_group: count,
  subscriptions: count,
  rate: count,
})
export const usage = z.strictObject({ monitors: count, webhooks: count })

export const Me: z.ZodType<WireMe> = z.strictObject({
  organization: z.strictObject({ uuid: idOf('org'), name: z.string(), plan: z.string() }),
  key: z.strictObject({ uuid: idOf('key'), name: z.string(), scopes: z.array(z.enum(SCOPES)).readonly() }),
  limits,
  usage,
  server: z.strictObject({ name: z.string(), version: z.string() }),
})

export const Organization: z.ZodType<WireOrganization> = z.strictObject({
  uuid: idOf('org'),
  created: time,
  name: z.string(),
  plan: z.string(),
  limits,
  usage,
})

const key = {
  uuid: idOf('key'),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)).readonly(),
  created: time,
  expires: maybeTime,
  last_used: maybeTime,
}
export const Key: z.ZodType<WireKey> = z.strictObject(key)
export const KeyWithSecret: z.ZodType<WireKeyWithSecret> = z.strictObject({
  ...key,
  key: z.string().regex(/^sk_[0-9A-Za-z]{40}$/),
})

export const EntriApplication: z.ZodType<WireEntriApplication> = z.strictObject({
  uuid: idOf('app'),
  application_id: z.string(),
  webhook_url: maybeText,
  user_id: maybeText,
  created: time,
  secret: z
    .string()
    .exactOptional()
    .meta({ description: 'Only in the answer that follows when it was made or changed.' }),
})

export const AuditEntry: z.ZodType<WireAuditEntry> = z.strictObject({
  uuid: idOf('aud'),
  created: time,
  key_uuid: idOf('key').nullable(),
  action: z.string(),
  object: z.string().meta({
    description:
      'The id of what was written. Of several objects that one request wrote, the id of the first; `changes.count` says how many there were.',
  }),
  changes: z.record(z.string(), z.unknown()).readonly(),
})

export const Node: z.ZodType<WireNode> = z.strictObject({
  id: idOf('nod'),
  roles: z.array(z.string()).readonly(),
  version: z.string(),
  started: time,
  heartbeat: time,
})

/** What a DELETE answers: 204 and no body. */
export const NoContent: z.ZodType<void> = z.void()

export const Health: z.ZodType<{ readonly status: 'ok' }> = z.strictObject({ status: z.literal('ok') })

const pages = new WeakMap<z.ZodType, z.ZodType>()

/** The same schema each time for the same items, so that what describes the API can give it one name. */
export function pageOf<T>(item: z.ZodType<T>): z.ZodType<WirePage<T>> {
  const known = pages.get(item)
  // Sound because only `newPageOf` of this very item was put there.
  if (known !== undefined) return known as z.ZodType<WirePage<T>>
  const page = newPageOf(item)
  pages.set(item, page)
  return page
}

function newPageOf<T>(item: z.ZodType<T>): z.ZodType<WirePage<T>> {
  return z.strictObject({
    limit: count,
    after: maybeText,
    before: maybeText,
    has_more: z.boolean(),
    data: z.array(item).readonly(),
  })
}
