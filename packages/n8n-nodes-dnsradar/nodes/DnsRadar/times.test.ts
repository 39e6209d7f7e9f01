import { expect, test } from 'vitest'
import { unixSeconds } from './times.ts'

const at = (text: string): number => Date.parse(text) / 1000

const cases = [
  { why: 'with a zone', given: '2026-07-01T08:00:00+02:00', zone: 'America/New_York', is: at('2026-07-01T06:00:00Z') },
  {
    why: 'without one, in summer',
    given: '2026-07-01T08:00:00',
    zone: 'Europe/Berlin',
    is: at('2026-07-01T06:00:00Z'),
  },
  {
    why: 'without one, in winter',
    given: '2026-01-01T08:00:00',
    zone: 'Europe/Berlin',
    is: at('2026-01-01T07:00:00Z'),
  },
  { why: 'of a day', given: '2026-01-01', zone: 'Asia/Tokyo', is: at('2025-12-31T15:00:00Z') },
  {
    why: 'after the clocks went back',
    given: '2026-10-25T03:30:00',
    zone: 'Europe/Berlin',
    is: at('2026-10-25T02:30:00Z'),
  },
  { why: 'with milliseconds', given: '2026-01-01T00:00:00.999Z', zone: 'UTC', is: at('2026-01-01T00:00:00Z') },
]
test.for(cases)('a time $why', ({ given, zone, is }) => {
  expect(unixSeconds(given, zone)).toBe(is)
})

test('no date is refused with one that is', () => {
  expect(() => unixSeconds('yesterday', 'UTC')).toThrow('use one such as 2026-01-31T08:00:00Z')
})
