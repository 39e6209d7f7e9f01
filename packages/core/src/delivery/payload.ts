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
  const day = Math.floor(ms / DAY_MS)
  // A page of a list is hundreds of times, most of them of the day of the one before.
  if (day !== latestDay.day) latestDay = { day, date: new Date(day * DAY_MS).toISOString().split('T')[0] ?? '' }
  const seconds = Math.floor(ms / 1000) - day * DAY_SECONDS
  return `${latestDay.date}T${twoDigits(seconds / 3600)}:${twoDigits((seconds / 60) % 60)}:${twoDigits(seconds % 60)}Z`
}

const DAY_SECONDS = 86_400
const DAY_MS = DAY_SECONDS * 1000
let latestDay = { day: Number.NaN, date: '' }

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

function twoDigits(number: number): string {
  return TWO_DIGITS[Math.trunc(number)] as string
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
