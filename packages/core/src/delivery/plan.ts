/**
 * Which webhooks hear of what, and what each is sent: DNS events and system events alike.
 *
 * Called by the stores inside the transaction that records the event: a delivery exists exactly when its event does.
 */
import type { DeliveryId, EventId, GroupId, Mint, SystemEventId } from '../ids.ts'
import { timeOf } from '../ids.ts'
import type { EventKind } from '../monitor/event.ts'
import type { DeliveryHeadline, Webhook } from './delivery.ts'
import { FORMAT_ROWS } from './formats/table.ts'
import type { News } from './news.ts'
import type { Subject } from './system-event.ts'

export type { News } from './news.ts'

export interface PlannedDelivery {
  readonly id: DeliveryId
  readonly eventId: EventId | null
  readonly systemEventId: SystemEventId | null
  readonly kind: 'event' | 'system'
  readonly created: number
  readonly body: string
  readonly headline: DeliveryHeadline
}

/** `formatOptions` may be opened when it is first read: most formats write without them. */
export type Recipient = Pick<
  Webhook,
  'id' | 'isActive' | 'source' | 'format' | 'formatOptions' | 'groups' | 'allGroups' | 'filters'
>

/** Null when this webhook does not want this. The engine numbers what it gets, in the order of the events. */
export function planDelivery(news: News, webhook: Recipient, mint: Mint): PlannedDelivery | null {
  if (!wants(webhook, news)) return null
  const id = mint('req')
  const created = timeOf(id)
  const identity = { id, webhookId: webhook.id, created }
  const body = FORMAT_ROWS[webhook.format].body({ news, identity, recipient: webhook, isTest: false })
  return { id, created, body, ...whatOf(news) }
}

function whatOf(news: News): Omit<PlannedDelivery, 'id' | 'created' | 'body'> {
  if (news.of === 'system') {
    const { event, subject } = news
    return {
      kind: 'system',
      eventId: null,
      systemEventId: event.id,
      headline: { kind: event.type, ...titleOf(subject) },
    }
  }
  const { event, circumstances } = news
  return {
    kind: 'event',
    eventId: event.id,
    systemEventId: null,
    headline: { kind: event.kind, group: circumstances.groupSlug, externalId: event.externalId },
  }
}

function titleOf(subject: Subject): Omit<DeliveryHeadline, 'kind'> {
  return subject.of === 'monitor'
    ? { group: subject.groupSlug, externalId: subject.externalId }
    : { group: null, externalId: null }
}

export function wants(webhook: Recipient, news: News): boolean {
  const kind = news.of === 'record' ? news.event.kind : news.event.type
  return webhook.isActive && wantsKind(webhook.filters, kind) && covers(webhook, news)
}

/** Which of the other filters bind depends on what the news speaks of. */
function covers(webhook: Recipient, news: News): boolean {
  const { states, recordTypes, monitors } = webhook.filters
  if (news.of === 'record') {
    const { groupId, newState, type, monitorId } = news.event
    return (
      inGroups(webhook, [groupId]) &&
      allows(states, newState) &&
      allows(recordTypes, type) &&
      allows(monitors, monitorId)
    )
  }
  const { subject } = news
  switch (subject.of) {
    case 'monitor':
      return (
        inGroups(webhook, [subject.groupId]) && allows(recordTypes, subject.type) && allows(monitors, subject.monitorId)
      )
    case 'domain':
      return inGroups(webhook, subject.groups)
    case 'webhook':
      return subject.webhookId !== webhook.id
    case 'resolver':
      return true
  }
}

function inGroups(webhook: Recipient, groups: readonly GroupId[]): boolean {
  return webhook.allGroups || groups.some((group) => webhook.groups.includes(group))
}

/** Whether the filter `events` lets this kind through; the other filters may still hold it back. */
export function wantsKind({ events }: Pick<Webhook['filters'], 'events'>, kind: EventKind): boolean {
  return events.some((pattern) => kindMatches(pattern, kind))
}

/** `record.*` covers `record.broken`; `*` covers everything; wildcards stand at the end only. */
export function kindMatches(pattern: string, kind: string): boolean {
  return pattern.endsWith('*') ? kind.startsWith(pattern.slice(0, -1)) : pattern === kind
}

/** An empty filter list means "any". */
function allows<T>(list: readonly T[], value: T): boolean {
  return list.length === 0 || list.includes(value)
}
