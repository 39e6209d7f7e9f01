/**
 * Cursor paging without SQL: which rows to ask for, and what the rows that came say about the pages around them.
 *
 * A cursor is an id, and ids are compared as values: the row of a cursor may be gone. One row more than the page tells
 * whether the list goes on in the direction of travel; the other direction has to be asked for.
 */
import type { PageRequest } from '@dnsradar/core'

export type Way = 'asc' | 'desc'

export interface PagePlan {
  /** Rows strictly beyond this id, in the direction of `order`; null from the end of the list where `order` begins. */
  readonly beyond: string | null
  /** Order of fetching, which is not the order of the list when paging backward. */
  readonly order: Way
  readonly limit: number
  readonly backward: boolean
}

export function planPage(request: PageRequest): PagePlan {
  const backward = request.before !== null
  return {
    beyond: request.before ?? request.after,
    order: backward ? reverse(request.way) : request.way,
    limit: request.limit + 1,
    backward,
  }
}

export function reverse(way: Way): Way {
  return way === 'asc' ? 'desc' : 'asc'
}

/** The page's rows in list order, and whether more followed in the direction of travel. */
export function cutPage<Row>(plan: PagePlan, fetched: readonly Row[]): { rows: readonly Row[]; more: boolean } {
  const rows = fetched.slice(0, plan.limit - 1)
  return { rows: plan.backward ? rows.toReversed() : rows, more: fetched.length === plan.limit }
}
