/** A webhook's row. Headers, secrets and format options are sealed: they hold what the receiver trusts. */
import { timeOf, type NewWebhook, type OrganizationId, type Webhook, type WebhookId } from '@dnsradar/core'
import { seal, unseal, type KeyRing } from '../seal.ts'
import type { Bytes, WebhookRow } from '../tables.ts'
import { bit, id, json, readId, readJson, text } from './columns.ts'

/** What a webhook is made of beside its own row. */
export interface WebhookParts {
  readonly groups: readonly Bytes[]
  /** Open deliveries in the queue. */
  readonly pending: number
}

export function newWebhookRow(
  webhookId: WebhookId,
  orgId: OrganizationId,
  webhook: NewWebhook,
  ring: KeyRing,
): WebhookRow {
  return {
    id: id(webhookId),
    org_id: id(orgId),
    source: webhook.source,
    ...configurationColumns({ webhookId, orgId }, webhook, ring),
    ...secretColumns({ webhookId, orgId }, webhook, ring),
    is_active: bit(webhook.isActive),
    disabled_reason: webhook.isActive ? null : 'manual',
    next_seq: 1,
    next_at: null,
    resume_at: null,
    retries: 0,
    last_error: null,
    last_executed: null,
    created: timeOf(webhookId),
  }
}

/** Whose values are sealed. */
export interface WebhookPlace {
  readonly webhookId: WebhookId
  readonly orgId: OrganizationId
}

function sealed(place: WebhookPlace, ring: KeyRing, column: string, value: string): Bytes {
  return seal(ring, { orgId: place.orgId, rowId: place.webhookId, column }, text(value))
}

/** What an edit may change beside the secret. */
export function configurationColumns(
  place: WebhookPlace,
  webhook: Omit<NewWebhook, 'source' | 'groups' | 'secret' | 'callerGaveSecret' | 'isActive'>,
  ring: KeyRing,
) {
  return {
    url: text(webhook.url),
    method: webhook.method,
    headers: sealed(place, ring, 'headers', json(webhook.headers)),
    format: webhook.format,
    format_options: sealed(place, ring, 'format_options', json(webhook.formatOptions)),
    filters: json(webhook.filters),
    all_groups: bit(webhook.allGroups),
    timeout: webhook.timeoutMs,
  } satisfies Partial<WebhookRow>
}

/** A secret that counts at once, and alone. */
export function secretColumns(
  place: WebhookPlace,
  { secret, callerGaveSecret }: Pick<NewWebhook, 'secret' | 'callerGaveSecret'>,
  ring: KeyRing,
) {
  return {
    secret: sealed(place, ring, 'secret', secret),
    caller_gave_secret: bit(callerGaveSecret),
    previous_secret: null,
    secret_until: null,
  } satisfies Partial<WebhookRow>
}

/** A new secret beside the present one, which signs until `until`; with null it does not. */
export function rotatedColumns(
  place: WebhookPlace,
  current: Pick<Webhook, 'secret'>,
  { secret, until }: { readonly secret: string; readonly until: number | null },
  ring: KeyRing,
) {
  return {
    secret: sealed(place, ring, 'secret', secret),
    previous_secret: until === null ? null : sealed(place, ring, 'previous_secret', current.secret),
    secret_until: until,
  } satisfies Partial<WebhookRow>
}

export function readWebhook(row: WebhookRow, parts: WebhookParts, ring: KeyRing): Webhook {
  const webhookId = readId('wh', row.id)
  const orgId = readId('org', row.org_id)
  const opened = (column: string, value: Bytes): string => unseal(ring, { orgId, rowId: webhookId, column }, value)
  return {
    id: webhookId,
    orgId,
    created: row.created,
    url: row.url,
    method: row.method as Webhook['method'],
    headers: readJson(opened('headers', row.headers)),
    secret: opened('secret', row.secret),
    callerGaveSecret: row.caller_gave_secret === 1,
    previousSecret: row.previous_secret === null ? null : opened('previous_secret', row.previous_secret),
    previousSecretUntil: row.secret_until,
    source: row.source as Webhook['source'],
    format: row.format as Webhook['format'],
    formatOptions: openOptions(row, ring),
    groups: parts.groups.map((group) => readId('grp', group)),
    allGroups: row.all_groups === 1,
    filters: readJson(row.filters),
    timeoutMs: row.timeout,
    isActive: row.is_active === 1,
    disabledReason: row.disabled_reason as Webhook['disabledReason'],
    lastError: row.last_error,
    lastExecuted: row.last_executed,
    retries: row.retries,
    nextAttempt: row.next_at,
    resumeAt: row.resume_at,
    pending: parts.pending,
  }
}

export function openOptions(
  row: Pick<WebhookRow, 'id' | 'org_id' | 'format_options'>,
  ring: KeyRing,
): Webhook['formatOptions'] {
  const place = { orgId: readId('org', row.org_id), rowId: readId('wh', row.id), column: 'format_options' }
  return readJson(unseal(ring, place, row.format_options))
}
