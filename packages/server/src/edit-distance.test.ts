import { expect, test } from 'vitest'
import { editDistance } from './edit-distance.ts'

test.for<[string, string, number]>([
  ['abc', 'abc', 0],
  ['abc', 'acb', 1],
  ['abc', 'abcd', 1],
  ['abc', 'xbd', 2],
  ['', 'abc', 3],
])('%s and %s are %d edits apart', ([a, b, distance]) => {
  expect(editDistance(a, b)).toBe(distance)
})
