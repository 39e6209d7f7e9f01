/**
 * From changes that are being recorded to the rows that tell of them: events, deliveries and the queues' next numbers.
 *
 * Both engines call this inside the recording transaction, PostgreSQL after it has locked the webhooks: ids and numbers
 * are given here, so per webhook the order of events, ids and numbers is the order of commits.
 */
import {
  planDelivery,
  timeOf,
  type CheckResult,
  type DnsEvent,
  type GroupId,
  type MonitorId,
  type Mint,
  type OrganizationId,
  type Recipient,
  type StateChange,
} from '@dnsradar/core'
import { newDeliveryRow } from './rows/deliveries.ts'
import { eventRow, readEvent } from './rows/events.ts'
import { id, readId, readJson } from './rows/columns.ts'
import type { Bytes, DeliveryRow, EventRow, WebhookRow } from './tables.ts'

/** A recorded result that has news, with what its monitor's row says in this transaction. */
export interface RecordedChange {
  readonly result: CheckResult
  readonly change: StateChange
  readonly groupId: GroupId
  readonly groupSlug: string
  readonly externalId: string | null
}

/** An active webhook that may want to hear of a change, and the number its next delivery takes. */
export interface QueueTail {
  readonly orgId: OrganizationId
  readonly recipient: Recipient
  nextSeq: number
}

export type TailRow = Pick<WebhookRow, 'id' | 'org_id' | 'all_groups' | 'filters' | 'next_seq'>

export function readTail(row: TailRow, groups: readonly GroupId[]): QueueTail {
  return {
    orgId: readId('org', row.org_id),
    recipient: {
      id: readId('wh', row.id),
      isActive: true,
      groups,
      allGroups: row.all_groups === 1,
      filters: readJson(row.filters),
    },
    nextSeq: row.next_seq,
  }
}

export interface Publication {
  readonly events: ReadonlyMap<MonitorId, DnsEvent>
  readonly eventRows: readonly EventRow[]
  readonly deliveryRows: readonly DeliveryRow[]
  /** The webhooks that got deliveries, with the numbers that come next. */
  readonly queues: readonly { readonly orgId: Bytes; readonly webhookId: Bytes; readonly nextSeq: number }[]
}

/** `tails` in the order in which a change's deliveries are made. Their numbers are moved on. */
export function publish(changes: readonly RecordedChange[], tails: readonly QueueTail[], mint: Mint): Publication {
  const events = new Map<MonitorId, DnsEvent>()
  const eventRows: EventRow[] = []
  const deliveryRows: DeliveryRow[] = []
  const grown = new Set<QueueTail>()
  for (const change of changes) {
    const row = eventRow(newEvent(change, mint))
    // Read back from its row, so that the body that is sent and the event that is listed are scrubbed alike.
    const event = readEvent(row)
    events.set(event.monitorId, event)
    eventRows.push(row)
    for (const tail of tails) {
      if (tail.orgId !== event.orgId) continue
      const planned = planDelivery(event, change.groupSlug, tail.recipient, mint)
      if (planned === null) continue
      const numbered = { ...planned, sequence: tail.nextSeq, nextAttempt: null }
      deliveryRows.push(newDeliveryRow(tail.orgId, tail.recipient.id, numbered))
      tail.nextSeq += 1
      grown.add(tail)
    }
  }
  const queues = [...grown].map(({ orgId, recipient, nextSeq }) => ({
    orgId: id(orgId),
    webhookId: id(recipient.id),
    nextSeq,
  }))
  return { events, eventRows, deliveryRows, queues }
}

function newEvent({ result, change, groupId, externalId }: RecordedChange, mint: Mint): DnsEvent {
  const { monitor } = result.check
  const eventId = mint('evt')
  return {
    ...change,
    id: eventId,
    orgId: monitor.orgId,
    monitorId: monitor.id,
    groupId,
    occurred: timeOf(eventId),
    domain: monitor.domain,
    subdomain: monitor.subdomain,
    type: monitor.type,
    expected: result.baseline ?? monitor.expected,
    externalId,
  }
}
