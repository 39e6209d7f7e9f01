import { expect, test } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import { createTurns } from './turns.ts'

test('the next in line enters when one leaves, in the order they came', async () => {
  const turns = createTurns(1, createTestClock())
  expect(await turns.enter(1000)).toBe(true)
  const order: string[] = []
  const second = turns.enter(1000).then(() => order.push('second'))
  const third = turns.enter(1000).then(() => order.push('third'))
  turns.leave()
  await second
  expect(order).toEqual(['second'])
  turns.leave()
  await third
  expect(order).toEqual(['second', 'third'])
})

test("who waits too long goes without, and takes nobody else's turn", async () => {
  const clock = createTestClock()
  const turns = createTurns(1, clock)
  await turns.enter(1000)
  const impatient = turns.enter(10)
  const patient = turns.enter(1000)
  await clock.advance(10)
  expect(await impatient).toBe(false)
  turns.leave()
  expect(await patient).toBe(true)
})

test('who is called off goes at once', async () => {
  const turns = createTurns(1, createTestClock())
  await turns.enter(1000)
  const stop = new AbortController()
  const waiting = turns.enter(1000, stop.signal)
  stop.abort()
  expect(await waiting).toBe(false)
  turns.leave()
  expect(await turns.enter(0)).toBe(true)
})
