/** Brings an SQLite file to this version's schema, each migration in a transaction of its own. */
import type { DatabaseSync } from 'node:sqlite'
import { pendingMigrations, readMigrations } from '../migrate.ts'
import { StoreRefused } from '../refused.ts'
import { inTransaction } from './database.ts'

const FOLDER = new URL('migrations/', import.meta.url)

/** "DNSR": tells our files from those of other programs. */
const APPLICATION_ID = 0x444e5352

export interface MigrationPlan {
  readonly isNeeded: boolean
  apply(appliedAt: number): void
}

/** Refuses a file that a newer version wrote, before anything is written. */
export async function planMigrations(handle: DatabaseSync, path: string): Promise<MigrationPlan> {
  const known = await readMigrations(FOLDER)
  const pending = pendingMigrations(known, appliedNumbers(handle), path)
  return { isNeeded: pending.length > 0, apply }

  function apply(appliedAt: number): void {
    for (const { number, sql } of pending) {
      inTransaction(handle, () => {
        handle.exec(
          'create table if not exists migrations (number integer primary key, applied integer not null) strict',
        )
        // Another process may have been here since the plan was made.
        if (appliedNumbers(handle).includes(number)) return
        handle.exec(sql)
        handle.prepare('insert into migrations (number, applied) values (?, ?)').run(number, appliedAt)
        handle.exec(`pragma application_id = ${APPLICATION_ID}`)
      })
    }
  }
}

export function refuseForeign(handle: DatabaseSync, path: string): void {
  const applicationId = handle.prepare('pragma application_id').get()?.['application_id']
  const isEmpty = handle.prepare('select count(*) as tables from sqlite_schema').get()?.['tables'] === 0
  if (isEmpty || applicationId === APPLICATION_ID) return
  throw new StoreRefused(
    'foreign',
    `${path} is an SQLite file of another program. Name a file of its own for DNSRadar in DATABASE_URL.`,
  )
}

function appliedNumbers(handle: DatabaseSync): number[] {
  const table = handle.prepare("select 1 from sqlite_schema where name = 'migrations'").get()
  if (table === undefined) return []
  return handle
    .prepare('select number from migrations')
    .all()
    .map((row) => Number(row['number']))
}
