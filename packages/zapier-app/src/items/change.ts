/**
 * A DNS change as a Zap sees it.
 *
 * The members of a delivery stay where they are (`event__domain` in a template); beside them stands what a message needs
 * and what the subscription's `context` tells. One function makes it from a delivery and from a listed event, because
 * Zapier holds a trigger's sample and its live data to one shape.
 */
import type { DnsDelivery, SubscriptionDelivery, WireEvent } from '@dnsradar/client'
import type { PlainOutputField } from 'zapier-platform-core'
import { hostnameOf, isBroken, lineOf, reasonText } from './names.ts'

type Context = SubscriptionDelivery['context']

export interface ChangeItem extends Context {
  /** The event's id: the same for every delivery of the event. */
  readonly id: string
  /** The delivery's id. Null for an event that was listed rather than delivered; the same for the webhook's. */
  readonly uuid: string | null
  readonly webhook_uuid: string | null
  readonly created: string
  readonly event: DnsDelivery['event']
  readonly is_broken: boolean
  /** The lists in one line each, for messages. */
  readonly expected_text: string
  readonly previous_text: string
  readonly current_text: string
  readonly missing_text: string
  readonly unexpected_text: string
  /** The cause in words; empty when there is none. */
  readonly reason: string
}

export function changeFromDelivery({ context, ...delivery }: SubscriptionDelivery): ChangeItem {
  return changeItem(delivery, context)
}

/** What a listed event does not say itself. */
export type Circumstances = Pick<Context, 'metadata' | 'broken_since' | 'broken_for_seconds'>

export function changeFromEvent(event: WireEvent, circumstances: Circumstances): ChangeItem {
  const { uuid, kind, group, external_id, reasons, confirmed: _, ...told } = event
  const delivery = { uuid: null, webhook_uuid: null, created: event.occurred, event: { event_uuid: uuid, ...told } }
  return changeItem(delivery, {
    kind,
    hostname: hostnameOf(event),
    group,
    external_id,
    reasons,
    // Only the server can tell these: they depend on how the monitor judged at that moment.
    missing: [],
    unexpected: [],
    summary: summaryOf(event),
    url: null,
    ...circumstances,
  })
}

type Delivery = Pick<ChangeItem, 'uuid' | 'webhook_uuid' | 'created' | 'event'>

function changeItem(delivery: Delivery, context: Context): ChangeItem {
  const { event } = delivery
  return {
    id: event.event_uuid,
    ...delivery,
    ...context,
    is_broken: isBroken(event.new_state),
    expected_text: lineOf(event.expected_value),
    previous_text: lineOf(event.previous_value),
    current_text: lineOf(event.current_value),
    missing_text: lineOf(context.missing),
    unexpected_text: lineOf(context.unexpected),
    reason: reasonText(context.reasons),
  }
}

/** Shorter than what the server writes into a delivery: it stands only where a Zap is being set up. */
function summaryOf(event: WireEvent): string {
  const change = `${event.record_type} record of ${hostnameOf(event)}: ${event.old_state} to ${event.new_state}.`
  return `${change} ${reasonText(event.reasons)}`.trim()
}

export const CHANGE_FIELDS: PlainOutputField[] = [
  { key: 'id', label: 'ID', type: 'string', primary: true },
  { key: 'summary', label: 'Summary', type: 'string' },
  { key: 'hostname', label: 'Hostname', type: 'string' },
  { key: 'is_broken', label: 'Is Broken', type: 'boolean' },
  { key: 'reason', label: 'Reason', type: 'string' },
  { key: 'expected_text', label: 'Expected Values (Text)', type: 'string' },
  { key: 'previous_text', label: 'Previous Values (Text)', type: 'string' },
  { key: 'current_text', label: 'Current Values (Text)', type: 'string' },
  { key: 'missing_text', label: 'Missing Values (Text)', type: 'string' },
  { key: 'unexpected_text', label: 'Unexpected Values (Text)', type: 'string' },
  { key: 'event__domain', label: 'Event Domain', type: 'string' },
  { key: 'event__subdomain', label: 'Event Subdomain', type: 'string' },
  { key: 'event__record_type', label: 'Event Record Type', type: 'string' },
  { key: 'event__old_state', label: 'Event Old State', type: 'string' },
  { key: 'event__new_state', label: 'Event New State', type: 'string' },
  { key: 'event__expected_value', label: 'Event Expected Value', type: 'string', list: true },
  { key: 'event__previous_value', label: 'Event Previous Value', type: 'string', list: true },
  { key: 'event__current_value', label: 'Event Current Value', type: 'string', list: true },
  { key: 'event__occurred', label: 'Event Occurred', type: 'datetime' },
  { key: 'event__incidence_count', label: 'Event Incidence Count', type: 'integer' },
  { key: 'event__event_uuid', label: 'Event UUID', type: 'string' },
  { key: 'event__monitor_uuid', label: 'Event Monitor UUID', type: 'string' },
  { key: 'uuid', label: 'Request UUID', type: 'string' },
  { key: 'webhook_uuid', label: 'Webhook UUID', type: 'string' },
  { key: 'created', label: 'Created', type: 'datetime' },
  { key: 'kind', label: 'Kind', type: 'string' },
  { key: 'group', label: 'Group', type: 'string' },
  { key: 'external_id', label: 'External ID', type: 'string' },
  { key: 'missing', label: 'Missing Values', type: 'string', list: true },
  { key: 'unexpected', label: 'Unexpected Values', type: 'string', list: true },
  { key: 'broken_since', label: 'Broken Since', type: 'datetime' },
  { key: 'broken_for_seconds', label: 'Broken for Seconds', type: 'integer' },
  { key: 'url', label: 'URL', type: 'string' },
]
