/**
 * How far claims have come along the times at which monitors are due.
 *
 * A claim on SQLite writes nothing, so a row stays due until its result is recorded. What lies before the front is in
 * flight; the next claim goes on from there instead of stepping over all of it, hundreds of rows each time and thousands
 * when recording is slow.
 */
export interface DueFront {
  /** Where a claim of what is due from `base` on begins. */
  since(base: number): number
  /** Everything from `base` up to `at` is in flight, or not due. */
  reached(base: number, at: number): void
  /** Something before the front may be free. */
  reset(): void
}

export function createDueFront(): DueFront {
  let from = 0
  let upTo = 0
  return {
    since: (base) => (base >= from ? Math.max(base, upTo) : base),
    reached(base, at) {
      from = base
      upTo = at
    },
    reset() {
      from = 0
      upTo = 0
    },
  }
}
