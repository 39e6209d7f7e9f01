/** What happened while a webhook was disabled, in the order of occurrence. What it is told of is decided elsewhere. */
import {
  DNS_EVENT_KINDS,
  SYSTEM_EVENT_KINDS,
  wantsKind,
  type EventId,
  type RecoverySlice,
  type SystemEventId,
  type Webhook,
} from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id, readId } from '../rows/columns.ts'
import type { Bytes, EventRow, SystemEventRow, Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { firstIdOf } from './page.ts'

/** Something that happened while the webhook was disabled. Ids of both kinds are ordered by time. */
export type Missed =
  | { readonly of: 'record'; readonly id: EventId; readonly row: EventRow }
  | { readonly of: 'system'; readonly id: SystemEventId; readonly row: SystemEventRow }

/** Ids from the first one up to, not including, the second. */
type Span = readonly [from: Bytes, until: Bytes]

/** The next so many, in the order of occurrence. */
export async function missedSlice(
  context: QueryContext,
  trx: Kysely<Tables>,
  webhook: Webhook,
  { since, after, limit }: RecoverySlice,
): Promise<readonly Missed[]> {
  const beyond = after === null ? null : id(after)
  for (const span of await pausesOf(context, trx, webhook, since)) {
    if (beyond !== null && Buffer.compare(span[1], beyond) <= 0) continue
    const found = [
      ...(await missedEvents(trx, webhook, span, beyond, limit)),
      ...(await missedSystemEvents(trx, webhook, span, beyond, limit)),
    ]
    if (found.length > 0) return found.toSorted((a, b) => Buffer.compare(a.row.id, b.row.id)).slice(0, limit)
  }
  return []
}

/**
 * Where several processes write, their clocks differ a little, so a pause is looked at with this much around it: what was
 * delivered beside it is passed over.
 */
const AROUND_MS = 5_000

/** Whole milliseconds, their ends included: what was recorded beside the pause and delivered is known by its delivery. */
async function pausesOf(
  { engine }: QueryContext,
  trx: Kysely<Tables>,
  webhook: Webhook,
  since: number,
): Promise<readonly Span[]> {
  const around = engine.locksRows ? AROUND_MS : 0
  const rows = await trx
    .selectFrom('webhook_pauses')
    .select(['since', 'until'])
    .where('org_id', '=', id(webhook.orgId))
    .where('webhook_id', '=', id(webhook.id))
    .where('until', '>=', since - around)
    .orderBy('since')
    .execute()
  return rows.map((row) => [
    firstIdOf(Math.max(row.since - around, webhook.created, since)),
    firstIdOf((row.until ?? 0) + around + 1),
  ])
}

async function missedEvents(
  trx: Kysely<Tables>,
  { orgId, filters }: Webhook,
  [from, until]: Span,
  beyond: Bytes | null,
  limit: number,
): Promise<readonly Missed[]> {
  const kinds = DNS_EVENT_KINDS.filter((kind) => wantsKind(filters, kind))
  if (kinds.length === 0) return []
  const rows = await trx
    .selectFrom('events')
    .selectAll()
    .where('org_id', '=', id(orgId))
    .where('id', '>=', from)
    .where('id', '<', until)
    .$if(beyond !== null, (query) => query.where('id', '>', beyond))
    .where('kind', 'in', kinds)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ of: 'record', id: readId('evt', row.id), row }))
}

async function missedSystemEvents(
  trx: Kysely<Tables>,
  { orgId, filters }: Webhook,
  [from, until]: Span,
  beyond: Bytes | null,
  limit: number,
): Promise<readonly Missed[]> {
  const kinds = SYSTEM_EVENT_KINDS.filter((kind) => wantsKind(filters, kind))
  if (kinds.length === 0) return []
  const rows = await trx
    .selectFrom('system_events')
    .selectAll()
    .where('org_id', '=', id(orgId))
    .where('id', '>=', from)
    .where('id', '<', until)
    .$if(beyond !== null, (query) => query.where('id', '>', beyond))
    .where('type', 'in', kinds)
    .where('subject', 'is not', null)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ of: 'system', id: readId('sys', row.id), row }))
}
