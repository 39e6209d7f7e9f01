import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPace, type Pace } from './pace.ts'

let clock = 0
const monotonic = (): number => clock

beforeEach(() => {
  clock = 0
})
afterEach(() => {
  vi.useRealTimers()
})

/** Lets `count` looks in and keeps the numbers of those that began. */
function enterAll(pace: Pace, count: number): number[] {
  const began: number[] = []
  for (let look = 0; look < count; look += 1) {
    if (pace.enter(() => began.push(look))) began.push(look)
  }
  return began
}

test('so many begin in a turn, the others in the next ones, in order', async () => {
  const pace = createPace({ perTurn: 3, atOnce: 100, patienceMs: 1000, monotonic })
  const began = enterAll(pace, 8)
  expect(began).toEqual([0, 1, 2])
  await setImmediate()
  expect(began).toEqual([0, 1, 2, 3, 4, 5])
  await setImmediate()
  expect(began).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

test('a turn later there are places again', async () => {
  const pace = createPace({ perTurn: 2, atOnce: 100, patienceMs: 1000, monotonic })
  enterAll(pace, 2)
  await setImmediate()
  expect(enterAll(pace, 2)).toEqual([0, 1])
})

test('while enough are under way the others wait for one of them to leave', async () => {
  const pace = createPace({ perTurn: 10, atOnce: 2, patienceMs: 1000, monotonic })
  const began = enterAll(pace, 4)
  await setImmediate()
  expect(began).toEqual([0, 1])
  pace.leave()
  await setImmediate()
  expect(began).toEqual([0, 1, 2])
})

test('nobody waits for longer than the patience, even when nobody leaves', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const pace = createPace({ perTurn: 10, atOnce: 2, patienceMs: 1000, monotonic })
  const began = enterAll(pace, 4)
  await setImmediate()
  clock = 999
  vi.advanceTimersByTime(999)
  expect(began).toEqual([0, 1])
  clock = 1000
  vi.advanceTimersByTime(1)
  expect(began).toEqual([0, 1, 2, 3])
})
