/**
 * What happened after a moment, across events, deliveries and monitors.
 *
 * Each kind is read from an index that ends in its time and id (events: the primary key; deliveries_changed;
 * monitors_updated), so to find nothing new costs three look-ups.
 */
import type { Delivery, Id, IdPrefix, NewsItem, NewsFeed, NewsKind, NewsPosition, OrganizationId } from '@dnsradar/core'
import { timeOf } from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import { id, readId } from '../rows/columns.ts'
import { readDelivery } from '../rows/deliveries.ts'
import { readEvent } from '../rows/events.ts'
import { readWatched } from '../rows/monitors.ts'
import type { Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { firstIdOf, rowLimit } from './page.ts'
import { watched } from './watched.ts'

export function newsQueries({ db }: QueryContext): NewsFeed {
  return {
    async after(orgId, kinds, position, limit) {
      const read = kinds.map((kind) => READERS[kind](db, orgId, position, limit))
      const news = (await Promise.all(read)).flat()
      // Each kind came with the first `limit` of its own, so the first `limit` of all are among them.
      return news.toSorted(byTime).slice(0, limit)
    },

    async events(orgId, ids) {
      if (ids.length === 0) return []
      const rows = await db
        .selectFrom('events')
        .selectAll()
        .where('org_id', '=', id(orgId))
        .where('id', 'in', ids.map(id))
        .execute()
      return rows.map(readEvent)
    },

    async deliveries(orgId, ids) {
      if (ids.length === 0) return []
      const rows = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('org_id', '=', id(orgId))
        .where('id', 'in', ids.map(id))
        .execute()
      return rows.map(readDelivery)
    },

    async monitors(orgId, ids) {
      if (ids.length === 0) return []
      const rows = await watched(db, orgId).where('m.id', 'in', ids.map(id)).execute()
      return rows.map(readWatched)
    },
  }
}

type Reader = (db: Kysely<Tables>, orgId: OrganizationId, position: NewsPosition, limit: number) => Promise<NewsItem[]>

const READERS: Readonly<Record<NewsKind, Reader>> = {
  /** The time of an event is in its id. */
  async event(db, orgId, { at, id: last }, limit) {
    const rows = await db
      .selectFrom('events')
      .select(['id', 'monitor_id'])
      .where('org_id', '=', id(orgId))
      .where('id', '>=', firstIdOf(at))
      .where('id', '>', id(last))
      .orderBy('id')
      .limit(rowLimit(limit))
      .execute()
    return rows.map((row) => {
      const eventId = readId('evt', row.id)
      return { kind: 'event', at: timeOf(eventId), id: eventId, monitorId: readId('mon', row.monitor_id) }
    })
  },

  async request(db, orgId, { at, id: last }, limit) {
    // Word for word the expression of the index.
    const changed = sql<number>`coalesce(last_attempt, created)`
    const rows = await db
      .selectFrom('deliveries')
      .select(['id', 'webhook_id', 'attempts', 'status', changed.as('changed')])
      .where('org_id', '=', id(orgId))
      .where(changed, '>=', at)
      .where((is) => is.or([is(changed, '>', at), is('id', '>', id(last))]))
      .orderBy(changed)
      .orderBy('id')
      .limit(rowLimit(limit))
      .execute()
    return rows.map((row) => ({
      kind: 'request',
      at: row.changed,
      id: readId('req', row.id),
      webhookId: readId('wh', row.webhook_id),
      attempts: row.attempts,
      status: row.status as Delivery['status'],
    }))
  },

  async monitor(db, orgId, { at, id: last }, limit) {
    const rows = await db
      .selectFrom('monitors')
      .select(['id', 'updated'])
      .where('org_id', '=', id(orgId))
      .where('updated', '>=', at)
      .where((is) => is.or([is('updated', '>', at), is('id', '>', id(last))]))
      .orderBy('updated')
      .orderBy('id')
      .limit(rowLimit(limit))
      .execute()
    return rows.map((row) => ({ kind: 'monitor', at: row.updated, id: readId('mon', row.id) }))
  },
}

function byTime(one: NewsItem, other: NewsItem): number {
  return one.at - other.at || (suffixOf(one.id) < suffixOf(other.id) ? -1 : 1)
}

/** What ids of every kind are compared by. */
function suffixOf(given: Id<IdPrefix>): string {
  return given.slice(given.lastIndexOf('_') + 1)
}
