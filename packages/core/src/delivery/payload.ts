/**
 * The body of a delivery: one `JSON.stringify`, stored as text and never serialised again.
 *
 * Receivers in the wild sign `JSON.stringify(JSON.parse(body))` as often as the raw bytes, so the text has to be a
 * fixed point of that round trip: plain objects, no integer-like keys, no lone surrogates.
 */
import type { DeliveryId, SystemEventId, WebhookId } from '../ids.ts'
import type { DnsEvent, SystemEventKind } from '../monitor/event.ts'

export interface DeliveryIdentity {
  readonly id: DeliveryId
  readonly webhookId: WebhookId
  /** Epoch milliseconds. */
  readonly created: number
}

/** Epoch milliseconds as the wire writes times: ISO 8601, UTC, whole seconds. */
export function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** `context` goes to subscriptions; null leaves exactly the members that every webhook gets. */
export function dnsEventBody(
  delivery: DeliveryIdentity,
  event: DnsEvent,
  context: Readonly<Record<string, unknown>> | null,
): string {
  return JSON.stringify({
    uuid: delivery.id,
    webhook_uuid: delivery.webhookId,
    created: wireTime(delivery.created),
    event: {
      event_uuid: event.id,
      monitor_uuid: event.monitorId,
      domain: event.domain,
      subdomain: event.subdomain,
      record_type: event.type,
      expected_value: event.expected,
      previous_value: event.previous,
      current_value: event.current,
      old_state: event.oldState,
      new_state: event.newState,
      occurred: wireTime(event.occurred),
      incidence_count: event.incidenceCount,
    },
    ...(context === null ? {} : { context }),
  })
}

export function systemEventBody(
  delivery: DeliveryIdentity,
  event: {
    readonly id: SystemEventId
    readonly type: SystemEventKind
    readonly data: Readonly<Record<string, unknown>>
  },
): string {
  return JSON.stringify({
    uuid: delivery.id,
    webhook_uuid: delivery.webhookId,
    created: wireTime(delivery.created),
    type: event.type,
    data: { system_event_uuid: event.id, ...event.data },
  })
}
