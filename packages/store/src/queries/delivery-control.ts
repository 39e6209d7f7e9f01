/** What users say of deliveries under way: try again now, send once more, sign with another secret. */
import {
  refuseDisabled,
  resendBody,
  retryOf,
  timeOf,
  type Delivery,
  type DeliveryId,
  type Webhook,
  type Webhooks,
} from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id } from '../rows/columns.ts'
import { newDeliveryRow, readDelivery } from '../rows/deliveries.ts'
import { rotatedColumns, type WebhookPlace } from '../rows/webhooks.ts'
import { hurriedColumns } from '../settlement.ts'
import type { Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { findWebhook, IN_QUEUE, lockWebhook } from './webhook-rows.ts'

export async function retryWebhook(
  context: QueryContext,
  trx: Kysely<Tables>,
  { orgId, webhookId }: WebhookPlace,
): Promise<Webhook | null> {
  const webhook = await lockWebhook(context, trx, orgId, webhookId)
  if (webhook === null) return null
  refuseDisabled(webhook)
  await hurry(context, trx, webhook)
  return findWebhook(context, trx, orgId, webhookId)
}

export async function retryRequest(
  context: QueryContext,
  trx: Kysely<Tables>,
  { orgId, webhookId }: WebhookPlace,
  deliveryId: DeliveryId,
): Promise<Delivery | null> {
  const webhook = await lockWebhook(context, trx, orgId, webhookId)
  const delivery = webhook === null ? null : await deliveryOf(trx, webhook, deliveryId)
  if (webhook === null || delivery === null) return null
  refuseDisabled(webhook)
  switch (retryOf(delivery, await headOf(trx, webhook))) {
    case 'resend':
      return resend(context, trx, delivery)
    case 'hurry':
      await hurry(context, trx, webhook)
      return deliveryOf(trx, webhook, deliveryId)
  }
}

/** The webhook is locked. Its head, when it has one that waits, is due now. */
export async function hurry({ now }: QueryContext, trx: Kysely<Tables>, webhook: Webhook): Promise<void> {
  const turn = { next_at: webhook.nextAttempt, resume_at: webhook.resumeAt }
  const columns = hurriedColumns(turn, now())
  if (columns.next_at === turn.next_at) return
  const org = id(webhook.orgId)
  await trx.updateTable('webhooks').set(columns).where('org_id', '=', org).where('id', '=', id(webhook.id)).execute()
  const head = await headOf(trx, webhook)
  if (head === null) return
  await trx
    .updateTable('deliveries')
    .set({ next_attempt: columns.next_at })
    .where('org_id', '=', org)
    .where('id', '=', id(head))
    .where('status', '=', 'RETRYING')
    .execute()
}

async function resend({ mint, now }: QueryContext, trx: Kysely<Tables>, delivered: Delivery): Promise<Delivery> {
  const { orgId, webhookId, eventId, systemEventId, headline } = delivered
  const deliveryId = mint('req')
  const created = timeOf(deliveryId)
  const row = newDeliveryRow(orgId, webhookId, {
    id: deliveryId,
    eventId,
    systemEventId,
    kind: 'resend',
    sequence: null,
    body: resendBody(delivered.body, delivered.id, { id: deliveryId, webhookId, created }),
    headline,
    created,
    nextAttempt: now(),
  })
  await trx.insertInto('deliveries').values(row).execute()
  return readDelivery(row)
}

async function headOf(trx: Kysely<Tables>, { id: webhookId }: Webhook): Promise<DeliveryId | null> {
  const row = await trx
    .selectFrom('deliveries')
    .selectAll()
    .where('webhook_id', '=', id(webhookId))
    .where(IN_QUEUE)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : readDelivery(row).id
}

async function deliveryOf(
  trx: Kysely<Tables>,
  { orgId, id: webhookId }: Webhook,
  deliveryId: DeliveryId,
): Promise<Delivery | null> {
  const row = await trx
    .selectFrom('deliveries')
    .selectAll()
    .where('org_id', '=', id(orgId))
    .where('webhook_id', '=', id(webhookId))
    .where('id', '=', id(deliveryId))
    .executeTakeFirst()
  return row === undefined ? null : readDelivery(row)
}

export async function rotateSecret(
  context: QueryContext,
  trx: Kysely<Tables>,
  place: WebhookPlace,
  { secret, overlapMs }: Parameters<Webhooks['rotateSecret']>[2],
): Promise<Webhook | null> {
  const current = await lockWebhook(context, trx, place.orgId, place.webhookId)
  if (current === null) return null
  const until = overlapMs === 0 ? null : context.now() + overlapMs
  await trx
    .updateTable('webhooks')
    .set(rotatedColumns(place, current, { secret, until }, context.keyRing))
    .where('org_id', '=', id(place.orgId))
    .where('id', '=', id(place.webhookId))
    .execute()
  return findWebhook(context, trx, place.orgId, place.webhookId)
}
