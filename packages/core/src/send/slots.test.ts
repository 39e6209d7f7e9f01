import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

const limits = { total: 8, perOrigin: 2, retries: 3 }

test('no more are handed out than there are', () => {
  const slots = createSlots(limits)
  const taken = Array.from({ length: 9 }, (_, i) => slots.take(`https://${i}.example`, false))
  expect(taken.filter((slot) => slot !== null)).toHaveLength(8)
  expect(slots.free).toBe(0)
})

test('one origin gets its share and the others still get theirs', () => {
  const slots = createSlots(limits)
  expect([1, 2, 3].map(() => slots.take('https://a.example', false) !== null)).toEqual([true, true, false])
  expect(slots.take('https://b.example', false)).not.toBeNull()
})

test('retries get their share and first attempts get the rest', () => {
  const slots = createSlots(limits)
  const retries = [1, 2, 3, 4].map((i) => slots.take(`https://${i}.example`, true) !== null)
  expect(retries).toEqual([true, true, true, false])
  expect(slots.take('https://4.example', false)).not.toBeNull()
})

test('a slot given back can be taken again, in its origin and in its lane', () => {
  const slots = createSlots({ total: 1, perOrigin: 1, retries: 1 })
  slots.take('https://a.example', true)?.()
  expect(slots.free).toBe(1)
  expect(slots.take('https://a.example', true)).not.toBeNull()
})
