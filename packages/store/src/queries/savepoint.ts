/** Parts of a transaction that can be taken back alone. PostgreSQL goes on after a failed statement only from here. */
import { sql, type Kysely } from 'kysely'
import type { Tables } from '../tables.ts'

/** When `work` rejects, what it wrote is taken back and the transaction can go on. */
export async function contained<T>(trx: Kysely<Tables>, work: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(trx)
  try {
    const result = await work()
    await sql`release savepoint part`.execute(trx)
    return result
  } catch (error) {
    await takeBack(trx)
    throw error
  }
}

/**
 * Gives what `work` gave, and takes back what it wrote. Outside a transaction that is a whole one: of a part SQLite keeps
 * the old pages beside, and what is put back it writes to the disk with the rest.
 */
export async function rehearsed<T>(db: Kysely<Tables>, work: (trx: Kysely<Tables>) => Promise<T>): Promise<T> {
  if (!db.isTransaction) {
    const trx = await db.startTransaction().execute()
    try {
      return await work(trx)
    } finally {
      await trx.rollback().execute()
    }
  }
  await sql`savepoint part`.execute(db)
  try {
    return await work(db)
  } finally {
    await takeBack(db)
  }
}

async function takeBack(trx: Kysely<Tables>): Promise<void> {
  await sql`rollback to savepoint part`.execute(trx)
  await sql`release savepoint part`.execute(trx)
}
