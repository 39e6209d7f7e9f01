import { expect, test } from 'vitest'
import { typedTime, utcSeconds, utcTime } from './times.ts'

const cases = [
  { typed: '2026-01-31T12:30', time: '2026-01-31T12:30:00Z', seconds: 1_769_862_600 },
  { typed: '2026-01-31T12:30:15', time: '2026-01-31T12:30:15Z', seconds: 1_769_862_615 },
  { typed: '2026-01-31', time: '2026-01-31T00:00:00Z', seconds: 1_769_817_600 },
  { typed: '2026-01-31T12:30:00+01:00', time: '2026-01-31T12:30:00+01:00', seconds: 1_769_859_000 },
  { typed: 'yesterday', time: 'yesterday', seconds: undefined },
  { typed: '', time: '', seconds: undefined },
]

test.for(cases)('"$typed" is meant in UTC unless it says otherwise', ({ typed, time, seconds }) => {
  expect([utcTime(typed), utcSeconds(typed)]).toEqual([time, seconds])
})

test('a field is filled with what can be read back', () => {
  expect(typedTime(1_769_862_600_000)).toBe('2026-01-31T12:30')
})
