/** Chance that can be had again: the same seed gives the same numbers. */
export interface Chance {
  /** In [0, 1). */
  next(): number
  below(count: number): number
  pick<T>(items: readonly T[]): T
}

/** Mulberry32: 32 bits of state are plenty for a schedule. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number): number => Math.floor(next() * count)
  return {
    next,
    below,
    pick<T>(items: readonly T[]) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}
