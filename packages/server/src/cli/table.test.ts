import { describe, expect, test } from 'vitest'
import { paint, PLAIN } from './output.ts'
import { details, table } from './table.ts'

interface Row {
  readonly name: string
  readonly state: string
}

const COLUMNS = [
  { heading: 'NAME', text: ({ name }: Row) => name },
  { heading: 'STATE', text: ({ state }: Row) => state },
] as const

const ROWS = [
  { name: 'www.example.com', state: 'VALID' },
  { name: 'a', state: 'NOT_FOUND' },
]

const terminal = (columns: number) => ({ isTerminal: true, hasColours: false, columns })

describe('a table', () => {
  test('stands in columns, without blanks at the ends of lines', () => {
    expect(table(PLAIN, COLUMNS, ROWS)).toEqual([
      'NAME             STATE',
      'www.example.com  VALID',
      'a                NOT_FOUND',
    ])
  })

  test('is as wide as the screen, and its widest column gives first', () => {
    expect(table(terminal(20), COLUMNS, ROWS)).toEqual(['NAME       STATE', 'www.exam…  VALID', 'a          NOT_FOUND'])
  })

  test('never cuts an id, and rather runs over the edge', () => {
    const columns = [{ ...COLUMNS[0], isWhole: true as const }, COLUMNS[1]]
    const [, first] = table(terminal(20), columns, [{ name: 'mon_01m80k3yjhed9ad8r29e93dtzx', state: 'a long state' }])
    expect(first).toBe('mon_01m80k3yjhed9ad8r29e93dtzx  a long …')
  })

  test('is not cut where nobody looks', () => {
    const long = 'x'.repeat(1000)
    expect(table(PLAIN, COLUMNS, [{ name: long, state: 'VALID' }])[1]).toBe(`${long}  VALID`)
  })

  test('keeps its shape under colours and wide characters', () => {
    const coloured = { isTerminal: true, hasColours: true, columns: 80 }
    const columns = [
      { ...COLUMNS[0], paint: (screen: typeof coloured, text: string) => paint(screen, 'red', text) },
      COLUMNS[1],
    ]
    expect(table(coloured, columns, [{ name: '日本', state: 'VALID' }])).toEqual([
      '\u001b[2mNAME\u001b[22m  \u001b[2mSTATE\u001b[22m',
      '\u001b[31m日本\u001b[39m  VALID',
    ])
  })

  test('shows control characters of a value', () => {
    expect(table(PLAIN, COLUMNS, [{ name: '\u001b]0;title\u0007', state: 'a\nb' }])[1]).toBe(
      '\\u001b]0;title\\u0007  a\\nb',
    )
  })
})

test('one object is a line per member', () => {
  expect(
    details(PLAIN, [
      ['uuid', 'mon_1'],
      ['last checked', ''],
    ]),
  ).toEqual(['uuid          mon_1', 'last checked'])
})
