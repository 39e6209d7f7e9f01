/**
 * Which webhooks hear of an event, and what each is sent.
 *
 * Called by the stores inside the transaction that records the event: a delivery exists exactly when its event does.
 */
import type { DeliveryId, EventId, Mint } from '../ids.ts'
import { timeOf } from '../ids.ts'
import type { DnsEvent } from '../monitor/event.ts'
import type { DeliveryHeadline, Webhook } from './delivery.ts'
import { dnsEventBody } from './payload.ts'

export interface PlannedDelivery {
  readonly id: DeliveryId
  readonly eventId: EventId
  readonly kind: 'event'
  readonly created: number
  readonly body: string
  readonly headline: DeliveryHeadline
}

export type Recipient = Pick<Webhook, 'id' | 'isActive' | 'groups' | 'allGroups' | 'filters'>

/** Null when this webhook does not want this event. The engine numbers what it gets, in the order of the events. */
export function planDelivery(
  event: DnsEvent,
  groupSlug: string,
  webhook: Recipient,
  mint: Mint,
): PlannedDelivery | null {
  if (!wants(webhook, event)) return null
  const id = mint('req')
  const created = timeOf(id)
  return {
    id,
    eventId: event.id,
    kind: 'event',
    created,
    body: dnsEventBody({ id, webhookId: webhook.id, created }, event),
    headline: { kind: event.kind, group: groupSlug, externalId: event.externalId },
  }
}

export function wants(webhook: Recipient, event: DnsEvent): boolean {
  const { events, states, recordTypes, monitors } = webhook.filters
  return (
    webhook.isActive &&
    (webhook.allGroups || webhook.groups.includes(event.groupId)) &&
    events.some((pattern) => kindMatches(pattern, event.kind)) &&
    allows(states, event.newState) &&
    allows(recordTypes, event.type) &&
    allows(monitors, event.monitorId)
  )
}

/** `record.*` covers `record.broken`; `*` covers everything; wildcards stand at the end only. */
export function kindMatches(pattern: string, kind: string): boolean {
  return pattern.endsWith('*') ? kind.startsWith(pattern.slice(0, -1)) : pattern === kind
}

/** An empty filter list means "any". */
function allows<T>(list: readonly T[], value: T): boolean {
  return list.length === 0 || list.includes(value)
}
