/** Finds out at start, not at the first delivery, that the key ring is not the one this database was written with. */
import type { Kysely } from 'kysely'
import { StoreRefused } from '../refused.ts'
import { readWebhook } from '../rows/webhooks.ts'
import type { KeyRing } from '../seal.ts'
import type { Tables } from '../tables.ts'

/** Looks at the oldest and the newest webhook: a rotation that dropped a key too early shows in the oldest. */
export async function refuseWrongKeyRing(db: Kysely<Tables>, keyRing: KeyRing): Promise<void> {
  for (const order of ['asc', 'desc'] as const) {
    const row = await db.selectFrom('webhooks').selectAll().orderBy('id', order).limit(1).executeTakeFirst()
    if (row === undefined) return
    try {
      readWebhook(row, { groups: [], pending: 0 }, keyRing)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new StoreRefused(
        'wrong_key_ring',
        `The key ring does not open the secrets in this database (${why}). Give DNSRADAR_SECRET_KEY the key it was written with.`,
        { cause: error },
      )
    }
  }
}
