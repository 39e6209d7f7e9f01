/**
 * Months of the tables that grow with time.
 *
 * An id begins with its millisecond, so a month is a range of ids. Without its month a row goes to the default
 * partition: nothing fails, only retention has to delete such rows instead of dropping a table.
 *
 * Both making and dropping a month take locks that everybody else would wait behind. So they wait for no lock longer than
 * a moment, and what was busy is done another time.
 */
import type { Log } from '@dnsradar/core'
import { firstIdOf } from '../queries/page.ts'
import { sqlState, uuidText, type PostgresDatabase, type Statements } from './database.ts'
import { lockSchema } from './migrate.ts'

export interface Partitions {
  /** Makes the months from that of `from`, or of `now` when left out, to the third after `now`, as far as they are missing. */
  ensure(now: number, from?: number): Promise<void>
  /** Drops the months that end by `before`, but for those that a request still waits in. Gives the number of tables. */
  drop(before: number): Promise<number>
}

interface Month {
  /** `2026_11`. */
  readonly name: string
  /** Epoch milliseconds, half-open. */
  readonly from: number
  readonly until: number
}

const PARTITIONED = ['events', 'deliveries', 'attempts'] as const
type Partitioned = (typeof PARTITIONED)[number]

/** Tables whose rows of one month are dropped together: a request goes with its attempts. */
const TOGETHER: readonly (readonly Partitioned[])[] = [['events'], ['attempts', 'deliveries']]

/** A process that runs for weeks need not think of the months after this one in time. */
const MONTHS_AHEAD = 3

/** What everybody else is kept waiting at most. */
const LOCK_WAIT = "set local lock_timeout = '100ms'"

/** The default partition already holds rows of that month. */
const CHECK_VIOLATION = '23514'
const LOCK_NOT_AVAILABLE = '55P03'

export function createPartitions(db: PostgresDatabase, log: Log): Partitions {
  /** Months that stay without a partition, which one line in the log says enough about. */
  const told = new Set<string>()

  async function make(table: Partitioned, month: Month): Promise<void> {
    const name = nameOf(table, month)
    if (await exists(db, name)) return
    try {
      await db.transaction((trx) => makePartition(trx, table, name, month))
    } catch (error) {
      const isInDefault = sqlState(error) === CHECK_VIOLATION
      if (!isInDefault && sqlState(error) !== LOCK_NOT_AVAILABLE) throw error
      if (told.has(name)) return
      told.add(name)
      log.warn(
        { partition: name },
        isInDefault
          ? 'rows of this month are in the default partition already, so it gets none of its own'
          : 'the tables are in use, so the partition of this month is made another time',
      )
    }
  }

  async function dropMonth(tables: readonly Partitioned[], month: Month): Promise<number> {
    const names = tables.map((table) => nameOf(table, month))
    if (await isAwaited(db, tables, month)) return 0
    try {
      return await db.transaction(async (trx) => {
        const there = await lockMonth(trx, tables, names)
        if (await isAwaited(trx, tables, month)) return 0
        for (const name of there) await trx.run(`drop table ${name}`)
        return there.length
      })
    } catch (error) {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error
      log.warn({ partitions: names }, 'a month that is over is in use, so it is dropped another time')
      return 0
    }
  }

  return {
    async ensure(now, from = now) {
      for (const month of monthsFrom(now, from)) {
        for (const table of PARTITIONED) await make(table, month)
      }
    },

    async drop(before) {
      let dropped = 0
      for (const tables of TOGETHER) {
        for (const month of await monthsOf(db, tables)) {
          if (month.until <= before) dropped += await dropMonth(tables, month)
        }
      }
      return dropped
    },
  }
}

export function monthsFrom(now: number, from: number = now): readonly Month[] {
  const last = monthAt(now, MONTHS_AHEAD).from
  const months: Month[] = []
  for (let month = monthAt(Math.min(from, now)); month.from <= last; month = monthAt(month.until)) months.push(month)
  return months
}

function monthAt(ms: number, ahead = 0): Month {
  const date = new Date(ms)
  const start = (after: number): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + after, 1)
  return {
    name: new Date(start(ahead)).toISOString().slice(0, 7).replace('-', '_'),
    from: start(ahead),
    until: start(ahead + 1),
  }
}

function nameOf(table: Partitioned, { name }: Month): string {
  return `${table}_${name}`
}

async function makePartition(trx: Statements, table: string, name: string, month: Month): Promise<void> {
  await lockSchema(trx)
  await trx.run(LOCK_WAIT)
  const bounds = `('${uuidText(firstIdOf(month.from))}') to ('${uuidText(firstIdOf(month.until))}')`
  await trx.run(`create table if not exists ${name} partition of ${table} for values from ${bounds}`)
}

async function exists(db: Statements, name: string): Promise<boolean> {
  const [row] = await db.all<{ found: number }>('select to_regclass($1) is not null as found', [name])
  return row?.found === 1
}

const CHILDREN = `
  select distinct substring(c.relname from '_(\\d{4}_\\d{2})$') as month
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = any ($1::regclass[]) and c.relname ~ '_\\d{4}_\\d{2}$'
   order by 1`

/** The oldest first. */
async function monthsOf(db: Statements, tables: readonly Partitioned[]): Promise<readonly Month[]> {
  const rows = await db.all<{ month: string }>(CHILDREN, [tables])
  return rows.map(({ month }) => monthAt(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1)))
}

/**
 * The month first, which at most its readers hold, and only then, for the moment of the drop, the tables that everybody
 * writes to. Gives the names of those that are there: another process may have dropped them meanwhile.
 */
async function lockMonth(
  trx: Statements,
  tables: readonly Partitioned[],
  names: readonly string[],
): Promise<readonly string[]> {
  await trx.run(LOCK_WAIT)
  await lockSchema(trx)
  const there: string[] = []
  for (const name of names) if (await exists(trx, name)) there.push(name)
  for (const name of there) await trx.run(`lock table ${name} in access exclusive mode`)
  for (const table of tables) await trx.run(`lock table only ${table} in access exclusive mode`)
  return there
}

/** Each half as the partial indexes of open requests have it. */
const AWAITED = `
  select exists (select 1 from deliveries where id >= $1 and id < $2 and status in ('PENDING', 'RETRYING') and seq is not null)
      or exists (select 1 from deliveries where id >= $1 and id < $2 and status in ('PENDING', 'RETRYING') and seq is null)
      as found`

async function isAwaited(db: Statements, tables: readonly Partitioned[], month: Month): Promise<boolean> {
  if (!tables.includes('deliveries')) return false
  const [row] = await db.all<{ found: number }>(AWAITED, [firstIdOf(month.from), firstIdOf(month.until)])
  return row?.found === 1
}
