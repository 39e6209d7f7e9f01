/** Requests that must not happen twice, and what they were answered. Answers may hold keys and secrets, so they are sealed. */
import type { Claim, Idempotency, MarkedRequest } from '@dnsradar/core'
import { id } from '../rows/columns.ts'
import { seal, unseal, type SealedPlace } from '../seal.ts'
import { markName } from '../sealed-columns.ts'
import type { IdempotencyRow } from '../tables.ts'
import type { QueryContext } from './context.ts'

export function idempotencyQueries({ db, keyRing, now }: QueryContext): Idempotency {
  return {
    async claim(request, expires) {
      for (;;) {
        if (await take(request, expires)) return { kind: 'new' }
        const row = await db
          .selectFrom('idempotency')
          .selectAll()
          .where('org_id', '=', id(request.orgId))
          .where('key_id', '=', id(request.keyId))
          .where('key', '=', request.mark)
          .executeTakeFirst()
        // Given back or purged between the two statements: free again.
        if (row !== undefined) return claimed(request, row)
      }
    },

    async complete(request, response, expires) {
      await owned(db.updateTable('idempotency'), request)
        .set({ response: seal(keyRing, placeOf(request), response), expires })
        .execute()
    },

    async release(request) {
      await owned(db.deleteFrom('idempotency'), request).where('response', 'is', null).execute()
    },
  }

  /** The primary key makes a second one wait for the transaction of the first; an expired mark is free. */
  async function take(request: MarkedRequest, expires: number): Promise<boolean> {
    const row: IdempotencyRow = {
      org_id: id(request.orgId),
      key_id: id(request.keyId),
      key: request.mark,
      request_hash: request.hash,
      response: null,
      expires,
    }
    const taken = await db
      .insertInto('idempotency')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['org_id', 'key_id', 'key'])
          .doUpdateSet({ request_hash: request.hash, response: null, expires })
          .where('idempotency.expires', '<=', now()),
      )
      .returning('key')
      .executeTakeFirst()
    return taken !== undefined
  }

  function claimed(request: MarkedRequest, row: IdempotencyRow): Claim {
    if (!Buffer.from(request.hash).equals(row.request_hash)) return { kind: 'other' }
    if (row.response === null) return { kind: 'running' }
    return { kind: 'done', response: unseal(keyRing, placeOf(request), row.response) }
  }
}

/** The mark while it is this request's: one that expired may have been taken by another. */
function owned<Query extends { where(column: string, op: '=', value: unknown): Query }>(
  query: Query,
  request: MarkedRequest,
): Query {
  return query
    .where('org_id', '=', id(request.orgId))
    .where('key_id', '=', id(request.keyId))
    .where('key', '=', request.mark)
    .where('request_hash', '=', request.hash)
}

function placeOf({ orgId, keyId, mark }: MarkedRequest): SealedPlace {
  return { orgId, rowId: markName(keyId, mark), column: 'response' }
}
