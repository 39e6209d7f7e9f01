/** Enabling and disabling webhooks on a user's word. What a failed attempt disables is in each engine's settlement. */
import { CLEARED, webhookHappening, type DisabledReason, type Webhook } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id } from '../rows/columns.ts'
import type { WebhookPlace } from '../rows/webhooks.ts'
import { CLEARED_COLUMNS } from '../settlement.ts'
import type { Tables, WebhookRow } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { slugsOf } from './group-names.ts'
import { lockAudience, tell } from './happenings.ts'
import { IN_QUEUE, lockWebhook } from './webhook-rows.ts'

export type ActivityChange = { readonly isActive: true } | { readonly isActive: false; readonly reason: DisabledReason }

/** Nothing happens when the webhook is that way already, or not there. */
export async function changeActivity(
  context: QueryContext,
  trx: Kysely<Tables>,
  place: WebhookPlace,
  change: ActivityChange,
): Promise<void> {
  const { orgId, webhookId } = place
  if (change.isActive) await lockAudience(context, trx, orgId, id(webhookId))
  const webhook = await lockWebhook(context, trx, orgId, webhookId)
  if (webhook === null || webhook.isActive === change.isActive) return
  if (change.isActive) await enable(context, trx, webhook)
  else await disable(context, trx, place, change.reason)
}

const STARTED = { ...CLEARED, isActive: true, disabledReason: null, nextAttempt: null } as const
const STARTED_COLUMNS = {
  ...CLEARED_COLUMNS,
  is_active: 1,
  disabled_reason: null,
  next_at: null,
} as const satisfies Partial<WebhookRow>

async function enable(context: QueryContext, trx: Kysely<Tables>, webhook: Webhook): Promise<void> {
  const { orgId, id: webhookId } = webhook
  await trx
    .updateTable('webhooks')
    .set(STARTED_COLUMNS)
    .where('org_id', '=', id(orgId))
    .where('id', '=', id(webhookId))
    .execute()
  await trx
    .updateTable('webhook_pauses')
    .set({ until: context.now() })
    .where('org_id', '=', id(orgId))
    .where('webhook_id', '=', id(webhookId))
    .where('until', 'is', null)
    .execute()
  const slugs = await slugsOf(trx, orgId, webhook.groups)
  const groups = webhook.groups.map((group) => slugs.get(group) ?? group)
  const turn = {
    reason: webhook.disabledReason,
    failed: await countFailed(trx, webhook),
    lastError: webhook.lastError,
  }
  await tell(context, trx, [webhookHappening('webhook.recovered', { ...webhook, ...STARTED }, groups, turn)])
}

async function disable(
  { engine, now }: QueryContext,
  trx: Kysely<Tables>,
  { orgId, webhookId }: WebhookPlace,
  reason: DisabledReason,
): Promise<void> {
  await engine.endWebhookLease(trx, id(orgId), id(webhookId))
  await trx
    .updateTable('webhooks')
    .set({ is_active: 0, disabled_reason: reason, next_at: null, resume_at: null })
    .where('org_id', '=', id(orgId))
    .where('id', '=', id(webhookId))
    .execute()
  await trx
    .updateTable('deliveries')
    .set({ status: 'FAILED', next_attempt: null })
    .where('webhook_id', '=', id(webhookId))
    .where(IN_QUEUE)
    .execute()
  await openPause(trx, { orgId, webhookId }, now(), reason)
}

export async function openPause(
  trx: Kysely<Tables>,
  { orgId, webhookId }: WebhookPlace,
  since: number,
  reason: DisabledReason,
): Promise<void> {
  const pause = { org_id: id(orgId), webhook_id: id(webhookId), since, until: null, reason }
  await trx.insertInto('webhook_pauses').values(pause).execute()
}

/** Deliveries of the queue that were given up and could be recovered. */
async function countFailed(trx: Kysely<Tables>, { orgId, id: webhookId }: Webhook): Promise<number> {
  const { count } = await trx
    .selectFrom('deliveries')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('org_id', '=', id(orgId))
    .where('webhook_id', '=', id(webhookId))
    .where('status', '=', 'FAILED')
    .where('seq', 'is not', null)
    .executeTakeFirstOrThrow()
  return count
}
