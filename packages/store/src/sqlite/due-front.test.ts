import { expect, test } from 'vitest'
import { createDueFront } from './due-front.ts'

test('a claim goes on where the last one came to', () => {
  const front = createDueFront()
  expect(front.since(100)).toBe(100)
  front.reached(100, 140)
  expect(front.since(100)).toBe(140)
  expect(front.since(120)).toBe(140)
  expect(front.since(150)).toBe(150)
})

test('of what came due before the last claim began nothing is known', () => {
  const front = createDueFront()
  front.reached(100, 140)
  expect(front.since(99)).toBe(99)
})

test('after a reset everything is looked through again', () => {
  const front = createDueFront()
  front.reached(100, 140)
  front.reset()
  expect(front.since(100)).toBe(100)
})
