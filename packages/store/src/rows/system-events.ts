import { concernsOperator, timeOf, type Happening, type Mint, type SystemEvent } from '@dnsradar/core'
import type { SystemEventRow } from '../tables.ts'
import { id, json, readId, readJson } from './columns.ts'

export function systemEventRow({ orgId, type, data, subject }: Happening, mint: Mint): SystemEventRow {
  const eventId = mint('sys')
  const created = timeOf(eventId)
  return {
    id: id(eventId),
    org_id: id(orgId),
    type,
    created,
    data: json(data),
    subject: json(subject),
    notify_at: concernsOperator({ type, data }) ? created : null,
    notify_owed: null,
  }
}

export function readSystemEvent(row: SystemEventRow): SystemEvent {
  return {
    id: readId('sys', row.id),
    orgId: readId('org', row.org_id),
    type: row.type as SystemEvent['type'],
    created: row.created,
    data: readJson(row.data),
  }
}
