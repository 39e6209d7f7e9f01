/** The history of changes. Events are written by the transaction that records a check, never here. */
import type { EventFilter, Events, OrganizationId } from '@dnsradar/core'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { id } from '../rows/columns.ts'
import { EVENT_COLUMNS, type ListedRow, readEvent, readListed } from '../rows/events.ts'
import type { Tables } from '../tables.ts'
import type { EngineTraits, QueryContext } from './context.ts'
import { groupsNamed } from './group-names.ts'
import { historyOf, idBounds, mapPage, writtenList } from './page.ts'

export function eventQueries({ db, engine }: QueryContext): Events {
  return {
    async list(orgId, filter, page) {
      const events = writtenList(db, listed(engine), conditionsOf(db, orgId, filter), 'events.id')
      return mapPage(await historyOf(engine, events, 'events', page), (row) => readListed(orgId, row))
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

const COLUMNS = sql.raw(EVENT_COLUMNS.map((column) => `"${column}"`).join(', '))

function listed({ hex }: EngineTraits): RawBuilder<ListedRow> {
  return sql`
    select ${COLUMNS}, ${hex('events.id')} as id, ${hex('monitor_id')} as monitor_id, ${hex('group_id')} as group_id
      from events`
}

function conditionsOf(db: Kysely<Tables>, orgId: OrganizationId, filter: EventFilter): RawBuilder<unknown>[] {
  const { monitorId, group, type, oldState, newState, occurred } = filter
  return [
    sql`org_id = ${id(orgId)}`,
    ...when(monitorId, (given) => sql`monitor_id = ${id(given)}`),
    ...when(group, (given) => sql`group_id in ${groupsNamed(db, orgId, given)}`),
    ...when(type, (given) => sql`record_type = ${given}`),
    ...when(oldState, (given) => sql`old_state = ${given}`),
    ...when(newState, (given) => sql`new_state = ${given}`),
    ...idBounds(occurred).map(([op, bound]) => sql`events.id ${sql.raw(op)} ${bound}`),
  ]
}

function when<T>(given: T | undefined, condition: (given: T) => RawBuilder<unknown>): RawBuilder<unknown>[] {
  return given === undefined ? [] : [condition(given)]
}
