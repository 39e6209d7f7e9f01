/**
 * Contenders in turns: on a machine that other work shares, neighbours in time are comparable and rates are not. So
 * every round runs each contender once, and what counts is the median of the ratios within a round.
 */

export interface Contender<R> {
  readonly name: string
  /** Null when it cannot run here. */
  run(): R | null | Promise<R | null>
}

export type Results<R> = ReadonlyMap<string, readonly (R | null)[]>

/** One round more than asked for goes first and only warms up. */
export async function inTurns<R>(contenders: readonly Contender<R>[], rounds: number): Promise<Results<R>> {
  const results = new Map<string, (R | null)[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const contender of contenders) {
      const result = await contender.run()
      if (round > 0) results.get(contender.name)?.push(result)
    }
  }
  return results
}

/** NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export function medianOf<R>(runs: readonly (R | null)[], pick: (run: R) => number | null): number {
  return median(runs.flatMap((run) => (run === null ? [] : (pick(run) ?? []))))
}

/** Median over the rounds of `one` divided by `other` in the same round. */
export function medianRatio<R>(
  one: readonly (R | null)[],
  other: readonly (R | null)[],
  pick: (run: R) => number,
): number {
  return median(
    one.flatMap((run, at) => {
      const against = other[at] ?? null
      return run === null || against === null ? [] : pick(run) / pick(against)
    }),
  )
}

/** For a table: empty when there is no figure. */
export function shown(value: number, digits: number): number | string {
  return Number.isNaN(value) ? '' : Number(value.toFixed(digits))
}
