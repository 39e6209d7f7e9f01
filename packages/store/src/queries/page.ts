/** One page of any list that is ordered by id. */
import { idToBytes, type Id, type IdPrefix, type Page, type PageRequest, type TimeRange } from '@dnsradar/core'
import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely'
import { cutPage, planPage, reverse, type Way } from '../paginate.ts'
import type { Bytes } from '../tables.ts'
import type { EngineTraits, History } from './context.ts'

/**
 * `query` carries the filters and no order; `idColumn` is the column of its `id` (`m.id` in a join). `ahead` holds for the
 * rows of the page, not for those behind it.
 */
export async function fetchPage<DB, TB extends keyof DB, Row extends { id: Bytes | string }>(
  query: SelectQueryBuilder<DB, TB, Row>,
  idColumn: string,
  request: PageRequest,
  ahead: RawBuilder<boolean> | null = null,
): Promise<Page<Row>> {
  const column = sql.ref<Bytes>(idColumn)
  const beyond = (id: Bytes, order: Way) => query.where(column, order === 'asc' ? '>' : '<', id).orderBy(column, order)

  const plan = planPage(request)
  const all = plan.beyond === null ? query.orderBy(column, plan.order) : beyond(cursorBytes(plan.beyond), plan.order)
  const start = ahead === null ? all : all.where(ahead)
  const { rows, more } = cutPage(plan, (await start.limit(rowLimit(plan.limit)).execute()) as Row[])

  // The cursor's own row may be gone, so only a look tells whether anything lies behind the page.
  const edge = plan.backward ? rows.at(-1) : rows[0]
  const behind =
    plan.beyond !== null &&
    edge !== undefined &&
    (await beyond(octetsOf(edge.id), reverse(plan.order)).limit(rowLimit(1)).execute()).length > 0
  return { items: rows, hasNext: plan.backward ? behind : more, hasPrevious: plan.backward ? more : behind }
}

/**
 * The same of a history. A page that goes on from a cursor towards newer rows leaves out those to which an older one may
 * still come: the next visit finds both.
 */
export async function fetchHistory<DB, TB extends keyof DB, Row extends { id: Bytes | string }>(
  { settledOnly }: Pick<EngineTraits, 'settledOnly'>,
  query: SelectQueryBuilder<DB, TB, Row>,
  table: History,
  request: PageRequest,
): Promise<Page<Row>> {
  const { beyond, order } = planPage(request)
  const ahead = settledOnly !== null && beyond !== null && order === 'asc' ? await settledOnly(table) : null
  return fetchPage(query, `${table}.id`, request, ahead)
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

/** An id's first 48 bits are its millisecond, so a range of time is a range of ids, which every list has an index on. */
export function idBounds(range: TimeRange | undefined): readonly (readonly [op: '>=' | '<', bound: Bytes])[] {
  const bounds: (readonly ['>=' | '<', Bytes])[] = []
  if (range?.from !== undefined) bounds.push(['>=', firstIdOf(range.from)])
  if (range?.until !== undefined) bounds.push(['<', firstIdOf(range.until)])
  return bounds
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
