/** The measures that live items, samples and fields are held to see what they should. */
import { expect, test } from 'vitest'
import { expectFields, expectSameShape } from './shapes.ts'

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

test.for([
  { why: 'a member that is not there', field: { key: 'b', type: 'string' } },
  { why: 'a text for a number', field: { key: 'a', type: 'integer' } },
  { why: 'one value for a list', field: { key: 'a', type: 'string', list: true } },
  { why: 'a list for one value', field: { key: 'c__d', type: 'string' } },
  { why: 'a time without a zone', field: { key: 'time', type: 'datetime' } },
  { why: 'a type that nobody knows', field: { key: 'a', type: 'file' } },
  { why: 'a wrong member inside a list', field: { key: 'lines[]n', type: 'string' } },
] as const)('$why is not what a field promises', ({ field }) => {
  const item = { a: 'x', c: { d: ['x'] }, time: '2026-01-08T10:35:22', lines: [{ n: 'x' }, { n: 1 }] }
  expect(() => expectFields([field], item)).toThrow()
})

test('a member that holds nothing keeps every promise', () => {
  expect(() => expectFields([{ key: 'a', type: 'integer' }], { a: null })).not.toThrow()
})
