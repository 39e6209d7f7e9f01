import { describe, expect, test } from 'vitest'
import { openBench, type OpenDatabase } from '../fixtures.ts'

const MINUTE = 60_000

export function describeRateLimits(open: OpenDatabase): void {
  describe('rate limits', () => {
    test('a window begins with its first request and lasts its length, however many follow', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const ends = clock.now() + MINUTE
      expect(await store.rateLimits.count('key read', MINUTE)).toEqual({ count: 1, ends })
      clock.advance(MINUTE - 1)
      expect(await store.rateLimits.count('key read', MINUTE)).toEqual({ count: 2, ends })
      clock.advance(1)
      expect(await store.rateLimits.count('key read', MINUTE)).toEqual({ count: 1, ends: ends + MINUTE })
      clock.advance(10 * MINUTE + 5)
      expect(await store.rateLimits.count('key read', MINUTE)).toEqual({ count: 1, ends: clock.now() + MINUTE })
    })

    test('keys and lengths are counted apart', async () => {
      await using bench = await openBench(open)
      const { store } = bench
      await store.rateLimits.count('a', MINUTE)
      expect(await store.rateLimits.count('b', MINUTE)).toMatchObject({ count: 1 })
      expect(await store.rateLimits.count('a', 60 * MINUTE)).toMatchObject({ count: 1 })
      expect(await store.rateLimits.count('a', MINUTE)).toMatchObject({ count: 2 })
    })

    test('requests at the same time each get a number of their own', async () => {
      await using bench = await openBench(open)
      const counted = await Promise.all(Array.from({ length: 20 }, () => bench.store.rateLimits.count('k', MINUTE)))
      expect(counted.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 20 }, (_, i) => i + 1),
      )
    })
  })
}
