import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pairs } from './merge.ts'

/** In order, each once. */
const list = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 })
  .map((items) => items.toSorted((a, b) => a - b))
const batchLength = fc.integer({ min: 1, max: 7 })

async function* inBatches(items: readonly number[], length: number): AsyncGenerator<readonly number[]> {
  for (let from = 0; from <= items.length; from += length) yield items.slice(from, from + length)
}

test('two lists side by side give each item once, in order, with its counterpart when there is one', async () => {
  await fc.assert(
    fc.asyncProperty(list, list, batchLength, batchLength, async (source, target, a, b) => {
      const found: unknown[] = []
      for await (const pair of pairs(inBatches(source, a), inBatches(target, b), (x, y) => x - y)) found.push(pair)
      const all = [...new Set([...source, ...target])].toSorted((x, y) => x - y)
      expect(found).toEqual(
        all.map((item) => ({
          source: source.includes(item) ? item : null,
          target: target.includes(item) ? item : null,
        })),
      )
    }),
  )
})
