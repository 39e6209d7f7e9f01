import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWindows } from './windows.ts'

test('looking at a window counts nothing, and it is gone when it is over', () => {
  let now = 0
  const windows = createWindows(() => now)
  expect(windows.peek('k')).toBeNull()
  windows.count('k', 10)
  expect(windows.peek('k')).toEqual({ count: 1, ends: 10 })
  expect(windows.peek('k')).toEqual({ count: 1, ends: 10 })
  now = 10
  expect(windows.peek('k')).toBeNull()
})

test('however many keys come and go, each is counted as if it were alone', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { maxLength: 50 }), (steps) => {
      let now = 0
      const crowded = createWindows(() => now)
      const alone = new Map(steps.map(([key]) => [key, createWindows(() => now)]))
      for (const [key, pause] of steps) {
        for (let i = 0; i < 300; i++) crowded.count(`passer-by ${now} ${i}`, 1)
        expect(crowded.count(`${key}`, 5)).toEqual(alone.get(key)?.count('', 5))
        now += pause
      }
    }),
    { numRuns: 20 },
  )
})
