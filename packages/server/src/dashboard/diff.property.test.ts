import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffRecords, diffWords, type Piece } from './diff.ts'

const aText = fc.oneof(
  fc
    .array(fc.constantFrom('v=spf1', 'a', 'mx', ' ', '; ', ';', ',', '-all', 'p=none'), { maxLength: 20 })
    .map((words) => words.join('')),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
)
const aSet = fc.uniqueArray(aText, { maxLength: 6 })

const side = (pieces: readonly Piece[], other: Piece['kind']): string =>
  pieces
    .filter(({ kind }) => kind !== other)
    .map(({ text }) => text)
    .join('')

test('both texts can be read from what differs between them', () => {
  fc.assert(
    fc.property(aText, aText, (before, after) => {
      const pieces = diffWords(before, after)
      expect([side(pieces, 'added'), side(pieces, 'removed')]).toEqual([before, after])
      expect(pieces.every(({ text }) => text !== '')).toBe(true)
    }),
  )
})

test('every record of both sets stands in the difference, once', () => {
  fc.assert(
    fc.property(aSet, aSet, (before, after) => {
      const records = diffRecords(before, after)
      const read = (other: 'added' | 'removed') =>
        records.filter(({ kind }) => kind !== other).map(({ pieces }) => side(pieces, other))
      expect(read('added').toSorted()).toEqual(before.toSorted())
      expect(read('removed').toSorted()).toEqual(after.toSorted())
    }),
  )
})
