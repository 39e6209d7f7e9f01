import type { DnsEvent } from '@dnsradar/core'
import type { EventRow } from '../tables.ts'
import { bit, id, json, readId, readJson, text, textOrNull } from './columns.ts'

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
  return {
    id: readId('evt', row.id),
    orgId: readId('org', row.org_id),
    monitorId: readId('mon', row.monitor_id),
    groupId: readId('grp', row.group_id),
    kind: row.kind as DnsEvent['kind'],
    occurred: row.occurred,
    domain: row.owner_domain,
    subdomain: row.owner_subdomain,
    type: row.record_type as DnsEvent['type'],
    expected: readJson(row.expected),
    externalId: row.external_id,
    oldState: row.old_state as DnsEvent['oldState'],
    newState: row.new_state as DnsEvent['newState'],
    previous: readJson(row.previous),
    current: readJson(row.current),
    incidenceCount: row.incidence_count,
    reasons: readJson(row.reasons),
    confirmed: row.confirmed === 1,
  }
}
