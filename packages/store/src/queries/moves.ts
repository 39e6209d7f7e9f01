/** What a database that is about to be served says about a move that filled it. */
import type { Kysely } from 'kysely'
import { StoreRefused } from '../refused.ts'
import type { Tables } from '../tables.ts'

/**
 * From here on what is in the database is its own, and no move may replace it. One that a move has not filled yet is not
 * to be served. The delete comes first: a move that is about to begin anew waits for it, and then finds the row gone.
 */
export async function takeOver(db: Kysely<Tables>, where: string): Promise<void> {
  const [unfinished] = await db.transaction().execute(async (trx) => {
    await trx.deleteFrom('moves').where('finished', 'is not', null).execute()
    return trx.selectFrom('moves').select('begun').execute()
  })
  if (unfinished === undefined) return
  throw new StoreRefused(
    'unfinished_move',
    `${where} does not hold all of the installation that is moved to it. Run "dnsradar move" to its end first.`,
  )
}
