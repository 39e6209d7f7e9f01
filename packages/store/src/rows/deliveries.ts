/** Deliveries and their attempts. */
import type { Attempt, Delivery, OrganizationId, Outcome, PlannedDelivery, Settlement, WebhookId } from '@dnsradar/core'
import type { AttemptRow, DeliveryRow } from '../tables.ts'
import { bit, id, json, readId, readJson, text, textOrNull } from './columns.ts'

/** A delivery nobody has tried yet. */
export type FreshDelivery = Omit<PlannedDelivery, 'kind'> & Pick<Delivery, 'kind' | 'sequence' | 'nextAttempt'>

export function newDeliveryRow(orgId: OrganizationId, webhookId: WebhookId, delivery: FreshDelivery): DeliveryRow {
  return {
    id: id(delivery.id),
    org_id: id(orgId),
    webhook_id: id(webhookId),
    event_id: delivery.eventId === null ? null : id(delivery.eventId),
    system_event_id: delivery.systemEventId === null ? null : id(delivery.systemEventId),
    seq: delivery.sequence,
    kind: delivery.kind,
    status: 'PENDING',
    body: text(delivery.body),
    headline: json(delivery.headline),
    created: delivery.created,
    delivered: null,
    last_attempt: null,
    next_attempt: delivery.nextAttempt,
    attempts: 0,
    status_code: null,
    response_body: null,
    error_message: null,
  }
}

export function readDelivery(row: DeliveryRow): Delivery {
  return {
    id: readId('req', row.id),
    orgId: readId('org', row.org_id),
    webhookId: readId('wh', row.webhook_id),
    eventId: row.event_id === null ? null : readId('evt', row.event_id),
    systemEventId: row.system_event_id === null ? null : readId('sys', row.system_event_id),
    sequence: row.seq,
    kind: row.kind as Delivery['kind'],
    status: row.status as Delivery['status'],
    body: row.body,
    headline: readJson(row.headline),
    created: row.created,
    delivered: row.delivered,
    lastAttempt: row.last_attempt,
    nextAttempt: row.next_attempt,
    attempts: row.attempts,
    statusCode: row.status_code,
    responseBody: row.response_body,
    errorMessage: row.error_message,
  }
}

/** What a settlement writes to its delivery. */
export type DeliveryOutcomeColumns = Pick<
  DeliveryRow,
  | 'status'
  | 'delivered'
  | 'last_attempt'
  | 'next_attempt'
  | 'attempts'
  | 'status_code'
  | 'response_body'
  | 'error_message'
>

export function outcomeColumns(delivery: Settlement['delivery']): DeliveryOutcomeColumns {
  return {
    status: delivery.status,
    delivered: delivery.delivered,
    last_attempt: delivery.lastAttempt,
    next_attempt: delivery.nextAttempt,
    attempts: delivery.attempts,
    status_code: delivery.statusCode,
    response_body: textOrNull(delivery.responseBody),
    error_message: textOrNull(delivery.errorMessage),
  }
}

export function attemptRow(delivery: Delivery, attempt: Attempt): AttemptRow {
  const { outcome } = attempt
  const failure = outcome.kind === 'failed' ? outcome : null
  return {
    delivery_id: id(delivery.id),
    number: attempt.number,
    org_id: id(delivery.orgId),
    started: attempt.started,
    duration: Math.round(outcome.durationMs),
    phases: json(outcome.phases),
    ip: textOrNull(outcome.ip),
    status_code: outcome.statusCode,
    error_class: failure?.errorClass ?? null,
    error_message: textOrNull(failure?.errorMessage ?? null),
    response_body: textOrNull(outcome.responseBody),
    retry_after: failure?.retryAfterMs ?? null,
    late: bit(attempt.late),
  }
}

export function readAttempt(row: AttemptRow): Attempt {
  return { number: row.number, started: row.started, late: row.late === 1, outcome: readOutcome(row) }
}

function readOutcome(row: AttemptRow): Outcome {
  const seen = { ip: row.ip, phases: readJson<Outcome['phases']>(row.phases), durationMs: row.duration }
  if (row.error_class === null) {
    return { kind: 'accepted', statusCode: row.status_code ?? 0, responseBody: row.response_body ?? '', ...seen }
  }
  return {
    kind: 'failed',
    errorClass: row.error_class as Extract<Outcome, { kind: 'failed' }>['errorClass'],
    errorMessage: row.error_message ?? '',
    statusCode: row.status_code,
    responseBody: row.response_body,
    retryAfterMs: row.retry_after,
    ...seen,
  }
}
