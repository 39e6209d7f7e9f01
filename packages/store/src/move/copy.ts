/** The rows of one table, from the source to the target. */
import { insertSql } from '../queries/insert.ts'
import { pairs } from './merge.ts'
import { compareKeys, createTally, fingerprint } from './rows.ts'
import { BATCH, type Column, type Hand, type Row, type Snapshot, type Target, type Value } from './side.ts'
import type { MovedTable } from './tables.ts'

export interface Copying {
  readonly origin: Snapshot
  /** The target before the move wrote histories. */
  readonly before: Snapshot
  readonly target: Target
  /** So many more rows of the source have been seen to. */
  readonly onRows: (table: string, rows: number) => void
}

export interface Copied {
  readonly table: MovedTable
  readonly rows: number
  readonly sum: number
  readonly written: number
  readonly deleted: number
}

/** Rows of one statement: below what both engines take as parameters, at any width. */
const CHUNK = 100

function selectSql(table: MovedTable, columns: readonly Column[], from: 'source' | 'target'): string {
  const names = columns.map(({ name }) => `"${name}"`)
  const where = table.where === undefined || from === 'target' ? '' : ` where ${table.where}`
  const order = table.isHistory ? ` order by ${table.key.join(', ')}` : ''
  return `select ${names.join(', ')} from ${table.name}${where}${order}`
}

/** Into a table that is empty. */
export async function copyCatalogue(
  { origin, target, onRows }: Copying,
  table: MovedTable,
  columns: readonly Column[],
): Promise<Copied> {
  const tally = createTally()
  for await (const rows of origin.read(selectSql(table, columns, 'source'))) {
    for (const row of rows) tally.add(fingerprint(columns, row))
    await target.transaction((trx) => write(trx, target, table, columns, rows))
    onRows(table.name, rows.length)
  }
  return { table, rows: tally.rows, sum: tally.sum, written: tally.rows, deleted: 0 }
}

/** Writes and deletes only where the two differ. */
export async function copyHistory(
  { origin, before, target, onRows }: Copying,
  table: MovedTable,
  columns: readonly Column[],
): Promise<Copied> {
  const tally = createTally()
  let [written, deleted, seen] = [0, 0, 0]
  let changes: { readonly missing: Row[]; readonly gone: Row[] } = { missing: [], gone: [] }

  async function flush(): Promise<void> {
    const { missing, gone } = changes
    changes = { missing: [], gone: [] }
    if (missing.length + gone.length > 0) {
      await target.transaction(async (trx) => {
        await remove(trx, target, table, gone)
        await write(trx, target, table, columns, missing)
      })
    }
    written += missing.length
    deleted += gone.length
    onRows(table.name, seen)
    seen = 0
  }

  const here = origin.read(selectSql(table, columns, 'source'))
  const there = before.read(selectSql(table, columns, 'target'))
  for await (const { source, target: known } of pairs(here, there, (a, b) => compareKeys(table.key, a, b))) {
    if (source === null) {
      if (known !== null) changes.gone.push(known)
    } else {
      const print = fingerprint(columns, source)
      tally.add(print)
      seen += 1
      if (known === null || fingerprint(columns, known) !== print) changes.missing.push(source)
    }
    if (Math.max(seen, changes.gone.length) >= BATCH) await flush()
  }
  await flush()
  return { table, rows: tally.rows, sum: tally.sum, written, deleted }
}

/** What the target holds of a table now. */
export async function tallyTarget(
  after: Snapshot,
  table: MovedTable,
  columns: readonly Column[],
): Promise<{ readonly rows: number; readonly sum: number }> {
  const tally = createTally()
  for await (const rows of after.read(selectSql(table, columns, 'target'))) {
    for (const row of rows) tally.add(fingerprint(columns, row))
  }
  return tally
}

async function write(
  trx: Hand,
  target: Target,
  { name: table, isHistory, key }: MovedTable,
  columns: readonly Column[],
  rows: readonly Row[],
): Promise<void> {
  const names = columns.map(({ name }) => name)
  const changes = names.filter((name) => !key.includes(name)).map((name) => `"${name}" = excluded."${name}"`)
  const upsert = isHistory ? ` on conflict (${key.join(', ')}) do update set ${changes.join(', ')}` : ''
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = rows.slice(from, from + CHUNK)
    const values = chunk.flatMap((row) => names.map((name): Value => row[name] ?? null))
    await trx.run(insertSql(target, table, names, chunk.length) + upsert, values)
  }
}

async function remove(trx: Hand, target: Target, { name, key }: MovedTable, rows: readonly Row[]): Promise<void> {
  const isRow = key.map((column, at) => `${column} = ${target.placeholder(at + 1)}`).join(' and ')
  for (const row of rows) {
    await trx.run(
      `delete from ${name} where ${isRow}`,
      key.map((column) => row[column] ?? null),
    )
  }
}
