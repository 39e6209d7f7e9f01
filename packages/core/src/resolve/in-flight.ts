/**
 * What is in flight on one socket, by query id.
 *
 * A list instead of a Map: a hundred ids are quickly looked through, and a Map that lives long leaves the tables behind
 * that it outgrew, each pointing to the next, which keeps answered queries alive until a major collection.
 */
export interface InFlight<T> {
  readonly size: number
  get(id: number): T | undefined
  /** The id must not be in use. */
  add(id: number, item: T): void
  delete(id: number): void
  /** Empties the list. */
  takeAll(): readonly T[]
}

export function createInFlight<T>(): InFlight<T> {
  let ids: number[] = []
  let items: T[] = []
  return {
    get size() {
      return ids.length
    },
    get(id) {
      const at = ids.indexOf(id)
      return at < 0 ? undefined : items[at]
    },
    add(id, item) {
      ids.push(id)
      items.push(item)
    },
    delete(id) {
      const at = ids.indexOf(id)
      if (at < 0) return
      const lastId = ids.pop() as number
      const lastItem = items.pop() as T
      if (at === ids.length) return
      ids[at] = lastId
      items[at] = lastItem
    },
    takeAll() {
      const all = items
      ids = []
      items = []
      return all
    },
  }
}
