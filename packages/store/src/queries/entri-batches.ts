/**
 * Batches of the Entri dialect: many domains of one request, added in the background.
 *
 * An item is settled in the transaction that adds its domain, so that each is added once, whoever works on the batch and
 * however often they begin anew.
 */
import {
  timeOf,
  type BatchItem,
  type ClaimedBatch,
  type Entri,
  type EntriBatches,
  type OrganizationId,
} from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id, json, readId, readJson, text, textOrNull } from '../rows/columns.ts'
import type { Bytes, EntriBatchItemRow, Tables } from '../tables.ts'
import { atomic, type QueryContext } from './context.ts'
import { insertRows, runIn } from './insert.ts'

type BatchRecords = Pick<Entri, 'createBatch' | 'batch' | 'settleBatchItem'>

export function batchRecords(context: QueryContext): BatchRecords {
  const { db, engine, mint } = context
  return {
    createBatch: (orgId, application, items) =>
      atomic(db, async (trx) => {
        const batchId = mint('bat')
        const [org_id, batch_id] = [id(orgId), id(batchId)]
        await trx
          .insertInto('entri_batches')
          .values({
            id: batch_id,
            org_id,
            application_id: id(application),
            status: 'open',
            created: timeOf(batchId),
            lease_until: null,
          })
          .execute()
        const rows = items.map((item, position) => ({
          org_id,
          batch_id,
          position,
          domain: text(item.domain),
          body: json(item.body),
          status: 'pending',
          error: null,
        }))
        await insertRows(runIn(trx), engine, 'entri_batch_items', rows)
        return { id: batchId, items: rows.map(readItem) }
      }),

    async batch(orgId, application, batchId) {
      const found = await db
        .selectFrom('entri_batches')
        .select('id')
        .where('org_id', '=', id(orgId))
        .where('id', '=', id(batchId))
        .where('application_id', '=', id(application))
        .executeTakeFirst()
      return found === undefined ? null : { id: batchId, items: (await itemsOf(db, orgId, found.id)).map(readItem) }
    },

    settleBatchItem: ({ orgId, id: batchId }, position, outcome) =>
      atomic(db, async (trx) => {
        const settled = await trx
          .updateTable('entri_batch_items')
          .set({ status: outcome.status, error: outcome.status === 'failed' ? textOrNull(outcome.error) : null })
          .where('org_id', '=', id(orgId))
          .where('batch_id', '=', id(batchId))
          .where('position', '=', position)
          .where('status', '=', 'pending')
          .executeTakeFirst()
        return settled.numUpdatedRows > 0n
      }),
  }
}

export function batchQueries({ db, engine, now }: QueryContext): EntriBatches {
  return {
    claim: (leaseMs) => atomic(db, (trx) => claimOpen(trx, engine.locksRows, now(), leaseMs)),

    release: ({ orgId, id: batchId }) =>
      atomic(db, async (trx) => {
        const items = await itemsOf(trx, orgId, id(batchId))
        const isDone = items.every(({ status }) => status !== 'pending')
        await trx
          .updateTable('entri_batches')
          .set({ lease_until: null, ...(isDone ? { status: 'closed' } : {}) })
          .where('org_id', '=', id(orgId))
          .where('id', '=', id(batchId))
          .execute()
      }),
  }
}

/** Index: entri_batches_open. */
async function claimOpen(
  trx: Kysely<Tables>,
  locksRows: boolean,
  now: number,
  leaseMs: number,
): Promise<ClaimedBatch | null> {
  const row = await trx
    .selectFrom('entri_batches')
    .select(['id', 'org_id', 'application_id'])
    .where('status', '=', 'open')
    .where((is) => is.or([is('lease_until', 'is', null), is('lease_until', '<=', now)]))
    .orderBy('created')
    .orderBy('id')
    .limit(1)
    .$if(locksRows, (query) => query.forUpdate().skipLocked())
    .executeTakeFirst()
  if (row === undefined) return null
  await trx
    .updateTable('entri_batches')
    .set({ lease_until: now + leaseMs })
    .where('org_id', '=', row.org_id)
    .where('id', '=', row.id)
    .execute()
  const orgId = readId('org', row.org_id)
  const items = await itemsOf(trx, orgId, row.id)
  return {
    id: readId('bat', row.id),
    orgId,
    application: readId('app', row.application_id),
    items: items
      .filter(({ status }) => status === 'pending')
      .map(({ position, domain, body }) => ({ position, domain, body: readJson<unknown>(body) })),
  }
}

function itemsOf(db: Kysely<Tables>, orgId: OrganizationId, batchId: Bytes): Promise<EntriBatchItemRow[]> {
  return db
    .selectFrom('entri_batch_items')
    .selectAll()
    .where('org_id', '=', id(orgId))
    .where('batch_id', '=', batchId)
    .orderBy('position')
    .execute()
}

function readItem({ domain, status, error }: Pick<EntriBatchItemRow, 'domain' | 'status' | 'error'>): BatchItem {
  if (status === 'failed') return { domain, status, error: error ?? '' }
  return { domain, status: status === 'completed' ? 'completed' : 'pending' }
}
