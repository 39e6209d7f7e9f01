import { expect, test } from 'vitest'
import { createInFlight } from './in-flight.ts'

function holding(ids: readonly number[]) {
  const inFlight = createInFlight<string>()
  for (const id of ids) inFlight.add(id, `query ${id}`)
  return inFlight
}

test.for([
  { why: 'the first', id: 7 },
  { why: 'one in the middle', id: 0 },
  { why: 'the last', id: 65_535 },
])('$why can be taken away, and the others are still found', ({ id }) => {
  const ids = [7, 3, 0, 9, 65_535]
  const inFlight = holding(ids)
  inFlight.delete(id)
  expect(inFlight.size).toBe(4)
  expect(inFlight.get(id)).toBeUndefined()
  for (const other of ids.filter((each) => each !== id)) expect(inFlight.get(other)).toBe(`query ${other}`)
})

test('an id that is not in flight takes nothing away', () => {
  const inFlight = holding([1, 2])
  inFlight.delete(3)
  expect([inFlight.get(1), inFlight.get(2)]).toEqual(['query 1', 'query 2'])
})

test('after everything was taken nothing is in flight', () => {
  const inFlight = holding([1, 2])
  expect(inFlight.takeAll()).toEqual(['query 1', 'query 2'])
  expect(inFlight.size).toBe(0)
  expect(inFlight.get(1)).toBeUndefined()
})
