/** What the Entri dialect keeps. The secret of an application is sealed: it signs tokens and deliveries. */
import type { DeclaredRecord, EntriApplication, EntriDomain, EntriRecord } from '@dnsradar/core'
import { seal, unseal, type KeyRing } from '../seal.ts'
import type { Bytes, EntriApplicationRow, EntriDomainRow, EntriRecordRow } from '../tables.ts'
import { jsonOrNull, readId, readJsonOrNull, text } from './columns.ts'

type ApplicationPlace = Pick<EntriApplication, 'id' | 'orgId'>

export function sealedSecret({ id, orgId }: ApplicationPlace, secret: string, ring: KeyRing): Bytes {
  return seal(ring, { orgId, rowId: id, column: 'secret' }, text(secret))
}

export function readApplication(row: EntriApplicationRow & { url: string | null }, ring: KeyRing): EntriApplication {
  const place = { id: readId('app', row.id), orgId: readId('org', row.org_id) }
  return {
    ...place,
    applicationId: row.application_id,
    secret: unseal(ring, { orgId: place.orgId, rowId: place.id, column: 'secret' }, row.secret),
    // A hook may be gone by itself: its receiver said so.
    webhookId: row.webhook_id === null || row.url === null ? null : readId('wh', row.webhook_id),
    webhookUrl: row.url,
    userId: row.user_id,
    created: row.created,
  }
}

export function readDomain(row: EntriDomainRow, records: readonly DeclaredRecordRow[]): EntriDomain {
  return {
    groupId: readId('grp', row.group_id),
    domain: row.domain,
    userId: row.user_id,
    created: row.created,
    updated: row.updated,
    records: records.map(readDeclared),
  }
}

export type DeclaredRecordRow = EntriRecordRow & {
  state: string
  is_active: 0 | 1
  last_checked: number | null
}

function readDeclared(row: DeclaredRecordRow): DeclaredRecord {
  return {
    monitorId: readId('mon', row.monitor_id),
    record: {
      type: row.type as EntriRecord['type'],
      host: row.host,
      value: row.value,
      ttl: row.ttl,
      priority: readJsonOrNull(row.priority),
    },
    state: row.state as DeclaredRecord['state'],
    isActive: row.is_active === 1,
    lastChecked: row.last_checked,
  }
}

export function recordRow(
  place: { readonly org: Bytes; readonly group: Bytes; readonly monitor: Bytes },
  record: EntriRecord,
): EntriRecordRow {
  return {
    org_id: place.org,
    monitor_id: place.monitor,
    group_id: place.group,
    type: record.type,
    host: text(record.host),
    value: text(record.value),
    ttl: record.ttl,
    priority: jsonOrNull(record.priority),
  }
}
