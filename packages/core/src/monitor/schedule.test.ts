import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMint, type MonitorId } from '../ids.ts'
import { nextDue, PHASE_SECONDS, phaseOf } from './schedule.ts'

const aMonitorId = fc.uint8Array({ minLength: 10, maxLength: 10 }).map(
  (bytes): MonitorId =>
    createMint(
      () => 1_700_000_000_000,
      () => bytes,
    )('mon'),
)
const anInterval = fc.constantFrom(1, 5, 10, 15, 30, 60, 120)
const aTime = fc.integer({ min: 0, max: 4_000_000_000_000 })

test('the next due time lies ahead, at most one interval away', () => {
  fc.assert(
    fc.property(aMonitorId, anInterval, aTime, (id, minutes, now) => {
      const due = nextDue(id, minutes, now)
      expect(due).toBeGreaterThan(now)
      expect(due).toBeLessThanOrEqual(now + minutes * 60_000)
    }),
  )
})

test('due times form a grid: however late a check ran, the next one is back on it', () => {
  fc.assert(
    fc.property(aMonitorId, anInterval, aTime, fc.nat(10_000_000), (id, minutes, now, late) => {
      const [a, b] = [nextDue(id, minutes, now), nextDue(id, minutes, now + late)]
      expect((b - a) % (minutes * 60_000)).toBe(0)
    }),
  )
})

test('ticks missed during a stop are not replayed', () => {
  fc.assert(
    fc.property(aMonitorId, anInterval, aTime, (id, minutes, now) => {
      const afterDowntime = nextDue(id, minutes, now + 24 * 3_600_000)
      expect(afterDowntime).toBeGreaterThan(now + 24 * 3_600_000)
    }),
  )
})

test('monitors created in one burst spread evenly over the phases', () => {
  const mint = createMint(
    () => 1_700_000_000_000,
    (length) => crypto.getRandomValues(new Uint8Array(length)),
  )
  const tenths = new Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i++) {
    const tenth = Math.floor((phaseOf(mint('mon')) / PHASE_SECONDS) * 10)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  // 1,000 expected in each; five standard deviations are 150.
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150)
})

test('monitors that share a second of their interval are spread over it', () => {
  const mint = createMint(
    () => 1_700_000_000_000,
    (length) => crypto.getRandomValues(new Uint8Array(length)),
  )
  const tenths = new Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i++) {
    const tenth = Math.floor((nextDue(mint('mon'), 5, 1_800_000_000_000) % 1000) / 100)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  // 24 moments a second: two or three of them in each tenth.
  for (const count of tenths) expect(count).toBeGreaterThan(10_000 / 24)
})
