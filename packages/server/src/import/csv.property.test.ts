/** What is quoted as RFC 4180 says comes back as it was. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsv } from './csv.ts'

const value = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\r'))

test('any text survives in quotes, whatever separates the cells', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom(',', ';', '\t'), (values, separator) => {
      const rows = values.map((text, at) => [`host-${at}.example`, 'TXT', `"${text.replaceAll('"', '""')}"`])
      const text = [['name', 'type', 'value'], ...rows].map((row) => row.join(separator)).join('\n')
      const { wanted, faults } = readCsv(text)
      expect(faults).toEqual([])
      expect(wanted.map(({ input }) => input.expected_value)).toEqual(values.map((each) => [each]))
    }),
  )
})

test('any text at all gives monitors and faults, each fault inside the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (body) => {
      const text = `name,type,value\n${body}`
      for (const { place } of readCsv(text).faults) {
        expect(place.line).toBeLessThanOrEqual(text.split(/\r\n?|\n/).length)
        expect(place.line).toBeGreaterThan(0)
      }
    }),
  )
})
