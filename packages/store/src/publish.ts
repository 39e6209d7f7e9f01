/**
 * From what happened to the rows that tell of it: events, system events, deliveries and the queues' next numbers.
 *
 * Both engines call this inside the transaction that makes it happen, PostgreSQL after it has locked the webhooks: ids
 * and numbers are given here, so per webhook the order of events, ids and numbers is the order of commits. System events
 * come after the DNS events that made them.
 */
import {
  planDelivery,
  timeOf,
  wantsKind,
  type CheckResult,
  type DnsEvent,
  type GroupId,
  type Happening,
  type Monitor,
  type MonitorId,
  type News,
  type OrganizationId,
  type Recipient,
  type StateChange,
} from '@dnsradar/core'
import type { QueryContext } from './queries/context.ts'
import { newDeliveryRow } from './rows/deliveries.ts'
import { eventRow, readEvent } from './rows/events.ts'
import { id, readId, readJson } from './rows/columns.ts'
import { readSystemEvent, systemEventRow } from './rows/system-events.ts'
import { openOptions } from './rows/webhooks.ts'
import type { KeyRing } from './seal.ts'
import type { Bytes, DeliveryRow, EventRow, SystemEventRow, WebhookGroupRow, WebhookRow } from './tables.ts'

/** A recorded result that has news, with what its monitor's rows say in this transaction. */
export interface RecordedChange {
  readonly result: CheckResult
  readonly change: StateChange
  readonly monitor: Monitor
  readonly groupSlug: string
}

/** An active webhook that may want to hear of something, and the number its next delivery takes. */
export interface QueueTail {
  readonly orgId: OrganizationId
  readonly recipient: Recipient
  nextSeq: number
}

export type TailRow = Pick<WebhookRow, (typeof TAIL_COLUMNS)[number]>

export const TAIL_COLUMNS = [
  'id',
  'org_id',
  'source',
  'format',
  'format_options',
  'all_groups',
  'filters',
  'next_seq',
] as const

/** `links` are the groups of these webhooks, as far as they matter. */
export function readTails(
  rows: readonly TailRow[],
  links: readonly Pick<WebhookGroupRow, 'webhook_id' | 'group_id'>[],
  ring: KeyRing,
): QueueTail[] {
  const linked = Map.groupBy(links, (link) => readId('wh', link.webhook_id))
  return rows.map((row) => {
    const groups = (linked.get(readId('wh', row.id)) ?? []).map((link) => readId('grp', link.group_id))
    return readTail(row, groups, ring)
  })
}

export function readTail(row: TailRow, groups: readonly GroupId[], ring: KeyRing): QueueTail {
  let opened: Recipient['formatOptions'] | undefined
  return {
    orgId: readId('org', row.org_id),
    recipient: {
      id: readId('wh', row.id),
      isActive: true,
      source: row.source as Recipient['source'],
      format: row.format as Recipient['format'],
      // Opened at most once, and only for a format that writes with them.
      get formatOptions() {
        return (opened ??= openOptions(row, ring))
      },
      groups,
      allGroups: row.all_groups === 1,
      filters: readJson(row.filters),
    },
    nextSeq: row.next_seq,
  }
}

/** Where to look for webhooks that may want to hear of something. */
export interface Audience {
  readonly orgs: readonly OrganizationId[]
  readonly groups: readonly GroupId[]
  /** Something is bound to no group: every active webhook of the organizations may want it. */
  readonly everyone: boolean
}

export function audienceOf(changes: readonly RecordedChange[], happenings: readonly Happening[]): Audience {
  return {
    orgs: [...new Set([...changes.map(({ monitor }) => monitor.orgId), ...happenings.map(orgOf)])],
    groups: [...new Set([...changes.map(({ monitor }) => monitor.groupId), ...happenings.flatMap(groupsOf)])],
    everyone: happenings.some(({ subject }) => subject.of === 'webhook' || subject.of === 'resolver'),
  }
}

function orgOf({ orgId }: Happening): OrganizationId {
  return orgId
}

function groupsOf({ subject }: Happening): readonly GroupId[] {
  switch (subject.of) {
    case 'monitor':
      return [subject.groupId]
    case 'domain':
      return subject.groups
    case 'webhook':
    case 'resolver':
      return []
  }
}

export interface Publication {
  readonly events: ReadonlyMap<MonitorId, DnsEvent>
  readonly eventRows: readonly EventRow[]
  readonly systemEventRows: readonly SystemEventRow[]
  readonly deliveryRows: readonly DeliveryRow[]
  /** The webhooks that got deliveries, with the numbers that come next. */
  readonly queues: readonly { readonly orgId: Bytes; readonly webhookId: Bytes; readonly nextSeq: number }[]
}

/** `tails` in the order in which the deliveries of one event are made. Their numbers are moved on. */
export function publish(
  { mint, monitorUrl }: Pick<QueryContext, 'mint' | 'monitorUrl'>,
  changes: readonly RecordedChange[],
  happenings: readonly Happening[],
  tails: readonly QueueTail[],
): Publication {
  const deliveryRows: DeliveryRow[] = []
  const grown = new Set<QueueTail>()
  const announce = (news: News): void => {
    for (const tail of tails) {
      if (tail.orgId !== news.event.orgId) continue
      const planned = planDelivery(news, tail.recipient, mint)
      if (planned === null) continue
      const numbered = { ...planned, sequence: tail.nextSeq, nextAttempt: null }
      deliveryRows.push(newDeliveryRow(tail.orgId, tail.recipient.id, numbered))
      tail.nextSeq += 1
      grown.add(tail)
    }
  }

  const events = new Map<MonitorId, DnsEvent>()
  const eventRows = changes.map((change) => {
    const row = eventRow(newEvent(change, mint))
    // Read back from its row, so that the body that is sent and the event that is listed are scrubbed alike.
    const event = readEvent(row)
    events.set(event.monitorId, event)
    announce({ of: 'record', event, circumstances: circumstancesOf(change, monitorUrl) })
    return row
  })
  const systemEventRows = happenings.map((happening) => {
    const row = systemEventRow(happening, mint)
    // Read back too, but only for listeners: when a thousand monitors are made there mostly are none.
    if (tails.some((tail) => listens(tail, happening))) {
      announce({ of: 'system', event: readSystemEvent(row), subject: happening.subject })
    }
    return row
  })
  const queues = [...grown].map(({ orgId, recipient, nextSeq }) => ({
    orgId: id(orgId),
    webhookId: id(recipient.id),
    nextSeq,
  }))
  return { events, eventRows, systemEventRows, deliveryRows, queues }
}

function listens({ orgId, recipient }: QueueTail, happening: Happening): boolean {
  return orgId === happening.orgId && wantsKind(recipient.filters, happening.type)
}

function newEvent({ change, monitor }: RecordedChange, mint: QueryContext['mint']): DnsEvent {
  const eventId = mint('evt')
  return {
    ...change,
    id: eventId,
    orgId: monitor.orgId,
    monitorId: monitor.id,
    groupId: monitor.groupId,
    occurred: timeOf(eventId),
    domain: monitor.domain,
    subdomain: monitor.subdomain,
    type: monitor.type,
    expected: monitor.expected,
    externalId: monitor.externalId,
  }
}

function circumstancesOf({ result, monitor, groupSlug }: RecordedChange, monitorUrl: QueryContext['monitorUrl']) {
  return {
    groupSlug,
    match: monitor.match,
    metadata: monitor.metadata,
    // A restoration ends the incident that the status before it speaks of.
    brokenSince: result.status.brokenSince ?? result.check.status.brokenSince,
    url: monitorUrl(monitor.id),
  }
}
