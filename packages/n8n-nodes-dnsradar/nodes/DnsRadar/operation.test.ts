import { expect, test } from 'vitest'
import { entriesOf } from './entries.ts'
import { changesIn, lines } from './operation.ts'

const rows: { why: string; given: unknown; are: string[] }[] = [
  { why: 'one value per line', given: ' a \r\nb\n\n', are: ['a', 'b'] },
  { why: 'an array, its spaces kept', given: [' a ', ['b'], ''], are: [' a ', 'b'] },
  { why: 'an array as text', given: '["a", 1]', are: ['a', '1'] },
  { why: 'text that only begins like one', given: '[a', are: ['[a'] },
  { why: 'nothing', given: undefined, are: [] },
]
test.for(rows)('the lines of $why', ({ given, are }) => {
  expect(lines(given)).toEqual(are)
})

test('entries are those that have a name', () => {
  const values = [{ key: ' team ', value: 7 }, { key: '', value: 'left empty' }, {}]
  expect(entriesOf({ values })).toEqual({ team: '7' })
  expect(entriesOf(undefined)).toEqual({})
})

test('a change of nothing is refused with the way to change something', () => {
  expect(() => changesIn({})).toThrow('add a field under Update Fields')
  expect(changesIn({ slug: 'a' })).toEqual({ slug: 'a' })
})
