import { timeOf, type Happening, type Mint, type SystemEvent } from '@dnsradar/core'
import type { SystemEventRow } from '../tables.ts'
import { id, json, readId, readJson } from './columns.ts'

export function systemEventRow({ orgId, type, data }: Happening, mint: Mint): SystemEventRow {
  const eventId = mint('sys')
  return { id: id(eventId), org_id: id(orgId), type, created: timeOf(eventId), data: json(data) }
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
