/** What happened to the installation: kept for its operators, and the source of what they are told. */
import {
  kindMatches,
  type OrganizationId,
  SYSTEM_EVENT_KINDS,
  type SystemEvent,
  type SystemEventFilter,
  type SystemEventKind,
  type SystemEvents,
  timeOf,
} from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id, json, readId, readJson } from '../rows/columns.ts'
import type { SystemEventRow, Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { fetchPage, idBounds, mapPage } from './page.ts'

export function systemEventQueries({ db, mint }: QueryContext): SystemEvents {
  return {
    async record(orgId, type, data) {
      const eventId = mint('sys')
      const row: SystemEventRow = {
        id: id(eventId),
        org_id: id(orgId),
        type,
        created: timeOf(eventId),
        data: json(data),
      }
      await db.insertInto('system_events').values(row).execute()
      return readSystemEvent(row)
    },

    async list(orgId, filter, page) {
      return mapPage(await fetchPage(filtered(db, orgId, filter), 'system_events.id', page), readSystemEvent)
    },
  }
}

function filtered(db: Kysely<Tables>, orgId: OrganizationId, { type, created }: SystemEventFilter) {
  let query = db.selectFrom('system_events').selectAll().where('org_id', '=', id(orgId))
  if (type !== undefined) {
    const kinds = SYSTEM_EVENT_KINDS.filter((kind) => kindMatches(type, kind))
    // The pattern itself stands in where it names no kind: it is no row's type.
    query = query.where('type', 'in', kinds.length > 0 ? kinds : [type])
  }
  for (const [op, bound] of idBounds(created)) query = query.where('id', op, bound)
  return query
}

function readSystemEvent(row: SystemEventRow): SystemEvent {
  return {
    id: readId('sys', row.id),
    orgId: readId('org', row.org_id),
    type: row.type as SystemEventKind,
    created: row.created,
    data: readJson(row.data),
  }
}
