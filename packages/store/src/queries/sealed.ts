/** Which keys of the ring are in use, and the change from one to another. */
import type { Sealed } from '@dnsradar/core'
import { type RawBuilder, sql, type Kysely } from 'kysely'
import { readId } from '../rows/columns.ts'
import { seal, sealPrefix, unseal, type KeyRing, type SealedPlace } from '../seal.ts'
import { SEALED_TABLES, type SealedRow, type SealedTable } from '../sealed-columns.ts'
import type { Bytes, Tables } from '../tables.ts'
import { atomic, type QueryContext } from './context.ts'

/** Rows of one transaction: bounds how long it holds them. */
const SLICE = 200

export function sealedQueries(context: QueryContext): Sealed {
  return {
    async reseal() {
      const counts: Record<string, number> = {}
      for (const table of SEALED_TABLES) counts[table.name] = await resealTable(context, table)
      return counts
    },
  }
}

/** Passes, until one finds nothing: what a process that still seals under another key has written meanwhile is new work. */
async function resealTable(context: QueryContext, table: SealedTable): Promise<number> {
  let resealed = 0
  while ((await foreignRows(context.db, table, wanted(context, null, 1))).length > 0) {
    for (let last: SealedRow | null | undefined = null; last !== undefined; ) {
      const after: SealedRow | null = last
      const rows: readonly SealedRow[] = await atomic(context.db, (trx) => resealSlice(context, trx, table, after))
      resealed += rows.length
      last = rows.at(-1)
    }
  }
  return resealed
}

/** Under a lock: who rewrites one value of a row leaves the others as they are. */
async function resealSlice(
  context: QueryContext,
  trx: Kysely<Tables>,
  table: SealedTable,
  after: SealedRow | null,
): Promise<readonly SealedRow[]> {
  const lock = context.engine.locksRows ? sql`for no key update` : sql``
  const rows = await foreignRows(trx, table, wanted(context, after, SLICE), lock)
  for (const row of rows) {
    const changes = table.columns.flatMap((column) => {
      const bytes = row[column] as Bytes | null
      if (bytes === null) return []
      return [sql`${sql.ref(column)} = ${reseal(context.keyRing, placeOf(table, row, column), bytes)}`]
    })
    const key = table.key.map((column) => sql`${sql.ref(column)} = ${row[column]}`)
    await sql`update ${sql.table(table.name)} set ${sql.join(changes)} where ${all(key)}`.execute(trx)
  }
  return rows
}

function wanted({ keyRing, now }: QueryContext, after: SealedRow | null, limit: number): Wanted {
  return { keys: [keyRing.current], now: now(), after, limit }
}

function reseal(ring: KeyRing, place: SealedPlace, bytes: Bytes): Bytes {
  return seal(ring, place, unseal(ring, place, bytes))
}

/** Throws when the ring lacks the key of any row that is still of use. */
export async function openForeign(db: Kysely<Tables>, ring: KeyRing, now: number): Promise<void> {
  for (const table of SEALED_TABLES) {
    const foreign = await foreignRows(db, table, { keys: [...ring.keys.keys()], now, after: null, limit: 1 })
    for (const row of foreign) {
      for (const column of table.columns) {
        const bytes = row[column] as Bytes | null
        if (bytes !== null) unseal(ring, placeOf(table, row, column), bytes)
      }
    }
  }
}

interface Wanted {
  /** Ids of keys. */
  readonly keys: readonly string[]
  readonly now: number
  readonly after: SealedRow | null
  readonly limit: number
}

/** Rows with a value that none of the keys sealed. The key of a value stands in its first bytes. */
async function foreignRows(
  db: Kysely<Tables>,
  { name, key, order, columns, expires }: SealedTable,
  { keys, now, after, limit }: Wanted,
  lock: RawBuilder<unknown> = sql``,
): Promise<readonly SealedRow[]> {
  const isForeign = columns.map((column) => all(keys.map((keyId) => isNotSealedBy(column, sealPrefix(keyId)))))
  const where = [
    sql`(${sql.join(isForeign, sql` or `)})`,
    ...(expires === undefined ? [] : [sql`${sql.ref(expires)} > ${now}`]),
    ...(after === null ? [] : [sql`(${refs(order)}) > (${sql.join(order.map((column) => after[column]))})`]),
  ]
  const { rows } = await sql<SealedRow>`
    select ${refs([...new Set([...key, ...columns])])} from ${sql.table(name)}
     where ${all(where)} order by ${refs(order)} limit ${sql.lit(limit)} ${lock}`.execute(db)
  return rows
}

/** Neither true nor false, and so not found, where there is no value. */
function isNotSealedBy(column: string, prefix: Uint8Array): RawBuilder<unknown> {
  return sql`substr(${sql.ref(column)}, 1, ${sql.lit(prefix.length)}) <> ${prefix}`
}

function all(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql.join([...conditions], sql` and `)
}

function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)))
}

function placeOf(table: SealedTable, row: SealedRow, column: string): SealedPlace {
  return { orgId: readId('org', row['org_id'] as Bytes), rowId: table.rowId(row), column }
}
