import { RadarError } from '@dnsradar/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { pathOf, shown, validateBody, validateQuery } from './validate.ts'

const Schema = z.strictObject({
  name: z.string().max(5),
  size: z.int().optional(),
  colour: z.enum(['red', 'blue']).optional(),
  inner: z.strictObject({ flag: z.boolean() }).optional(),
  list: z.array(z.string()).max(2).optional(),
  map: z.record(z.string(), z.string()).optional(),
})

const KNOWN = 'is not known here; known are name, size, colour, inner, list, map'

function refusalOf(work: () => unknown): RadarError {
  try {
    work()
  } catch (error) {
    if (error instanceof RadarError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('every complaint says what was wrong and what is accepted', () => {
  const cases: { given: unknown; code: string; errors: Record<string, string> }[] = [
    { given: {}, code: 'invalid_field', errors: { name: 'is required' } },
    { given: { name: 7 }, code: 'invalid_field', errors: { name: '7 is not accepted; give a string' } },
    { given: { name: null }, code: 'invalid_field', errors: { name: 'null is not accepted; give a string' } },
    { given: { name: [1] }, code: 'invalid_field', errors: { name: 'a list is not accepted; give a string' } },
    {
      given: { name: 'abcdef' },
      code: 'invalid_field',
      errors: { name: 'is too long; at most 5 characters are accepted' },
    },
    { given: { name: 'a', size: 'x' }, code: 'invalid_field', errors: { size: '"x" is not accepted; give a number' } },
    {
      given: { name: 'a', size: 1.5 },
      code: 'invalid_field',
      errors: { size: '1.5 is not accepted; give a whole number' },
    },
    {
      given: { name: 'a', colour: 'green' },
      code: 'invalid_field',
      errors: { colour: '"green" is not accepted; use one of red, blue' },
    },
    {
      given: { name: 'a', inner: { flag: 1 } },
      code: 'invalid_field',
      errors: { 'inner.flag': '1 is not accepted; give true or false' },
    },
    {
      given: { name: 'a', list: ['a', 2] },
      code: 'invalid_field',
      errors: { 'list[1]': '2 is not accepted; give a string' },
    },
    {
      given: { name: 'a', list: ['a', 'b', 'c'] },
      code: 'invalid_field',
      errors: { list: 'is too long; at most 2 entries are accepted' },
    },
    {
      given: { name: 'a', map: [] },
      code: 'invalid_field',
      errors: { map: 'a list is not accepted; give a JSON object' },
    },
    { given: { name: 'a', x: 1, y: 2 }, code: 'unknown_field', errors: { x: KNOWN, y: KNOWN } },
    {
      given: { name: 'a', inner: { flag: true, x: 1 } },
      code: 'unknown_field',
      errors: { 'inner.x': 'is not known here; known are flag' },
    },
    { given: { x: 1 }, code: 'invalid_field', errors: { name: 'is required', x: KNOWN } },
    { given: [], code: 'invalid_body', errors: { '': 'a list is not accepted; give a JSON object' } },
    { given: 'text', code: 'invalid_body', errors: { '': '"text" is not accepted; give a JSON object' } },
  ]
  test.for(cases)('$given', ({ given, code, errors }) => {
    const refusal = refusalOf(() => validateBody(Schema, given))
    expect({ code: refusal.code, errors: refusal.fields }).toEqual({ code, errors })
  })
})

test('the sentence names the first field and counts the others', () => {
  expect(refusalOf(() => validateBody(Schema, { size: 'x', colour: 1 })).message).toBe(
    'name is required (and 2 more, see errors).',
  )
})

test('a cursor that is wrong by itself has a code of its own', () => {
  const query = z.strictObject({ after: z.literal('a').optional(), limit: z.literal('1').optional() })
  expect(refusalOf(() => validateQuery(query, { after: 'x' })).code).toBe('invalid_cursor')
  expect(refusalOf(() => validateQuery(query, { after: 'x', limit: '2' })).code).toBe('invalid_query')
})

test('what was given is shown short', () => {
  expect(shown('x'.repeat(10_000)).length).toBeLessThan(100)
  expect(pathOf(['a', 3, 'b'.repeat(10_000)]).length).toBe(200)
})

test('no JSON value makes validation fail in another way than by refusing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (given) => {
      const refusal = refusalOf(() => validateBody(Schema, [given]))
      expect(refusal.code).toBe('invalid_body')
      try {
        validateBody(Schema, given)
      } catch (error) {
        expect(error).toBeInstanceOf(RadarError)
      }
    }),
  )
})
