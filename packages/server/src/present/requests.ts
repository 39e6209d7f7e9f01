/** Deliveries and their attempts on the wire, which calls them requests. */
import type { WireAttempt, WireRequest, WireRequestDetail } from '@dnsradar/client'
import { type Attempt, type Delivery, wireTime } from '@dnsradar/core'
import { maybeTime } from './words.ts'

export function presentRequest(delivery: Delivery): WireRequest {
  return {
    uuid: wireId(delivery),
    webhook_uuid: delivery.webhookId,
    event_uuid: delivery.eventId,
    created: wireTime(delivery.created),
    status_code: delivery.statusCode,
    response_body: delivery.responseBody,
    error_message: delivery.errorMessage,
    status: delivery.status,
    kind: delivery.kind,
    retries: Math.max(0, delivery.attempts - 1),
    delivered: maybeTime(delivery.delivered),
    last_attempt: maybeTime(delivery.lastAttempt),
    next_attempt: maybeTime(delivery.nextAttempt),
    sequence: delivery.sequence,
    system_event_uuid: delivery.systemEventId,
  }
}

/** A test is marked in its id, the same as in the body that its receiver gets. */
function wireId({ id, kind }: Delivery): string {
  return kind === 'test' ? id.replace(/^req_/, 'req_test_') : id
}

export function presentRequestDetail(
  delivery: Delivery,
  attempts: readonly Attempt[],
  headers: readonly (readonly [name: string, value: string])[],
): WireRequestDetail {
  return {
    ...presentRequest(delivery),
    attempts: attempts.map(presentAttempt),
    body: delivery.body,
    headers: Object.fromEntries(headers),
  }
}

function presentAttempt({ number, started, outcome }: Attempt): WireAttempt {
  const { dns, connect, tls, firstByte } = outcome.phases
  return {
    number,
    started: wireTime(started),
    duration_ms: Math.round(outcome.durationMs),
    phases: { dns, connect, tls, first_byte: firstByte },
    ip: outcome.ip,
    status_code: outcome.statusCode,
    error_class: outcome.kind === 'failed' ? outcome.errorClass : null,
    error_message: outcome.kind === 'failed' ? outcome.errorMessage : null,
    response_body: outcome.responseBody,
  }
}
