import { RadarError } from '@dnsradar/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkPlain, isStorable } from './body.ts'

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })

test.for([
  { why: 'NUL in a text', body: { a: ['x', 'y\0'] }, says: /^a\[1\] holds a NUL/ },
  { why: 'NUL in a name', body: { 'a\0b': 1 }, says: /^a\?b holds a NUL/ },
  { why: 'half of a surrogate pair', body: { a: '\udc00' }, says: /^a holds a NUL or half/ },
  { why: 'a text alone', body: '\0', says: /^The body holds/ },
  { why: 'seventeen levels', body: nested(17), says: /deeper than 16/ },
  { why: '__proto__', body: JSON.parse('{"a":{"__proto__":{}}}') as unknown, says: /^a\.__proto__ is not known/ },
])('refused: $why', ({ body, says }) => {
  expect(() => checkPlain(body)).toThrow(says)
})

test('anything else that is JSON passes or is refused, and never breaks', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 20 }), (body) => {
      try {
        checkPlain(body)
      } catch (error) {
        expect(error).toBeInstanceOf(RadarError)
      }
    }),
  )
})

test('whole characters beyond the first plane are storable', () => {
  expect(isStorable('😀')).toBe(true)
  expect(isStorable('😀'.slice(0, 1))).toBe(false)
})
