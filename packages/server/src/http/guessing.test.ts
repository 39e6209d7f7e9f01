import { expect, test } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import { createGuessing } from './guessing.ts'

const MINUTE = 60_000

test('each source has its own failures, and any of them refuses', () => {
  const guessing = createGuessing(createTestClock(), 2, 'guesses came')
  guessing.failed(['address', 'name'])
  guessing.refuse(['address', 'name'], 'nobody')
  guessing.failed(['name'])
  expect(() => guessing.refuse(['address', 'name'], 'nobody')).toThrow('Too many guesses came; try again in 60 s.')
  guessing.refuse(['address'], 'nobody')
})

test('who was right is let through for ten minutes, and after that as anybody', async () => {
  const clock = createTestClock()
  const guessing = createGuessing(clock, 1, 'guesses came')
  guessing.succeeded('known')
  await clock.advance(10 * MINUTE - 1)
  guessing.failed(['address'])
  guessing.refuse(['address'], 'known')
  expect(() => guessing.refuse(['address'], 'stranger')).toThrow(/Too many/)
  await clock.advance(1)
  expect(() => guessing.refuse(['address'], 'known')).toThrow(/Too many/)
})

test('however many are right, no more than ten thousand are remembered', () => {
  const guessing = createGuessing(createTestClock(), 1, 'guesses came')
  guessing.failed(['address'])
  for (let one = 0; one < 10_000; one++) guessing.succeeded(`key ${one}`)
  guessing.refuse(['address'], 'key 0')
  guessing.succeeded('one more')
  expect(() => guessing.refuse(['address'], 'key 0')).toThrow(/Too many/)
  guessing.refuse(['address'], 'one more')
})

test('where any number may fail nobody is refused', () => {
  const guessing = createGuessing(createTestClock(), 0, 'guesses came')
  for (let failure = 0; failure < 1000; failure++) guessing.failed(['address'])
  expect(() => guessing.refuse(['address'], 'nobody')).not.toThrow()
})
