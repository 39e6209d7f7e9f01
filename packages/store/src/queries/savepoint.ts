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

/** Gives what `work` gave, and takes back what it wrote. */
export async function rehearsed<T>(trx: Kysely<Tables>, work: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(trx)
  try {
    return await work()
  } finally {
    await takeBack(trx)
  }
}

async function takeBack(trx: Kysely<Tables>): Promise<void> {
  await sql`rollback to savepoint part`.execute(trx)
  await sql`release savepoint part`.execute(trx)
}
