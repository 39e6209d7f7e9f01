/** The history of a webhook's deliveries, and tests, which are the only deliveries made on a user's call. */
import { timeOf, type Deliveries, type DeliveryFilter, type OrganizationId, type WebhookId } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id } from '../rows/columns.ts'
import { newDeliveryRow, readAttempt, readDelivery } from '../rows/deliveries.ts'
import type { Tables } from '../tables.ts'
import { atomic, type QueryContext } from './context.ts'
import { retryRequest } from './delivery-control.ts'
import { fetchHistory, idBounds, mapPage, timeBounds } from './page.ts'
import { findWebhook } from './webhook-rows.ts'

export function deliveryQueries(context: QueryContext): Deliveries {
  const { db, engine, mint, now } = context
  return {
    async list(orgId, webhookId, filter, page) {
      const query = filtered(db, orgId, webhookId, filter)
      return mapPage(await fetchHistory(engine, query, 'deliveries', page), readDelivery)
    },

    async get(orgId, webhookId, deliveryId) {
      const row = await ofWebhook(db, orgId, webhookId).where('id', '=', id(deliveryId)).executeTakeFirst()
      return row === undefined ? null : readDelivery(row)
    },

    async attempts(orgId, deliveryId) {
      const rows = await db
        .selectFrom('attempts')
        .selectAll()
        .where('delivery_id', '=', id(deliveryId))
        .where('org_id', '=', id(orgId))
        .orderBy('number')
        .execute()
      return rows.map(readAttempt)
    },

    createTest: (orgId, webhookId, bodyOf) =>
      atomic(db, async (trx) => {
        const webhook = await findWebhook(context, trx, orgId, webhookId)
        if (webhook === null) return null
        const deliveryId = mint('req')
        const created = timeOf(deliveryId)
        const row = newDeliveryRow(orgId, webhookId, {
          id: deliveryId,
          eventId: null,
          systemEventId: null,
          kind: 'test',
          sequence: null,
          body: bodyOf({ id: deliveryId, created }, webhook),
          headline: { kind: 'test', group: null, externalId: null },
          created,
          nextAttempt: now(),
        })
        await trx.insertInto('deliveries').values(row).execute()
        return readDelivery(row)
      }),

    retry: (orgId, webhookId, deliveryId) =>
      atomic(db, (trx) => retryRequest(context, trx, { orgId, webhookId }, deliveryId)),
  }
}

function ofWebhook(db: Kysely<Tables>, orgId: OrganizationId, webhookId: WebhookId) {
  return db.selectFrom('deliveries').selectAll().where('org_id', '=', id(orgId)).where('webhook_id', '=', id(webhookId))
}

function filtered(db: Kysely<Tables>, orgId: OrganizationId, webhookId: WebhookId, filter: DeliveryFilter) {
  let query = ofWebhook(db, orgId, webhookId)
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  if (filter.statusCode !== undefined) {
    const [first, last] = codeRange(filter.statusCode)
    query = query.where('status_code', '>=', first).where('status_code', '<=', last)
  }
  for (const [op, bound] of idBounds(filter.created)) query = query.where('id', op, bound)
  for (const [op, bound] of timeBounds(filter.delivered)) query = query.where('delivered', op, bound)
  for (const [op, bound] of timeBounds(filter.lastAttempt)) query = query.where('last_attempt', op, bound)
  if (filter.undelivered === true) query = query.where('delivered', 'is', null)
  return query
}

function codeRange(code: NonNullable<DeliveryFilter['statusCode']>): readonly [first: number, last: number] {
  return 'exact' in code ? [code.exact, code.exact] : [code.hundreds * 100, code.hundreds * 100 + 99]
}
