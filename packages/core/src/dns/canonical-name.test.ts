import { expect, test } from 'vitest'
import { canonicalName, canonicalWireName } from './canonical-name.ts'

const canonical: [text: string, name: string][] = [
  ['MX1.Service.com.', 'mx1.service.com'],
  ['.', '.'],
  ['a\\.B.c', 'a\\.b.c'],
  ['\\065\\000.b', 'a\\000.b'],
  ['\\200\\065.b', '\\200a.b'],
  ['\\A\\"\\;.b', 'a";.b'],
  ['_sip._tcp.Example', '_sip._tcp.example'],
  ['müller.de', 'xn--mller-kva.de'],
]

test.for(canonical)('the name %s inside a record is %s', ([text, name]) => {
  expect(canonicalName(text)).toBe(name)
  expect(canonicalName(name)).toBe(name)
})

test('a name from the wire is canonical with escapes or without', () => {
  expect(canonicalWireName('')).toBe('.')
  expect(canonicalWireName('WWW.Example')).toBe('www.example')
  expect(canonicalWireName('A\\032\\.B.Example')).toBe('a\\032\\.b.example')
})
