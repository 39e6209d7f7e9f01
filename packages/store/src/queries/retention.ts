/** What retention deletes, a slice at a time, so that no lock is held for long. */
import type { OrganizationId, Retention, WebhookId } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id, readId } from '../rows/columns.ts'
import type { Tables } from '../tables.ts'
import { atomic, type QueryContext } from './context.ts'
import { firstIdOf } from './page.ts'
import { deleteWebhook, lockWebhook } from './webhook-rows.ts'

export function retentionQueries(context: QueryContext): Omit<Retention, 'dropMonths'> {
  const { db, engine } = context
  return {
    async purge(orgId, before, limit) {
      return {
        events: await purgeLog('events', orgId, before, limit),
        requests: await atomic(db, (trx) => purgeRequests(trx, orgId, before, limit)),
        systemEvents: await purgeLog('system_events', orgId, before, limit),
        audit: await purgeLog('audit', orgId, before, limit),
      }
    },

    async purgeGone(before, limit) {
      const gone = await db
        .selectFrom('webhooks as w')
        .innerJoin('webhook_pauses as p', (on) =>
          on.onRef('p.org_id', '=', 'w.org_id').onRef('p.webhook_id', '=', 'w.id'),
        )
        .select(['w.org_id', 'w.id'])
        .where('w.disabled_reason', '=', 'gone')
        .where('p.until', 'is', null)
        .where('p.since', '<', before)
        .limit(limit)
        .execute()
      let purged = 0
      for (const row of gone) {
        const key = [readId('org', row.org_id), readId('wh', row.id)] as const
        purged += await atomic(db, (trx) => purgeWebhook(trx, ...key))
      }
      return purged
    },

    purgeBatches: (before, limit) =>
      atomic(db, async (trx) => {
        const old = await trx
          .selectFrom('entri_batches')
          .select(['org_id', 'id'])
          .where('status', '=', 'closed')
          .where('created', '<', before)
          .limit(limit)
          .$if(engine.locksRows, (query) => query.forUpdate().skipLocked())
          .execute()
        for (const row of old) {
          await trx.deleteFrom('entri_batches').where('org_id', '=', row.org_id).where('id', '=', row.id).execute()
        }
        return old.length
      }),

    purgeMarks: (at, limit) =>
      atomic(db, async (trx) => {
        const expired = await trx
          .selectFrom('idempotency')
          .select(['org_id', 'key_id', 'key'])
          .where('expires', '<=', at)
          .orderBy('expires')
          .limit(limit)
          .$if(engine.locksRows, (query) => query.forUpdate().skipLocked())
          .execute()
        for (const row of expired) {
          await trx
            .deleteFrom('idempotency')
            .where('org_id', '=', row.org_id)
            .where('key_id', '=', row.key_id)
            .where('key', '=', row.key)
            .execute()
        }
        return expired.length
      }),
  }

  /** Under a lock: one that its subscriber has brought back meanwhile stays. */
  async function purgeWebhook(trx: Kysely<Tables>, orgId: OrganizationId, webhookId: WebhookId): Promise<number> {
    const webhook = await lockWebhook(context, trx, orgId, webhookId)
    if (webhook?.disabledReason !== 'gone') return 0
    await deleteWebhook(context, trx, orgId, webhookId)
    return 1
  }

  function purgeLog(
    table: 'events' | 'system_events' | 'audit',
    orgId: OrganizationId,
    before: number,
    limit: number,
  ): Promise<number> {
    return atomic(db, async (trx) => {
      const old = await trx
        .selectFrom(table)
        .select('id')
        .where('org_id', '=', id(orgId))
        .where('id', '<', firstIdOf(before))
        .orderBy('id')
        .limit(limit)
        .$if(engine.locksRows, (query) => query.forUpdate().skipLocked())
        .execute()
      const ids = old.map((row) => row.id)
      if (ids.length > 0) await trx.deleteFrom(table).where('org_id', '=', id(orgId)).where('id', 'in', ids).execute()
      return ids.length
    })
  }

  /** Chosen by their status under a lock: one that is made to wait again meanwhile stays. */
  async function purgeRequests(
    trx: Kysely<Tables>,
    orgId: OrganizationId,
    before: number,
    limit: number,
  ): Promise<number> {
    const old = await trx
      .selectFrom('deliveries')
      .select('id')
      .where('org_id', '=', id(orgId))
      .where('id', '<', firstIdOf(before))
      .where('status', 'in', ['DELIVERED', 'FAILED'])
      .orderBy('id')
      .limit(limit)
      .$if(engine.locksRows, (query) => query.forUpdate().skipLocked())
      .execute()
    const ids = old.map((row) => row.id)
    if (ids.length === 0) return 0
    await trx.deleteFrom('attempts').where('org_id', '=', id(orgId)).where('delivery_id', 'in', ids).execute()
    await trx.deleteFrom('deliveries').where('org_id', '=', id(orgId)).where('id', 'in', ids).execute()
    return ids.length
  }
}
