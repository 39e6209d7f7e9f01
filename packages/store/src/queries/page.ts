/** One page of any list that is ordered by id. */
import { idToBytes, type Id, type IdPrefix, type Page, type PageRequest, type TimeRange } from '@dnsradar/core'
import { sql, type SelectQueryBuilder } from 'kysely'
import { cutPage, planPage, reverse, type Way } from '../paginate.ts'
import type { Bytes } from '../tables.ts'

/** `query` carries the filters and no order; `idColumn` is the column of its `id` (`m.id` in a join). */
export async function fetchPage<DB, TB extends keyof DB, Row extends { id: Bytes }>(
  query: SelectQueryBuilder<DB, TB, Row>,
  idColumn: string,
  request: PageRequest,
): Promise<Page<Row>> {
  const column = sql.ref<Bytes>(idColumn)
  const beyond = (id: Bytes, order: Way) => query.where(column, order === 'asc' ? '>' : '<', id).orderBy(column, order)

  const plan = planPage(request)
  const start = plan.beyond === null ? query.orderBy(column, plan.order) : beyond(cursorBytes(plan.beyond), plan.order)
  const { rows, more } = cutPage(plan, (await start.limit(plan.limit).execute()) as Row[])

  // The cursor's own row may be gone, so only a look tells whether anything lies behind the page.
  const edge = plan.backward ? rows.at(-1) : rows[0]
  const behind =
    plan.beyond !== null &&
    edge !== undefined &&
    (await beyond(edge.id, reverse(plan.order)).limit(1).execute()).length > 0
  return { items: rows, hasNext: plan.backward ? behind : more, hasPrevious: plan.backward ? more : behind }
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
