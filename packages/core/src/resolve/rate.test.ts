import { expect, test } from 'vitest'
import { createRateLimit, rateOf } from './rate.ts'
import { parseUpstream } from './upstream.ts'

const defaults: { text: string; configured: number | null; rate: number }[] = [
  { text: '9.9.9.9', configured: null, rate: 50 },
  { text: '10.0.0.1', configured: null, rate: 2000 },
  { text: '127.0.0.1', configured: null, rate: Number.POSITIVE_INFINITY },
  { text: '9.9.9.9', configured: 7, rate: 7 },
  { text: '10.0.0.1', configured: 7, rate: 7 },
  { text: '127.0.0.1', configured: 7, rate: Number.POSITIVE_INFINITY },
]

test.for(defaults)(
  '$text with $configured configured is asked at most $rate times a second',
  ({ text, configured, rate }) => {
    expect(rateOf(parseUpstream(text), configured)).toBe(rate)
  },
)

test('a second of queries goes at once, the next ones one by one', () => {
  const limit = createRateLimit(4)
  const waits = Array.from({ length: 7 }, () => limit.reserve(1000, 5000))
  expect(waits).toEqual([0, 0, 0, 0, 250, 500, 750])
})

test('a wait that is too long takes no turn', () => {
  const limit = createRateLimit(1)
  expect(limit.reserve(0, 100)).toBe(0)
  expect(limit.reserve(0, 100)).toBeNull()
  expect(limit.reserve(950, 100)).toBe(50)
})

test('idle time is not saved up beyond one second', () => {
  const limit = createRateLimit(2)
  const waits = Array.from({ length: 4 }, () => limit.reserve(60_000, 5000))
  expect(waits).toEqual([0, 0, 500, 1000])
})

test('less than one query a second is possible', () => {
  const limit = createRateLimit(0.5)
  expect([limit.reserve(0, 9000), limit.reserve(0, 9000)]).toEqual([0, 2000])
})
