/** As many monitors as one request takes. */
export const MOST_AT_ONCE = 1000

/** In their order, each batch but the last one full. */
export function batchesOf<T>(items: readonly T[], size: number = MOST_AT_ONCE): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
}
