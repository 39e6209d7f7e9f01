/**
 * The tables as both engines' drivers give them: ids as 16 bytes, booleans as 0 and 1, JSON as text, times as epoch
 * milliseconds. SQLite's driver does so by nature, PostgreSQL's is told to in postgres/database.ts; so every query and
 * every row is written once. Tables that only one engine's own statements touch are not listed.
 */
export type Bit = 0 | 1
export type Bytes = Uint8Array

export interface Tables {
  organizations: OrganizationRow
  api_keys: ApiKeyRow
  groups: GroupRow
  monitors: MonitorRow
  monitor_labels: MonitorLabelRow
  checks: CheckRow
  looks: LookRow
  events: EventRow
  system_events: SystemEventRow
  webhooks: WebhookRow
  webhook_groups: WebhookGroupRow
  webhook_pauses: WebhookPauseRow
  deliveries: DeliveryRow
  attempts: AttemptRow
  audit: AuditRow
  idempotency: IdempotencyRow
  nodes: NodeRow
  moves: MoveRow
  entri_applications: EntriApplicationRow
  entri_domains: EntriDomainRow
  entri_records: EntriRecordRow
  entri_batches: EntriBatchRow
  entri_batch_items: EntriBatchItemRow
}

export interface OrganizationRow {
  id: Bytes
  name: string
  plan: string
  is_default: Bit
  created: number
}

export interface ApiKeyRow {
  id: Bytes
  org_id: Bytes
  hash: Bytes
  name: string
  scopes: string
  is_bootstrap: Bit
  created: number
  expires: number | null
  last_used: number | null
}

export interface GroupRow {
  id: Bytes
  org_id: Bytes
  slug: string
  name: string
  kind: string
  is_default: Bit
  is_public: Bit
  created: number
}

export interface MonitorRow {
  id: Bytes
  org_id: Bytes
  group_id: Bytes
  phase: number
  owner_domain: string
  owner_subdomain: string | null
  owner_name: string
  registrable: string
  record_type: string
  match: string
  expected: string
  expected_version: number
  frequency: number
  notify: string
  is_active: Bit
  external_id: string | null
  metadata: string
  created: number
  updated: number
}

export interface MonitorLabelRow {
  org_id: Bytes
  key: string
  value: string
  monitor_id: Bytes
}

/** What a check writes. */
export interface StatusColumns {
  next_check: number
  last_checked: number | null
  state: string
  current: string | null
  answer_hash: string | null
  reasons: string
  incidence_count: number
  broken_since: number | null
  was_valid: Bit
  pending: string | null
}

export interface SystemEventRow {
  id: Bytes
  org_id: Bytes
  type: string
  created: number
  data: string
  subject: string | null
  notify_at: number | null
  notify_owed: string | null
}

/** What a look needs of its monitor, once more beside what it writes. */
export type TargetColumns = Pick<
  MonitorRow,
  'owner_name' | 'registrable' | 'record_type' | 'expected_version' | 'frequency'
>

export interface CheckRow extends StatusColumns, TargetColumns {
  org_id: Bytes
  phase: number
  monitor_id: Bytes
  is_active: Bit
}

export interface LookRow {
  org_id: Bytes
  monitor_id: Bytes
  looked: number
  look: string
}

export interface EventRow {
  id: Bytes
  org_id: Bytes
  monitor_id: Bytes
  group_id: Bytes
  kind: string
  occurred: number
  owner_domain: string
  owner_subdomain: string | null
  record_type: string
  expected: string
  external_id: string | null
  old_state: string
  new_state: string
  previous: string
  current: string
  incidence_count: number
  reasons: string
  confirmed: Bit
}

export interface WebhookRow {
  id: Bytes
  org_id: Bytes
  source: string | null
  url: string
  method: string
  headers: Bytes
  secret: Bytes
  caller_gave_secret: Bit
  previous_secret: Bytes | null
  secret_until: number | null
  format: string
  format_options: Bytes
  filters: string
  all_groups: Bit
  timeout: number
  is_active: Bit
  disabled_reason: string | null
  next_seq: number
  next_at: number | null
  resume_at: number | null
  retries: number
  last_error: string | null
  last_executed: number | null
  created: number
}

export interface WebhookGroupRow {
  org_id: Bytes
  webhook_id: Bytes
  group_id: Bytes
}

export interface WebhookPauseRow {
  org_id: Bytes
  webhook_id: Bytes
  since: number
  until: number | null
  reason: string
}

export interface DeliveryRow {
  id: Bytes
  org_id: Bytes
  webhook_id: Bytes
  event_id: Bytes | null
  system_event_id: Bytes | null
  seq: number | null
  kind: string
  status: string
  body: string
  headline: string
  created: number
  delivered: number | null
  last_attempt: number | null
  next_attempt: number | null
  attempts: number
  status_code: number | null
  response_body: string | null
  error_message: string | null
}

export interface AttemptRow {
  delivery_id: Bytes
  number: number
  org_id: Bytes
  started: number
  duration: number
  phases: string
  ip: string | null
  status_code: number | null
  error_class: string | null
  error_message: string | null
  response_body: string | null
  retry_after: number | null
  late: Bit
}

export interface AuditRow {
  id: Bytes
  org_id: Bytes
  key_id: Bytes | null
  action: string
  object: string
  changes: string
  created: number
}

export interface MoveRow {
  source_id: Bytes
  begun: number
  finished: number | null
}

/** On PostgreSQL only. */
export interface NodeRow {
  id: Bytes
  roles: string
  version: string
  started: number
  heartbeat: number
}

export interface IdempotencyRow {
  org_id: Bytes
  key_id: Bytes
  key: string
  request_hash: Bytes
  response: Bytes | null
  expires: number
}

export interface EntriApplicationRow {
  id: Bytes
  org_id: Bytes
  application_id: string
  secret: Bytes
  webhook_id: Bytes | null
  user_id: string | null
  created: number
}

export interface EntriDomainRow {
  org_id: Bytes
  group_id: Bytes
  application_id: Bytes
  domain: string
  user_id: string
  created: number
  updated: number
}

export interface EntriRecordRow {
  org_id: Bytes
  monitor_id: Bytes
  group_id: Bytes
  type: string
  host: string
  value: string
  ttl: number
  priority: string | null
}

export interface EntriBatchRow {
  id: Bytes
  org_id: Bytes
  application_id: Bytes
  status: string
  created: number
  lease_until: number | null
}

export interface EntriBatchItemRow {
  org_id: Bytes
  batch_id: Bytes
  position: number
  domain: string
  body: string
  status: string
  error: string | null
}
