/** Webhooks, as users write and read them. Their queues have statements of their own in each engine. */
import {
  RadarError,
  type GroupId,
  type NewWebhook,
  type OrganizationId,
  type Webhook,
  type WebhookFilter,
  type WebhookId,
  type Webhooks,
} from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import { bit, id, readId, text } from '../rows/columns.ts'
import { newWebhookRow, readWebhook } from '../rows/webhooks.ts'
import type { Bytes, Tables, WebhookRow } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { groupsNamed, resolveGroups } from './groups.ts'
import { fetchPage } from './page.ts'

export function webhookQueries(context: QueryContext): Webhooks {
  const { db, engine, mint } = context
  return {
    create: (orgId, webhook, limitPerGroup) =>
      db.transaction().execute(async (trx) => {
        const groups = await groupsOf(context, trx, orgId, webhook)
        if (webhook.source === null) await refuseFullGroups(context, trx, orgId, groups, limitPerGroup)
        const webhookId = mint('wh')
        const row = newWebhookRow(webhookId, orgId, webhook, context.keyRing)
        await trx.insertInto('webhooks').values(row).execute()
        const links = groups.map((groupId) => ({ org_id: row.org_id, webhook_id: row.id, group_id: id(groupId) }))
        if (links.length > 0) await trx.insertInto('webhook_groups').values(links).execute()
        if (!webhook.isActive) await openPause(trx, row, row.created, 'manual')
        return readWebhook(row, { groups: links.map((link) => link.group_id), pending: 0 }, context.keyRing)
      }),

    get: (orgId, webhookId) => findWebhook(context, db, orgId, webhookId),

    async list(orgId, filter, page) {
      const { items, ...edges } = await fetchPage(filtered(db, orgId, filter), 'webhooks.id', page)
      return { ...edges, items: await readWebhooks(context, db, items) }
    },

    setActive: (orgId, webhookId, change) =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .selectFrom('webhooks')
          .selectAll()
          .where('org_id', '=', id(orgId))
          .where('id', '=', id(webhookId))
          .$if(engine.locksRows, (query) => query.forUpdate())
          .executeTakeFirst()
        if (row !== undefined && row.is_active !== bit(change.isActive)) {
          if (change.isActive) await enable(context, trx, row)
          else await disable(context, trx, row, change.reason)
        }
        return findWebhook(context, trx, orgId, webhookId)
      }),

    delete: (orgId, webhookId) =>
      db.transaction().execute(async (trx) => {
        const org = id(orgId)
        const webhook = id(webhookId)
        await engine.endWebhookLease(trx, org, webhook)
        const deliveries = trx
          .selectFrom('deliveries')
          .select('id')
          .where('org_id', '=', org)
          .where('webhook_id', '=', webhook)
        await trx.deleteFrom('attempts').where('delivery_id', 'in', deliveries).execute()
        await trx.deleteFrom('deliveries').where('org_id', '=', org).where('webhook_id', '=', webhook).execute()
        const { numDeletedRows } = await trx
          .deleteFrom('webhooks')
          .where('org_id', '=', org)
          .where('id', '=', webhook)
          .executeTakeFirst()
        return numDeletedRows > 0n
      }),
  }
}

/** A webhook for all groups that names none belongs to none in particular. */
async function groupsOf(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  webhook: NewWebhook,
): Promise<readonly GroupId[]> {
  const names = webhook.groups ?? (webhook.allGroups ? [] : [null])
  const resolved = await resolveGroups(context, trx, orgId, names)
  return [...new Set(resolved.values())].toSorted()
}

/** Group rows are locked in the order of their ids, so that two webhooks cannot both take a group's last place. */
async function refuseFullGroups(
  { engine }: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  groups: readonly GroupId[],
  limit: number,
): Promise<void> {
  for (const groupId of groups) {
    const { slug } = await trx
      .selectFrom('groups')
      .select('slug')
      .where('org_id', '=', id(orgId))
      .where('id', '=', id(groupId))
      .$if(engine.locksRows, (query) => query.forNoKeyUpdate())
      .executeTakeFirstOrThrow()
    const { count } = await trx
      .selectFrom('webhook_groups as g')
      .innerJoin('webhooks as w', (join) => join.onRef('w.org_id', '=', 'g.org_id').onRef('w.id', '=', 'g.webhook_id'))
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('g.org_id', '=', id(orgId))
      .where('g.group_id', '=', id(groupId))
      .where('w.source', 'is', null)
      .executeTakeFirstOrThrow()
    if (count < limit) continue
    const message = `The group ${JSON.stringify(slug)} already has ${count} webhooks, and ${limit} is the limit. Delete one of them or name another group.`
    throw new RadarError('group_webhook_limit', message, { groups: message })
  }
}

async function enable({ now }: QueryContext, trx: Kysely<Tables>, row: WebhookRow): Promise<void> {
  await trx
    .updateTable('webhooks')
    .set({ is_active: 1, disabled_reason: null, last_error: null, retries: 0, next_at: null })
    .where('org_id', '=', row.org_id)
    .where('id', '=', row.id)
    .execute()
  await trx
    .updateTable('webhook_pauses')
    .set({ until: now() })
    .where('org_id', '=', row.org_id)
    .where('webhook_id', '=', row.id)
    .where('until', 'is', null)
    .execute()
}

async function disable(
  { engine, now }: QueryContext,
  trx: Kysely<Tables>,
  row: WebhookRow,
  reason: string,
): Promise<void> {
  await engine.endWebhookLease(trx, row.org_id, row.id)
  await trx
    .updateTable('webhooks')
    .set({ is_active: 0, disabled_reason: reason, next_at: null })
    .where('org_id', '=', row.org_id)
    .where('id', '=', row.id)
    .execute()
  await trx
    .updateTable('deliveries')
    .set({ status: 'FAILED', next_attempt: null })
    .where('webhook_id', '=', row.id)
    .where(IN_QUEUE)
    .execute()
  await openPause(trx, row, now(), reason)
}

async function openPause(trx: Kysely<Tables>, row: WebhookRow, since: number, reason: string): Promise<void> {
  const pause = { org_id: row.org_id, webhook_id: row.id, since, until: null, reason }
  await trx.insertInto('webhook_pauses').values(pause).execute()
}

/** Word for word the condition of the index `deliveries_queue`: an engine recognises it by its text. */
export const IN_QUEUE = sql<boolean>`status in ('PENDING', 'RETRYING') and seq is not null`

export async function findWebhook(
  context: QueryContext,
  db: Kysely<Tables>,
  orgId: OrganizationId,
  webhookId: WebhookId,
): Promise<Webhook | null> {
  const row = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('org_id', '=', id(orgId))
    .where('id', '=', id(webhookId))
    .executeTakeFirst()
  if (row === undefined) return null
  const [webhook] = await readWebhooks(context, db, [row])
  return webhook ?? null
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

function filtered(db: Kysely<Tables>, orgId: OrganizationId, filter: WebhookFilter) {
  let query = db.selectFrom('webhooks').selectAll().where('org_id', '=', id(orgId))
  if (filter.url !== undefined) query = query.where('url', '=', text(filter.url))
  if (filter.source !== undefined) query = query.where('source', '=', filter.source)
  if (filter.isActive !== undefined) query = query.where('is_active', '=', bit(filter.isActive))
  if (filter.group !== undefined) {
    const members = db
      .selectFrom('webhook_groups')
      .select('webhook_id')
      .where('org_id', '=', id(orgId))
      .where('group_id', 'in', groupsNamed(db, orgId, filter.group))
    query = query.where('id', 'in', members)
  }
  return query
}
