/** A webhook read whole: its row, its groups and the length of its queue. */
import type { OrganizationId, Webhook, WebhookId } from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import { id, readId } from '../rows/columns.ts'
import { readWebhook } from '../rows/webhooks.ts'
import type { Bytes, Tables, WebhookRow } from '../tables.ts'
import type { QueryContext } from './context.ts'

/** Word for word the condition of the index `deliveries_queue`: an engine recognises it by its text. */
export const IN_QUEUE = sql<boolean>`status in ('PENDING', 'RETRYING') and seq is not null`

export async function findWebhook(
  context: QueryContext,
  db: Kysely<Tables>,
  orgId: OrganizationId,
  webhookId: WebhookId,
): Promise<Webhook | null> {
  return readFirst(context, db, await rowOf(db, orgId, webhookId).executeTakeFirst())
}

/** The same, and nobody else changes it before the end of the transaction. */
export async function lockWebhook(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  webhookId: WebhookId,
): Promise<Webhook | null> {
  const row = rowOf(trx, orgId, webhookId).$if(context.engine.locksRows, (query) => query.forNoKeyUpdate())
  return readFirst(context, trx, await row.executeTakeFirst())
}

function rowOf(db: Kysely<Tables>, orgId: OrganizationId, webhookId: WebhookId) {
  return db.selectFrom('webhooks').selectAll().where('org_id', '=', id(orgId)).where('id', '=', id(webhookId))
}

async function readFirst(
  context: QueryContext,
  db: Kysely<Tables>,
  row: WebhookRow | undefined,
): Promise<Webhook | null> {
  if (row === undefined) return null
  const [webhook] = await readWebhooks(context, db, [row])
  return webhook ?? null
}

/** With its history. Answers what was deleted. */
export async function deleteWebhook(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  webhookId: WebhookId,
): Promise<Webhook | null> {
  const org = id(orgId)
  const webhook = id(webhookId)
  await context.engine.endWebhookLease(trx, org, webhook)
  const deleted = await findWebhook(context, trx, orgId, webhookId)
  const deliveries = trx
    .selectFrom('deliveries')
    .select('id')
    .where('org_id', '=', org)
    .where('webhook_id', '=', webhook)
  await trx.deleteFrom('attempts').where('org_id', '=', org).where('delivery_id', 'in', deliveries).execute()
  await trx.deleteFrom('deliveries').where('org_id', '=', org).where('webhook_id', '=', webhook).execute()
  await trx.deleteFrom('webhooks').where('org_id', '=', org).where('id', '=', webhook).execute()
  return deleted
}

/** Adds to each row its groups and the length of its queue. */
export async function readWebhooks(
  { keyRing }: Pick<QueryContext, 'keyRing'>,
  db: Kysely<Tables>,
  rows: readonly WebhookRow[],
): Promise<Webhook[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const links = await db
    .selectFrom('webhook_groups')
    .select(['webhook_id', 'group_id'])
    .where('org_id', 'in', distinct(rows.map((row) => row.org_id)))
    .where('webhook_id', 'in', ids)
    .orderBy('group_id')
    .execute()
  const counts = await db
    .selectFrom('deliveries')
    .select((select) => ['webhook_id', select.fn.countAll<number>().as('pending')])
    .where('webhook_id', 'in', ids)
    .where(IN_QUEUE)
    .groupBy('webhook_id')
    .execute()
  const groups = Map.groupBy(links, (link) => readId('wh', link.webhook_id))
  const pending = new Map(counts.map((row) => [readId('wh', row.webhook_id), row.pending]))
  return rows.map((row) => {
    const webhookId = readId('wh', row.id)
    const parts = {
      groups: (groups.get(webhookId) ?? []).map((link) => link.group_id),
      pending: pending.get(webhookId) ?? 0,
    }
    return readWebhook(row, parts, keyRing)
  })
}

function distinct(ids: readonly Bytes[]): Bytes[] {
  return [...new Map(ids.map((bytes) => [Buffer.from(bytes).toString('hex'), bytes])).values()]
}
