import { expect, test } from 'vitest'
import { matchesPattern, parseDelivery } from './delivery.ts'

const patterns: [pattern: string, text: string, fits: boolean][] = [
  ['example.com', 'example.com', true],
  ['Example.COM.', 'example.com', true],
  ['example.com', 'www.example.com', false],
  ['*.example.com', 'a.b.example.com', true],
  ['*.example.com', 'example.com', false],
  ['*example.com', 'example.com', true],
  ['mail*.example.*', 'mail7.example.org', true],
  ['a*a', 'a', false],
  ['a*b*c', 'abc', true],
  ['a*bc*c', 'abc', false],
  ['*', 'anything', true],
  ['record.*', 'record.broken', true],
  ['record.*', 'monitor.created', false],
  ['www.exampleXcom', 'www.example.com', false],
]
test.for(patterns)('%s fits %s: %s', ([pattern, text, fits]) => {
  expect(matchesPattern(pattern, text)).toBe(fits)
})

test('a long pattern of stars is judged at once', () => {
  expect(matchesPattern('*a'.repeat(200), 'a'.repeat(199))).toBe(false)
})

const bodies = [
  '',
  'null',
  '[]',
  '"text"',
  '{}',
  '{"uuid":1,"event":{},"context":{}}',
  '{"uuid":"req_1","event":{}}',
  '{"uuid":"req_1","type":1,"data":{}}',
]
test.for(bodies)('%s is no delivery', (body) => {
  expect(parseDelivery(body)).toBeNull()
})
