import { describe, expect, test } from 'vitest'
import { checkFrequency, checkMonitorCount, PLAN_NAMES, planOf } from './plans.ts'

describe('how many monitors', () => {
  const cases: [plan: string, most: number | null][] = [
    ['free', 50],
    ['starter', 100],
    ['professional', 1_000],
    ['business', 2_500],
    ['scale', 10_000],
    ['unlimited', null],
  ]
  test.for(cases)('%s: %s', ([plan, most]) => {
    expect(planOf(plan).monitors).toBe(most)
    if (most === null) return expect(() => checkMonitorCount(plan, 1_000_000, 1)).not.toThrow()
    expect(() => checkMonitorCount(plan, most - 1, 1)).not.toThrow()
    expect(() => checkMonitorCount(plan, most, 1)).toThrow(/allows/)
    expect(() => checkMonitorCount(plan, most - 1, 2)).toThrow(/allows/)
  })

  test('every name has its row', () => {
    expect(cases.map(([plan]) => plan)).toEqual([...PLAN_NAMES])
  })
})

describe('how often', () => {
  const accepted = [60, 120]
  const paid = [5, 10, 15, 30]
  test.for(accepted)('every plan has %d', (frequency) => {
    for (const plan of PLAN_NAMES) expect(() => checkFrequency(plan, frequency)).not.toThrow()
  })
  test.for(paid)('free has no %d, which costs a plan; others have it', (frequency) => {
    expect(() => checkFrequency('free', frequency)).toThrow(expect.objectContaining({ code: 'plan_frequency' }))
    expect(() => checkFrequency('starter', frequency)).not.toThrow()
  })
  test('1 is offered on unlimited only, and to the others it is no offer at all', () => {
    expect(() => checkFrequency('unlimited', 1)).not.toThrow()
    expect(() => checkFrequency('scale', 1)).toThrow(expect.objectContaining({ code: 'invalid_field' }))
  })
  test.for([0, -5, 7, 61, 121, 1.5, Number.NaN])('%d is not offered', (frequency) => {
    expect(() => checkFrequency('unlimited', frequency)).toThrow(/use one of 1, 5, 10, 15, 30, 60, 120/)
  })
})
