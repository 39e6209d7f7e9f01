/** The history of changes. Events are written by the transaction that records a check, never here. */
import type { EventFilter, Events, OrganizationId } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id } from '../rows/columns.ts'
import { EVENT_COLUMNS, readEvent, readListed } from '../rows/events.ts'
import type { Tables } from '../tables.ts'
import type { EngineTraits, QueryContext } from './context.ts'
import { groupsNamed } from './groups.ts'
import { fetchHistory, idBounds, mapPage } from './page.ts'

export function eventQueries({ db, engine }: QueryContext): Events {
  return {
    async list(orgId, filter, page) {
      return mapPage(await fetchHistory(engine, filtered(db, engine, orgId, filter), 'events', page), (row) =>
        readListed(orgId, row),
      )
    },

    async get(orgId, eventId) {
      const row = await db
        .selectFrom('events')
        .selectAll()
        .where('org_id', '=', id(orgId))
        .where('id', '=', id(eventId))
        .executeTakeFirst()
      return row === undefined ? null : readEvent(row)
    },
  }
}

function filtered(db: Kysely<Tables>, { hex }: EngineTraits, orgId: OrganizationId, filter: EventFilter) {
  let query = db
    .selectFrom('events')
    .select(EVENT_COLUMNS)
    .select([hex('events.id').as('id'), hex('monitor_id').as('monitor_id'), hex('group_id').as('group_id')])
    .where('org_id', '=', id(orgId))
  if (filter.monitorId !== undefined) query = query.where('monitor_id', '=', id(filter.monitorId))
  if (filter.group !== undefined) query = query.where('group_id', 'in', groupsNamed(db, orgId, filter.group))
  if (filter.type !== undefined) query = query.where('record_type', '=', filter.type)
  if (filter.oldState !== undefined) query = query.where('old_state', '=', filter.oldState)
  if (filter.newState !== undefined) query = query.where('new_state', '=', filter.newState)
  for (const [op, bound] of idBounds(filter.occurred)) query = query.where('id', op, bound)
  return query
}
