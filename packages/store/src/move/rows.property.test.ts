import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareKeys, createTally, fingerprint } from './rows.ts'

const COLUMNS = [
  { name: 'id', isJson: false },
  { name: 'data', isJson: true },
  { name: 'note', isJson: false },
]

/** The same value with its members the other way round, and space between them. */
function rewritten(value: unknown): string {
  const turned = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(turned)
    if (typeof inner !== 'object' || inner === null) return inner
    return Object.fromEntries(
      Object.entries(inner)
        .toReversed()
        .map(([name, member]) => [name, turned(member)]),
    )
  }
  return JSON.stringify(turned(value), null, 1)
}

describe('what a row says', () => {
  test('is the same in whatever order and spacing its JSON is written', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.jsonValue(), (id, value) => {
        const one = { id, data: JSON.stringify(value), note: null }
        const other = { id: Buffer.from(id), data: rewritten(value), note: null }
        expect(fingerprint(COLUMNS, other)).toBe(fingerprint(COLUMNS, one))
      }),
    )
  })

  const row = { id: new Uint8Array([1]), data: '{"a":[1,2]}', note: 'x' }
  test.each([
    { what: 'an octet', other: { ...row, id: new Uint8Array([2]) } },
    { what: 'a member', other: { ...row, data: '{"a":[2,1]}' } },
    { what: 'a name', other: { ...row, data: '{"b":[1,2]}' } },
    { what: 'a list that looks like members', other: { ...row, data: '[["a",[1,2]]]' } },
    { what: 'a text', other: { ...row, note: 'y' } },
    { what: 'a text that is not there', other: { ...row, note: null } },
    { what: 'a number for a text', other: { ...row, note: 1 } },
  ])('differs by $what', ({ other }) => {
    expect(fingerprint(COLUMNS, other)).not.toBe(fingerprint(COLUMNS, row))
  })
})

test('keys are ordered by their octets, then by their numbers', () => {
  const key = ['id', 'number']
  const rows = [
    { id: new Uint8Array([0, 255]), number: 10 },
    { id: new Uint8Array([1, 0]), number: 9 },
    { id: new Uint8Array([1, 0]), number: 10 },
    { id: new Uint8Array([128, 0]), number: 1 },
  ]
  expect(rows.toReversed().toSorted((a, b) => compareKeys(key, a, b))).toEqual(rows)
  expect(compareKeys(key, { id: Buffer.from([1]), number: 1 }, { id: new Uint8Array([1]), number: 1 })).toBe(0)
})

test('a sum over rows is the same in any order, and another one when a row is there twice or missing', () => {
  const sumOf = (prints: readonly string[]) => {
    const tally = createTally()
    for (const print of prints) tally.add(print)
    return tally.sum
  }
  const [a, b, c] = ['a', 'b', 'c'].map((note) => fingerprint(COLUMNS, { id: null, data: null, note })) as [
    string,
    string,
    string,
  ]
  expect(sumOf([c, a, b])).toBe(sumOf([a, b, c]))
  expect(sumOf([a, b])).not.toBe(sumOf([a, b, c]))
  expect(sumOf([a, b, b])).not.toBe(sumOf([a, b, c]))
})
