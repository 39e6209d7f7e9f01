import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { afterFailure, afterManualFailure, hurried, refuseDisabled, RETRY_DELAYS, type RetryPolicy } from './retry.ts'

const FAILED = 1_000_000
const exact: RetryPolicy = { delays: RETRY_DELAYS, random: () => 0 }
const MINUTE = 60_000

test.for([
  [1, 5],
  [2, 10],
  [3, 15],
  [4, 30],
  [5, 60],
  [6, 120],
  [7, 360],
  [8, 720],
  [9, 1440],
] as const)('failed attempt %i is repeated after %i minutes', ([attempt, minutes]) => {
  expect(afterFailure(exact, attempt, FAILED, null)).toEqual({ do: 'retry', at: FAILED + minutes * MINUTE })
})

test('the tenth failed attempt is the last', () => {
  expect(afterFailure(exact, 10, FAILED, null)).toEqual({ do: 'give_up' })
})

test('the delays add up to 46 hours', () => {
  expect(RETRY_DELAYS.reduce((sum, delay) => sum + delay)).toBe(46 * 60 * MINUTE)
})

test('an empty schedule gives up after the first failure', () => {
  expect(afterFailure({ delays: [], random: () => 0 }, 1, FAILED, null)).toEqual({ do: 'give_up' })
})

describe('Retry-After', () => {
  test.for([
    ['below the delay changes nothing', 1, 60_000, 5],
    ['beyond it lengthens the wait', 1, 7 * MINUTE, 7],
    ['is cut at the next step', 1, 24 * 60 * MINUTE, 10],
    ['cannot lengthen the last delay', 9, 48 * 60 * MINUTE, 1440],
  ] as const)('%s', ([, attempt, asked, minutes]) => {
    expect(afterFailure(exact, attempt, FAILED, asked)).toEqual({ do: 'retry', at: FAILED + minutes * MINUTE })
  })
})

describe('jitter', () => {
  const jittery: RetryPolicy = { delays: RETRY_DELAYS, random: () => 0.999_999 }

  test('is at most a tenth of the delay, and at most 30 seconds', () => {
    expect(afterFailure(jittery, 1, FAILED, null)).toEqual({ do: 'retry', at: FAILED + 5 * MINUTE + 30_000 })
    const policy = { ...jittery, delays: [2 * MINUTE] }
    expect(afterFailure(policy, 1, FAILED, null)).toEqual({ do: 'retry', at: FAILED + 2 * MINUTE + 12_000 })
  })

  test('leaves delays below a minute exact', () => {
    const policy = { ...jittery, delays: [59_999] }
    expect(afterFailure(policy, 1, FAILED, null)).toEqual({ do: 'retry', at: FAILED + 59_999 })
  })

  test('is never early, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1e8), { minLength: 1 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.option(fc.nat(1e9)),
        (delays, random, asked) => {
          const next = afterFailure({ delays, random: () => random }, 1, FAILED, asked)
          const [first = 0, second = first] = delays
          if (next.do === 'give_up') throw new Error('there was a delay left')
          expect(next.at).toBeGreaterThanOrEqual(FAILED + first)
          expect(next.at).toBeLessThanOrEqual(FAILED + Math.max(first, second) + 30_000)
        },
      ),
    )
  })
})

describe('out of turn', () => {
  const LATER = FAILED + 7 * MINUTE

  test.for([
    { why: 'a waiting head is due now and its turn is remembered', turn: [LATER, null], after: [FAILED, LATER] },
    { why: 'a head that is due is only in its turn', turn: [FAILED, null], after: [FAILED, null] },
    { why: 'asking twice forgets no turn', turn: [FAILED, LATER], after: [FAILED, LATER] },
    { why: 'where nothing waits nothing becomes due', turn: [null, null], after: [null, null] },
    { why: 'the first turn counts when clocks disagree', turn: [FAILED + 1, LATER], after: [FAILED, LATER] },
  ] as const)('$why', ({ turn: [nextAttempt, resumeAt], after: [next, resume] }) => {
    expect(hurried({ nextAttempt, resumeAt }, FAILED)).toEqual({ nextAttempt: next, resumeAt: resume })
  })

  test.for([
    { why: 'its turn is still ahead', retries: 3, resumeAt: LATER, at: LATER },
    { why: 'its turn is past: the present delay begins anew', retries: 3, resumeAt: FAILED, at: FAILED + 15 * MINUTE },
    { why: 'the last delay', retries: 9, resumeAt: 0, at: FAILED + 1440 * MINUTE },
    { why: 'a schedule that is shorter now', retries: 12, resumeAt: 0, at: FAILED + 1440 * MINUTE },
  ])('a failure waits when $why', ({ retries, resumeAt, at }) => {
    expect(afterManualFailure(exact, retries, FAILED, resumeAt)).toBe(at)
  })

  test('a delay that begins anew has its jitter, a turn that is kept has none', () => {
    const policy: RetryPolicy = { delays: RETRY_DELAYS, random: () => 0.5 }
    expect(afterManualFailure(policy, 1, FAILED, 0)).toBe(FAILED + 5 * MINUTE + 15_000)
    expect(afterManualFailure(policy, 1, FAILED, LATER)).toBe(LATER)
  })
})

test('a disabled webhook is refused, and an active one is not', () => {
  expect(() => refuseDisabled({ id: 'wh_1', isActive: true })).not.toThrow()
  expect(() => refuseDisabled({ id: 'wh_1', isActive: false })).toThrow(/wh_1 is disabled; enable it first/)
})
