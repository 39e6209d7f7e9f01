import { idFromHex, type DnsEvent, type OrganizationId } from '@dnsradar/core'
import type { EventRow } from '../tables.ts'
import { bit, id, json, readGroupHex, readId, readJson, readJsonLike, text, textOrNull } from './columns.ts'

/** All but the ids. */
export const EVENT_COLUMNS = [
  'kind',
  'occurred',
  'owner_domain',
  'owner_subdomain',
  'record_type',
  'expected',
  'external_id',
  'old_state',
  'new_state',
  'previous',
  'current',
  'incidence_count',
  'reasons',
  'confirmed',
] as const satisfies readonly (keyof EventRow)[]
type Recorded = Pick<EventRow, (typeof EVENT_COLUMNS)[number]>

/** As lists select it: the organization is known, and ids are hexadecimal. */
export type ListedRow = Recorded & { readonly id: string; readonly monitor_id: string; readonly group_id: string }

export function eventRow(event: DnsEvent): EventRow {
  return {
    id: id(event.id),
    org_id: id(event.orgId),
    monitor_id: id(event.monitorId),
    group_id: id(event.groupId),
    kind: event.kind,
    occurred: event.occurred,
    owner_domain: text(event.domain),
    owner_subdomain: textOrNull(event.subdomain),
    record_type: event.type,
    expected: json(event.expected),
    external_id: textOrNull(event.externalId),
    old_state: event.oldState,
    new_state: event.newState,
    previous: json(event.previous),
    current: json(event.current),
    incidence_count: event.incidenceCount,
    reasons: json(event.reasons),
    confirmed: bit(event.confirmed),
  }
}

export function readEvent(row: EventRow): DnsEvent {
  return recorded(
    {
      id: readId('evt', row.id),
      orgId: readId('org', row.org_id),
      monitorId: readId('mon', row.monitor_id),
      groupId: readId('grp', row.group_id),
    },
    row,
  )
}

export function readListed(orgId: OrganizationId, row: ListedRow): DnsEvent {
  return recorded(
    {
      id: idFromHex('evt', row.id),
      orgId,
      monitorId: idFromHex('mon', row.monitor_id),
      groupId: readGroupHex(row.group_id),
    },
    row,
  )
}

/** What is expected was mostly there before the change, or is there after it. */
function recorded(ids: Pick<DnsEvent, 'id' | 'orgId' | 'monitorId' | 'groupId'>, row: Recorded): DnsEvent {
  const expected = readJson<DnsEvent['expected']>(row.expected)
  return {
    ...ids,
    kind: row.kind as DnsEvent['kind'],
    occurred: row.occurred,
    domain: row.owner_domain,
    subdomain: row.owner_subdomain,
    type: row.record_type as DnsEvent['type'],
    expected,
    externalId: row.external_id,
    oldState: row.old_state as DnsEvent['oldState'],
    newState: row.new_state as DnsEvent['newState'],
    previous: readJsonLike(row.previous, row.expected, expected),
    current: readJsonLike(row.current, row.expected, expected),
    incidenceCount: row.incidence_count,
    reasons: readJson(row.reasons),
    confirmed: row.confirmed === 1,
  }
}
