/** One page of any list that is ordered by id. */
import { idToBytes, type Id, type IdPrefix, type Page, type PageRequest, type TimeRange } from '@dnsradar/core'
import { sql, type Kysely, type RawBuilder, type SelectQueryBuilder } from 'kysely'
import { cutPage, planPage, reverse, type Way } from '../paginate.ts'
import type { Bytes, Tables } from '../tables.ts'
import type { EngineTraits, History } from './context.ts'

/** A list's rows: which there are is its own affair, where a page of them begins and ends is not. */
interface Source<Row> {
  readonly idColumn: string
  fetch(bounds: readonly RawBuilder<boolean>[], order: Way, limit: number): Promise<readonly Row[]>
}

/** `query` carries the filters and no order. */
function builtList<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  idColumn: string,
): Source<Row> {
  return {
    idColumn,
    async fetch(bounds, order, limit) {
      const bounded = bounds.reduce((rest, bound) => rest.where(bound), query)
      return bounded.orderBy(sql.ref(idColumn), order).limit(rowLimit(limit)).execute()
    },
  }
}

/**
 * The same of a statement by hand: `select` ends before its `where`. For lists that are asked for all day, because the
 * query builder takes a tenth of the time of a page of a hundred monitors to build it.
 */
export function writtenList<Row>(
  db: Kysely<Tables>,
  select: RawBuilder<Row>,
  conditions: readonly RawBuilder<unknown>[],
  idColumn: string,
): Source<Row> {
  return {
    idColumn,
    async fetch(bounds, order, limit) {
      const where = sql.join([...conditions, ...bounds], AND)
      const page = sql`order by ${sql.ref(idColumn)} ${ORDER[order]} limit ${rowLimit(limit)}`
      const { rows } = await sql<Row>`${select} where ${where} ${page}`.execute(db)
      return rows
    },
  }
}

const AND = sql` and `
const ORDER: Readonly<Record<Way, RawBuilder<unknown>>> = { asc: sql`asc`, desc: sql`desc` }

/** `idColumn` is the column of the rows' `id` (`g.id` in a join). */
export function fetchPage<DB, TB extends keyof DB, Row extends Identified>(
  query: SelectQueryBuilder<DB, TB, Row>,
  idColumn: string,
  request: PageRequest,
): Promise<Page<Row>> {
  return pageOf(builtList(query, idColumn), request)
}

interface Identified {
  readonly id: Bytes | string
}

/** `ahead` holds for the rows of the page, not for those behind it. */
export async function pageOf<Row extends Identified>(
  source: Source<Row>,
  request: PageRequest,
  ahead: RawBuilder<boolean> | null = null,
): Promise<Page<Row>> {
  const column = sql.ref(source.idColumn)
  const beyond = (id: Bytes, order: Way) => sql<boolean>`${column} ${order === 'asc' ? AFTER : BEFORE} ${id}`

  const plan = planPage(request)
  const from = plan.beyond === null ? [] : [beyond(cursorBytes(plan.beyond), plan.order)]
  const bounds = ahead === null ? from : [...from, ahead]
  const { rows, more } = cutPage(plan, await source.fetch(bounds, plan.order, plan.limit))

  // The cursor's own row may be gone, so only a look tells whether anything lies behind the page.
  const edge = plan.backward ? rows.at(-1) : rows[0]
  const back = reverse(plan.order)
  const behind =
    plan.beyond !== null &&
    edge !== undefined &&
    (await source.fetch([beyond(octetsOf(edge.id), back)], back, 1)).length > 0
  return { items: rows, hasNext: plan.backward ? behind : more, hasPrevious: plan.backward ? more : behind }
}

const AFTER = sql`>`
const BEFORE = sql`<`

/**
 * The same of a history. A page that goes on from a cursor towards newer rows leaves out those to which an older one may
 * still come: the next visit finds both.
 */
export function fetchHistory<DB, TB extends keyof DB, Row extends Identified>(
  traits: Pick<EngineTraits, 'settledOnly'>,
  query: SelectQueryBuilder<DB, TB, Row>,
  table: History,
  request: PageRequest,
): Promise<Page<Row>> {
  return historyOf(traits, builtList(query, `${table}.id`), table, request)
}

export async function historyOf<Row extends Identified>(
  { settledOnly }: Pick<EngineTraits, 'settledOnly'>,
  source: Source<Row>,
  table: History,
  request: PageRequest,
): Promise<Page<Row>> {
  const { beyond, order } = planPage(request)
  const ahead = settledOnly !== null && beyond !== null && order === 'asc' ? await settledOnly(table) : null
  return pageOf(source, request, ahead)
}

/** Of an id, which lists may select in hexadecimal. */
function octetsOf(id: Bytes | string): Bytes {
  return typeof id === 'string' ? Buffer.from(id, 'hex') : id
}

/** Not a parameter alone: for its value, which SQLite plans with, it would prepare the statement again at every run. */
export function rowLimit(rows: number): RawBuilder<number> {
  return sql`cast(${rows} as integer)`
}

export function mapPage<Row, T>(page: Page<Row>, read: (row: Row) => T): Page<T> {
  return { ...page, items: page.items.map(read) }
}

function cursorBytes(cursor: string): Bytes {
  return idToBytes(cursor as Id<IdPrefix>)
}

type Bounds<T> = readonly (readonly [op: '>=' | '<', bound: T])[]

/** Epoch milliseconds that a column has to lie within. */
export function timeBounds({ from, until }: TimeRange = {}): Bounds<number> {
  return [
    ...(from === undefined ? [] : [['>=', from] as const]),
    ...(until === undefined ? [] : [['<', until] as const]),
  ]
}

/** An id's first 48 bits are its millisecond, so a range of time is a range of ids, which every list has an index on. */
export function idBounds(range: TimeRange | undefined): Bounds<Bytes> {
  return timeBounds(range).map(([op, ms]) => [op, firstIdOf(ms)])
}

const LAST_MS = 2 ** 48 - 1

/** The lowest id that can be made at `ms`. */
export function firstIdOf(ms: number): Bytes {
  const bytes = new Uint8Array(16)
  const clamped = Math.min(Math.max(Math.ceil(ms), 0), LAST_MS)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, Math.floor(clamped / 2 ** 32))
  view.setUint32(2, clamped % 2 ** 32)
  return bytes
}
