/** What happened to the installation: kept for its operators, and the source of what they are told. */
import {
  kindMatches,
  type OrganizationId,
  SYSTEM_EVENT_KINDS,
  type SystemEventFilter,
  type SystemEvents,
} from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id } from '../rows/columns.ts'
import { readSystemEvent } from '../rows/system-events.ts'
import type { Tables } from '../tables.ts'
import { atomic, type QueryContext } from './context.ts'
import { tell } from './happenings.ts'
import { fetchHistory, idBounds, mapPage } from './page.ts'

export function systemEventQueries(context: QueryContext): SystemEvents {
  const { db, engine } = context
  return {
    record: (orgId, type, data) =>
      atomic(db, async (trx) => {
        const [recorded] = await tell(context, trx, [{ orgId, type, data, subject: { of: 'resolver' } }])
        if (recorded === undefined) throw new Error('nothing was recorded')
        return readSystemEvent(recorded)
      }),

    async list(orgId, filter, page) {
      return mapPage(await fetchHistory(engine, filtered(db, orgId, filter), 'system_events', page), readSystemEvent)
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
