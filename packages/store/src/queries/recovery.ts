/**
 * Recovery: what a webhook missed while it was disabled, or gave up on, is delivered after all.
 *
 * What was queued then comes back in one statement, as it went (disabling fails a queue in one, too): in parts, a later
 * one could go out before an earlier one. What happened meanwhile was never queued; it is added in slices, so that
 * nothing is held for long, and whatever has a delivery already is passed over, so that a recovery that broke off is
 * finished by asking again.
 */
import { planDelivery, refuseDisabled, type Recovered, type RecoverySlice, type Webhook } from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import { id } from '../rows/columns.ts'
import { newDeliveryRow } from '../rows/deliveries.ts'
import type { WebhookPlace } from '../rows/webhooks.ts'
import type { Bytes, Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { hurry } from './delivery-control.ts'
import { insertRows, runIn } from './insert.ts'
import { missedSlice, type Missed } from './missed.ts'
import { pastNews } from './past-news.ts'
import { firstIdOf } from './page.ts'
import { lockWebhook } from './webhook-rows.ts'

export async function recover(
  context: QueryContext,
  trx: Kysely<Tables>,
  { orgId, webhookId }: WebhookPlace,
  slice: RecoverySlice,
): Promise<Recovered | null> {
  const webhook = await lockWebhook(context, trx, orgId, webhookId)
  if (webhook === null) return null
  refuseDisabled(webhook)
  const reopened = slice.after === null ? await reopen(context, trx, webhook, slice.since) : 0
  const missed = await missedSlice(context, trx, webhook, slice)
  const added = await addMissed(context, trx, webhook, missed)
  const last = missed.at(-1)
  return { queued: reopened + added, after: last === undefined ? null : last.id }
}

/** The failed queue, in its old places. A head that waits for its turn is passed by what comes before it. */
async function reopen(context: QueryContext, trx: Kysely<Tables>, webhook: Webhook, since: number): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('deliveries')
    .set({ status: sql<string>`case when attempts > 0 then 'RETRYING' else 'PENDING' end` })
    .where('org_id', '=', id(webhook.orgId))
    .where('webhook_id', '=', id(webhook.id))
    .where('id', '>=', firstIdOf(since))
    .where('status', '=', 'FAILED')
    .where('seq', 'is not', null)
    .executeTakeFirst()
  const reopened = Number(numUpdatedRows)
  if (reopened === 0) return 0
  await hurry(context, trx, webhook)
  await makeDue(context, trx, webhook)
  return reopened
}

/** An idle queue is due now; one that waits or is at work is left as it is. */
async function makeDue(context: QueryContext, trx: Kysely<Tables>, webhook: Webhook, nextSeq?: number): Promise<void> {
  await trx
    .updateTable('webhooks')
    .set({
      next_at: sql<number>`coalesce(next_at, ${context.now()})`,
      ...(nextSeq === undefined ? {} : { next_seq: nextSeq }),
    })
    .where('org_id', '=', id(webhook.orgId))
    .where('id', '=', id(webhook.id))
    .execute()
}

/** Numbers and queues deliveries of what the webhook wants and has not been given. */
async function addMissed(
  context: QueryContext,
  trx: Kysely<Tables>,
  webhook: Webhook,
  missed: readonly Missed[],
): Promise<number> {
  if (missed.length === 0) return 0
  const given = await alreadyGiven(trx, webhook, missed)
  const fresh = missed.filter((one) => !given.has(keyOf(one.row.id)))
  const first = await nextSeqOf(trx, webhook)
  const rows = (await pastNews(context, trx, webhook.orgId, fresh))
    .flatMap((news) => planDelivery(news, webhook, context.mint) ?? [])
    .map((planned, i) =>
      newDeliveryRow(webhook.orgId, webhook.id, { ...planned, sequence: first + i, nextAttempt: null }),
    )
  if (rows.length === 0) return 0
  await insertRows(runIn(trx), context.engine, 'deliveries', rows)
  await makeDue(context, trx, webhook, first + rows.length)
  return rows.length
}

/** Index: deliveries_happening. */
async function alreadyGiven(
  trx: Kysely<Tables>,
  { id: webhookId }: Webhook,
  missed: readonly Missed[],
): Promise<ReadonlySet<string>> {
  const happening = sql<Bytes>`coalesce(event_id, system_event_id)`
  const rows = await trx
    .selectFrom('deliveries')
    .select(happening.as('happening'))
    .where('webhook_id', '=', id(webhookId))
    .where(
      happening,
      'in',
      missed.map((one) => one.row.id),
    )
    .execute()
  return new Set(rows.map((row) => keyOf(row.happening)))
}

function keyOf(bytes: Bytes): string {
  return Buffer.from(bytes).toString('hex')
}

async function nextSeqOf(trx: Kysely<Tables>, { orgId, id: webhookId }: Webhook): Promise<number> {
  const row = await trx
    .selectFrom('webhooks')
    .select('next_seq')
    .where('org_id', '=', id(orgId))
    .where('id', '=', id(webhookId))
    .executeTakeFirstOrThrow()
  return row.next_seq
}
