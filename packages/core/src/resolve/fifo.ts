/** A queue whose head moves instead of its elements: `shift` on a long array copies it each time. */
export interface Fifo<T> {
  push(item: T): void
  first(): T | undefined
  dropFirst(): void
  /** Empties the queue. */
  takeAll(): readonly T[]
}

const COMPACT_FROM = 1024

export function createFifo<T>(): Fifo<T> {
  let items: T[] = []
  let head = 0
  return {
    push(item) {
      items.push(item)
    },
    first: () => items[head],
    dropFirst() {
      head += 1
      const drained = head >= items.length
      // A backlog that never drains must not keep what has left it.
      if (!drained && (head < COMPACT_FROM || head * 2 < items.length)) return
      items = drained ? [] : items.slice(head)
      head = 0
    },
    takeAll() {
      const all = items.slice(head)
      items = []
      head = 0
      return all
    },
  }
}
