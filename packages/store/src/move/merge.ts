/** Two lists in the same order, walked side by side. */

export interface Pair<T> {
  readonly source: T | null
  readonly target: T | null
}

/** Each item once: with its counterpart of the same place, or alone. */
export async function* pairs<T>(
  source: AsyncIterable<readonly T[]>,
  target: AsyncIterable<readonly T[]>,
  compare: (a: T, b: T) => number,
): AsyncGenerator<Pair<T>> {
  const [left, right] = [oneByOne(source), oneByOne(target)]
  let [a, b] = [await left.next(), await right.next()]
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compare(a.value, b.value)
    yield {
      source: order > 0 || a.done === true ? null : a.value,
      target: order < 0 || b.done === true ? null : b.value,
    }
    if (order <= 0) a = await left.next()
    if (order >= 0) b = await right.next()
  }
}

async function* oneByOne<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T, undefined> {
  for await (const batch of batches) yield* batch
}
