/** How lists are asked for: pages by cursor, ranges of time. */

/** A page by cursor: rows beyond `after` or `before` in list order; at most one of the two is set. */
export interface PageRequest {
  readonly limit: number
  /** Order of the whole list by id, that is by time. */
  readonly way: 'asc' | 'desc'
  readonly after: string | null
  readonly before: string | null
}

export interface Page<T> {
  /** Always in list order, also when paging backward. */
  readonly items: readonly T[]
  /** Rows follow the last item in list order. */
  readonly hasNext: boolean
  /** Rows precede the first item in list order. */
  readonly hasPrevious: boolean
}

/** Half-open range of epoch milliseconds: `from` inclusive, `until` exclusive. */
export interface TimeRange {
  readonly from?: number
  readonly until?: number
}
