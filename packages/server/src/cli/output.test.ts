import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonText, paint, PLAIN, shown } from './output.ts'

/** Every code point, those that terminals and bidirectional text obey more often than others. */
const character = fc
  .oneof(
    fc.integer({ min: 0, max: 0xa0 }),
    fc.integer({ min: 0x2000, max: 0x2070 }),
    fc.integer({ min: 0, max: 0x10ffff }),
  )
  .map((code) => String.fromCodePoint(code))
const anyText = fc.array(character).map((characters) => characters.join(''))

describe('a value is shown, never obeyed', () => {
  test.for([
    { value: 'v=spf1 -all', as: 'v=spf1 -all' },
    { value: 'ünïcode ✓ 日本', as: 'ünïcode ✓ 日本' },
    { value: '\u001b[2Jgone', as: '\\u001b[2Jgone' },
    { value: '\u009b31mred', as: '\\u009b31mred' },
    { value: 'two\nlines\r\tand', as: 'two\\nlines\\r\\tand' },
    { value: 'bell\u0007 and delete\u007f', as: 'bell\\u0007 and delete\\u007f' },
    { value: '\u202egnp.exe', as: '\\u202egnp.exe' },
    { value: 'hid\u200bden', as: 'hid\\u200bden' },
    { value: 'tag\u{e0041}', as: 'tag\\u{e0041}' },
  ])('$as', ({ value, as }) => {
    expect(shown(value)).toBe(as)
  })

  const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

  test('whatever the text is', () => {
    fc.assert(fc.property(anyText, (text) => !obeyed.test(shown(text))))
  })

  test('in JSON, whose value stays the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = jsonText({ text })
        expect(json).not.toMatch(obeyed)
        expect(JSON.parse(json)).toEqual({ text })
      }),
    )
  })
})

test('colours are for terminals that have them', () => {
  expect(paint(PLAIN, 'red', 'text')).toBe('text')
  expect(paint({ isTerminal: true, hasColours: true, columns: 80 }, 'red', 'text')).toBe('\u001b[31mtext\u001b[39m')
})
