/** Finds out at start, not at the first delivery, that the key ring is not the one this database was written with. */
import type { Kysely } from 'kysely'
import { StoreRefused } from '../refused.ts'
import { readWebhook } from '../rows/webhooks.ts'
import { SealError, type KeyRing } from '../seal.ts'
import type { Tables } from '../tables.ts'
import { openForeign } from './sealed.ts'

/** Every key that is in use has to be in the ring, and under its id has to be the key itself. */
export async function refuseWrongKeyRing(db: Kysely<Tables>, keyRing: KeyRing, now: number): Promise<void> {
  try {
    await openForeign(db, keyRing, now)
    await openWebhooks(db, keyRing)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    throw new StoreRefused(
      'wrong_key_ring',
      `The key ring does not open the secrets in this database (${error.message}). ` +
        'Give DNSRADAR_SECRET_KEY the key it was written with; one that was replaced may go once "dnsradar reseal" has run.',
      { cause: error },
    )
  }
}

/** The oldest and the newest. */
async function openWebhooks(db: Kysely<Tables>, keyRing: KeyRing): Promise<void> {
  for (const order of ['asc', 'desc'] as const) {
    const row = await db.selectFrom('webhooks').selectAll().orderBy('id', order).limit(1).executeTakeFirst()
    if (row !== undefined) readWebhook(row, { groups: [], pending: 0 }, keyRing)
  }
}
