/** Events that were recorded earlier, as news again: with what was known beside them then, as far as it is found now. */
import type { DnsEvent, GroupId, MonitorId, News, OrganizationId, Subject } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id, readId, readJson } from '../rows/columns.ts'
import { readEvent } from '../rows/events.ts'
import { readSystemEvent } from '../rows/system-events.ts'
import type { MonitorRow, Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { slugsOf } from './group-names.ts'
import type { Missed } from './missed.ts'

export async function pastNews(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  missed: readonly Missed[],
): Promise<readonly News[]> {
  const known = await knownOf(
    trx,
    orgId,
    missed.flatMap((one) => (one.of === 'record' ? [readEvent(one.row)] : [])),
  )
  const news: News[] = []
  for (const one of missed)
    news.push(one.of === 'system' ? systemNews(one) : await recordNews(context, trx, one, known))
  return news
}

function systemNews({ row }: Extract<Missed, { of: 'system' }>): News {
  return { of: 'system', event: readSystemEvent(row), subject: readJson<Subject>(row.subject ?? '') }
}

async function recordNews(
  { monitorUrl }: QueryContext,
  trx: Kysely<Tables>,
  { row }: Extract<Missed, { of: 'record' }>,
  { slugs, monitors }: Known,
): Promise<News> {
  const event = readEvent(row)
  const { groupId, monitorId } = event
  const circumstances = {
    ...(monitors.get(monitorId) ?? DELETED),
    groupSlug: slugs.get(groupId) ?? groupId,
    brokenSince: await brokenSince(trx, event),
    url: monitorUrl(monitorId),
  }
  return { of: 'record', event, circumstances }
}

type MonitorWords = Pick<Extract<News, { of: 'record' }>['circumstances'], 'match' | 'metadata'>

const DELETED: MonitorWords = { match: 'exact', metadata: {} }

/** Of the groups and monitors that events speak of. */
interface Known {
  readonly slugs: ReadonlyMap<GroupId, string>
  readonly monitors: ReadonlyMap<MonitorId, MonitorWords>
}

async function knownOf(trx: Kysely<Tables>, orgId: OrganizationId, events: readonly DnsEvent[]): Promise<Known> {
  if (events.length === 0) return { slugs: new Map(), monitors: new Map() }
  const slugs = await slugsOf(
    trx,
    orgId,
    events.map(({ groupId }) => groupId),
  )
  const rows = await trx
    .selectFrom('monitors')
    .select(['id', 'match', 'metadata'])
    .where('org_id', '=', id(orgId))
    .where('id', 'in', [...new Set(events.map(({ monitorId }) => monitorId))].map(id))
    .execute()
  return { slugs, monitors: new Map(rows.map((row) => [readId('mon', row.id), readWords(row)])) }
}

function readWords({ match, metadata }: Pick<MonitorRow, 'match' | 'metadata'>): MonitorWords {
  return { match: match as MonitorWords['match'], metadata: readJson(metadata) }
}

/** When the incident began that the event belongs to; null when there was none. Index: events_monitor. */
async function brokenSince(
  trx: Kysely<Tables>,
  { orgId, monitorId, id: eventId, kind, occurred }: DnsEvent,
): Promise<number | null> {
  if (kind === 'record.broken') return occurred
  const turn = await trx
    .selectFrom('events')
    .select(['kind', 'occurred'])
    .where('org_id', '=', id(orgId))
    .where('monitor_id', '=', id(monitorId))
    .where('kind', '!=', 'record.changed')
    .where('id', '<', id(eventId))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return turn?.kind === 'record.broken' ? turn.occurred : null
}
