/** System events that general queries make: recorded and queued in the transaction of the change they speak of. */
import { wantsKind, type Happening, type OrganizationId } from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import { publish, readTails, TAIL_COLUMNS, type QueueTail } from '../publish.ts'
import { id, readJson } from '../rows/columns.ts'
import type { Bytes, SystemEventRow, Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { insertRows, runIn } from './insert.ts'

/** Webhooks are locked here and in the order of their ids: whoever holds one of them already has to hold all of these. */
export async function tell(
  context: QueryContext,
  trx: Kysely<Tables>,
  happenings: readonly Happening[],
): Promise<readonly SystemEventRow[]> {
  if (happenings.length === 0) return []
  const orgs = [...new Set(happenings.map(({ orgId }) => orgId))].map(id)
  const tails = await lockInterested(context, trx, orgs, happenings)
  const published = publish(context, [], happenings, tails)
  await insertRows(runIn(trx), context.engine, 'system_events', published.systemEventRows)
  await insertRows(runIn(trx), context.engine, 'deliveries', published.deliveryRows)
  for (const { orgId, webhookId, nextSeq } of published.queues) {
    await trx
      .updateTable('webhooks')
      .set({ next_seq: nextSeq, next_at: sql<number>`coalesce(next_at, ${context.now()})` })
      .where('org_id', '=', orgId)
      .where('id', '=', webhookId)
      .execute()
  }
  return published.systemEventRows
}

/** What is made or enabled while this waits for a row is seen when it asks again. */
async function lockInterested(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgs: readonly Bytes[],
  happenings: readonly Happening[],
): Promise<readonly QueueTail[]> {
  for (let wanted = await interested(trx, orgs, happenings); ; ) {
    const tails = await lockTails(context, trx, orgs, wanted)
    if (!context.engine.locksRows) return tails
    const again = await interested(trx, orgs, happenings)
    if (again.every((one) => wanted.some((known) => Buffer.compare(one, known) === 0))) return tails
    wanted = again
  }
}

/** Most webhooks want no system events; those are not locked for them. */
async function interested(
  trx: Kysely<Tables>,
  orgs: readonly Bytes[],
  happenings: readonly Happening[],
): Promise<readonly Bytes[]> {
  const kinds = [...new Set(happenings.map(({ type }) => type))]
  const rows = await trx
    .selectFrom('webhooks')
    .select(['id', 'filters'])
    .where('org_id', 'in', orgs)
    .where('is_active', '=', 1)
    .execute()
  return rows.flatMap((row) => {
    const filters = readJson<Parameters<typeof wantsKind>[0]>(row.filters)
    return kinds.some((kind) => wantsKind(filters, kind)) ? [row.id] : []
  })
}

async function lockTails(
  { engine, keyRing }: QueryContext,
  trx: Kysely<Tables>,
  orgs: readonly Bytes[],
  webhooks: readonly Bytes[],
): Promise<readonly QueueTail[]> {
  if (webhooks.length === 0) return []
  const rows = await trx
    .selectFrom('webhooks')
    .select(TAIL_COLUMNS)
    .where('org_id', 'in', orgs)
    .where('id', 'in', webhooks)
    .where('is_active', '=', 1)
    .orderBy('id')
    .$if(engine.locksRows, (query) => query.forNoKeyUpdate())
    .execute()
  const links = await trx
    .selectFrom('webhook_groups')
    .select(['webhook_id', 'group_id'])
    .where('org_id', 'in', orgs)
    .where('webhook_id', 'in', webhooks)
    .execute()
  return readTails(rows, links, keyRing)
}

/** A webhook and all that may have to be told of what happens to it, in the one order in which webhooks are locked. */
export async function lockAudience(
  { engine }: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  webhookId: Bytes,
): Promise<void> {
  if (!engine.locksRows) return
  await trx
    .selectFrom('webhooks')
    .select('id')
    .where('org_id', '=', id(orgId))
    .where((or) => or.or([or('is_active', '=', 1), or('id', '=', webhookId)]))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}
