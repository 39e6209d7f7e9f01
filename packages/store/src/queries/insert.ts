/**
 * Many rows at once. Written past the query builder because a bulk of 1000 monitors is 35,000 values, and building a
 * syntax tree of them takes longer than storing them.
 */
import { CompiledQuery, type Kysely } from 'kysely'
import type { Tables } from '../tables.ts'
import type { EngineTraits } from './context.ts'

/** Rows of one statement: few texts to prepare, and below the 32,766 parameters of an SQLite statement at any width. */
const CHUNK = 100

/** Runs one statement in the caller's transaction. */
type RunSql = (sql: string, values: unknown[]) => Promise<unknown>

/** All rows have the same members, which are the table's columns. */
export async function insertRows<Name extends keyof Tables>(
  run: RunSql,
  engine: EngineTraits,
  table: Name,
  rows: readonly Tables[Name][],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}) as (keyof Tables[Name] & string)[]
  const whole = rows.length < CHUNK ? '' : insertSql(engine, table, columns, CHUNK)
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = rows.slice(from, from + CHUNK)
    // One array: a bulk leaves enough garbage without one for each of its rows.
    const values: unknown[] = []
    for (const row of chunk) for (const column of columns) values.push(row[column])
    await run(chunk.length === CHUNK ? whole : insertSql(engine, table, columns, chunk.length), values)
  }
}

/** `insertRows` within a transaction of the query builder. */
export function runIn(trx: Kysely<Tables>): RunSql {
  return (sql, values) => trx.executeQuery(CompiledQuery.raw(sql, values))
}

export function insertSql(
  engine: Pick<EngineTraits, 'placeholder'>,
  table: string,
  columns: readonly string[],
  rows: number,
): string {
  const names = columns.map((column) => `"${column}"`).join(', ')
  const tuple = (row: number) =>
    `(${columns.map((_, i) => engine.placeholder(row * columns.length + i + 1)).join(', ')})`
  return `insert into ${table} (${names}) values ${Array.from({ length: rows }, (_, row) => tuple(row)).join(', ')}`
}
