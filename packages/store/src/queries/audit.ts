/** Who wrote what, in the transaction of what was written. */
import { timeOf, type Audit, type AuditEntry } from '@dnsradar/core'
import { id, json, readId, readJson, text } from '../rows/columns.ts'
import type { AuditRow } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { fetchHistory, idBounds, mapPage } from './page.ts'

export function auditQueries({ db, engine, mint }: QueryContext): Audit {
  return {
    async record(orgId, entry) {
      const auditId = mint('aud')
      const row: AuditRow = {
        id: id(auditId),
        org_id: id(orgId),
        key_id: entry.keyId === null ? null : id(entry.keyId),
        action: entry.action,
        object: text(entry.object),
        changes: json(entry.changes),
        created: timeOf(auditId),
      }
      await db.insertInto('audit').values(row).execute()
      return readAuditEntry(row)
    },

    async list(orgId, { created }, page) {
      let query = db.selectFrom('audit').selectAll().where('org_id', '=', id(orgId))
      for (const [op, bound] of idBounds(created)) query = query.where('id', op, bound)
      return mapPage(await fetchHistory(engine, query, 'audit', page), readAuditEntry)
    },
  }
}

function readAuditEntry(row: AuditRow): AuditEntry {
  return {
    id: readId('aud', row.id),
    orgId: readId('org', row.org_id),
    keyId: row.key_id === null ? null : readId('key', row.key_id),
    action: row.action,
    object: row.object,
    changes: readJson(row.changes),
    created: row.created,
  }
}
