/** The measure that live items and samples are held to sees what it should. */
import { expect, test } from 'vitest'
import { expectSameShape } from './zapier.ts'

test.for([
  { why: 'a member more', left: { a: 1 }, right: { a: 1, b: 2 } },
  { why: 'a member of another kind', left: { a: 1 }, right: { a: '1' } },
  { why: 'a list in the place of a text', left: { a: 'x' }, right: { a: ['x'] } },
  { why: 'a difference further in', left: { a: { b: 1 } }, right: { a: { c: 1 } } },
  { why: 'a difference inside a list', left: { a: [{ b: 1 }] }, right: { a: [{ b: 'x' }] } },
])('$why is another shape', ({ left, right }) => {
  expect(() => expectSameShape(left, right)).toThrow(/^item/)
})

test.for([
  { left: { a: 1 }, right: { a: 2 } },
  { left: { a: null, b: [], c: {} }, right: { a: 'x', b: ['x'], c: { d: 1 } } },
])('other values, or none, are no other shape', ({ left, right }) => {
  expect(() => expectSameShape(left, right)).not.toThrow()
})
