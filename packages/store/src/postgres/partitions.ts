/**
 * Months of the tables that grow with time.
 *
 * An id begins with its millisecond, so a month is a range of ids. Without its month a row goes to the default
 * partition: nothing fails, only retention has to delete such rows instead of dropping a table.
 */
import type { Log } from '@dnsradar/core'
import { firstIdOf } from '../queries/page.ts'
import { sqlState, uuidText, type PostgresDatabase, type Statements } from './database.ts'
import { lockSchema } from './migrate.ts'

const PARTITIONED = ['events', 'deliveries', 'attempts'] as const

/** This month and so many after it: a process that runs for weeks need not think of them in time. */
const MONTHS_AHEAD = 3

/** The default partition already holds rows of that month. */
const CHECK_VIOLATION = '23514'

export interface MonthPartition {
  readonly name: string
  /** Epoch milliseconds, half-open. */
  readonly from: number
  readonly until: number
}

export function monthsFrom(now: number): readonly MonthPartition[] {
  const date = new Date(now)
  const start = (ahead: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1)
  return Array.from({ length: MONTHS_AHEAD + 1 }, (_, ahead) => ({
    name: new Date(start(ahead)).toISOString().slice(0, 7).replace('-', '_'),
    from: start(ahead),
    until: start(ahead + 1),
  }))
}

/** Makes the partitions of this month and the next ones, as far as they are missing. */
export async function ensurePartitions(db: PostgresDatabase, now: number, log: Log): Promise<void> {
  for (const month of monthsFrom(now)) {
    for (const table of PARTITIONED) {
      const name = `${table}_${month.name}`
      if (await exists(db, name)) continue
      try {
        await db.transaction((trx) => makePartition(trx, table, name, month))
      } catch (error) {
        if (sqlState(error) !== CHECK_VIOLATION) throw error
        log.warn(
          { partition: name },
          'rows of this month are in the default partition already, so it gets none of its own',
        )
      }
    }
  }
}

async function makePartition(trx: Statements, table: string, name: string, month: MonthPartition): Promise<void> {
  await lockSchema(trx)
  const bounds = `('${uuidText(firstIdOf(month.from))}') to ('${uuidText(firstIdOf(month.until))}')`
  await trx.run(`create table if not exists ${name} partition of ${table} for values from ${bounds}`)
}

async function exists(db: Statements, name: string): Promise<boolean> {
  const [row] = await db.all<{ found: number }>('select to_regclass($1) is not null as found', [name])
  return row?.found === 1
}
