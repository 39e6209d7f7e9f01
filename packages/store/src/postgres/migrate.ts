/** Brings a PostgreSQL database to this version's schema. Processes that start together take turns. */
import { pendingMigrations, readMigrations } from '../migrate.ts'
import { StoreRefused } from '../refused.ts'
import { sqlState, type PostgresDatabase, type Statements } from './database.ts'

const FOLDER = new URL('migrations/', import.meta.url)

/** "DNSRADAR" in ASCII, within 63 bits: the advisory lock under which the schema changes. */
const SCHEMA_LOCK = '0x444e535241444152'

/** Held until the transaction ends. */
export async function lockSchema(trx: Statements): Promise<void> {
  await trx.run('select pg_advisory_xact_lock($1)', [BigInt(SCHEMA_LOCK)])
}

const UNDEFINED_COLUMN = '42703'
const DUPLICATE_TABLE = '42P07'

/** `where` names the database in refusals. */
export async function migrate(db: PostgresDatabase, where: string, appliedAt: number): Promise<void> {
  const known = await readMigrations(FOLDER)
  try {
    await db.transaction(async (trx) => {
      // A short look first: a database that is up to date is opened without waiting for the lock.
      if (pendingMigrations(known, await appliedNumbers(trx), where).length === 0) return
      await lockSchema(trx)
      await trx.run('create table if not exists migrations (number integer primary key, applied bigint not null)')
      for (const { number, sql } of pendingMigrations(known, await appliedNumbers(trx), where)) {
        await trx.run(sql)
        await trx.run('insert into migrations (number, applied) values ($1, $2)', [number, appliedAt])
      }
    })
  } catch (error) {
    const state = sqlState(error)
    if (state !== UNDEFINED_COLUMN && state !== DUPLICATE_TABLE) throw error
    throw new StoreRefused(
      'foreign',
      `${where} holds tables of another program. Name a database of its own for DNSRadar in DATABASE_URL.`,
      { cause: error },
    )
  }
}

async function appliedNumbers(trx: Statements): Promise<number[]> {
  const [table] = await trx.all<{ name: string | null }>("select to_regclass('migrations')::text as name")
  if (table?.name === null || table === undefined) return []
  return (await trx.all<{ number: number }>('select number, applied from migrations')).map(({ number }) => number)
}
