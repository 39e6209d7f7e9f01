import type { Clock, Log } from '@dnsradar/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ClockReading, createDatabaseClock } from './clock.ts'

const START = 1_700_000_000_000
const HOUR = 3_600_000

/** A machine whose own clock is off by so much, and a database whose clock a test may set. */
function createWorld(ownOffBy: number) {
  let monotonic = 1_000
  let databaseOffBy = 0
  let trip = { there: 1, back: 1 }
  const databaseTime = (): number => START + monotonic + databaseOffBy
  const warnings: string[] = []
  const log: Log = { debug() {}, info() {}, error() {}, warn: (_, message) => void warnings.push(message) }
  const own: Clock = { now: () => START + monotonic + ownOffBy, monotonic: () => monotonic, wait: async () => {} }
  const read = async (): Promise<readonly ClockReading[]> => {
    const asked = monotonic
    monotonic += trip.there
    const time = databaseTime()
    monotonic += trip.back
    return [{ time, asked, answered: monotonic }]
  }
  const clock = createDatabaseClock(own, read, log)
  return {
    clock,
    warnings,
    errorMs: () => clock.now() - databaseTime(),
    pass: (ms: number) => void (monotonic += ms),
    setDatabase: (byMs: number) => void (databaseOffBy += byMs),
    setTrip: (there: number, back: number) => void (trip = { there, back }),
  }
}

test('shows the own time before the first answer, and the database’s from then on', async () => {
  const world = createWorld(-HOUR)
  expect(world.errorMs()).toBe(-HOUR)
  await world.clock.follow()
  expect(world.errorMs()).toBe(0)
  world.pass(HOUR)
  expect(world.errorMs()).toBe(0)
  expect(world.warnings).toEqual(["this machine's clock and the database's differ; the database's is used"])
})

test('says nothing of clocks that agree', async () => {
  const world = createWorld(200)
  await world.clock.follow()
  expect(world.warnings).toEqual([])
})

test('is wrong by no more than half of the first round trip, however unevenly that took', async () => {
  const trip = fc.integer({ min: 0, max: 10_000 })
  await fc.assert(
    fc.asyncProperty(trip, trip, async (there, back) => {
      const world = createWorld(0)
      world.setTrip(there, back)
      await world.clock.follow()
      expect(Math.abs(world.errorMs())).toBeLessThanOrEqual((there + back) / 2 + 1)
    }),
  )
})

test('is not moved by an answer that took long and contradicts nothing', async () => {
  const world = createWorld(0)
  await world.clock.follow()
  world.setTrip(4_000, 10)
  await world.clock.follow()
  expect(world.errorMs()).toBe(0)
})

test('never goes back for a small correction, and is right after twice its length', async () => {
  const step = fc.record({ pass: fc.integer({ min: 0, max: 3_000 }), set: fc.integer({ min: -400, max: 400 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1 }), async (steps) => {
      const world = createWorld(0)
      world.setTrip(0, 0)
      await world.clock.follow()
      let last = world.clock.now()
      for (const { pass, set } of steps) {
        // What is still being worked off and a new step together may be a large one; one at a time is what is meant.
        world.pass(2_000)
        world.setDatabase(set)
        await world.clock.follow()
        expect(world.clock.now()).toBeGreaterThanOrEqual(last)
        expect(world.errorMs()).toBe(Math.max(0, -set))
        world.pass(pass)
        expect(world.errorMs()).toBe(Math.floor(Math.max(0, Math.max(0, -set) - pass / 2)))
        last = world.clock.now()
      }
    }),
  )
})

test.for([
  { why: 'forward', byMs: HOUR },
  { why: 'back', byMs: -HOUR },
])('follows a database whose clock was set $why at once, and says so', async ({ byMs }) => {
  const world = createWorld(0)
  await world.clock.follow()
  world.setDatabase(byMs)
  await world.clock.follow()
  expect(Math.abs(world.errorMs())).toBeLessThanOrEqual(2)
  expect(world.warnings).toEqual(["the database's clock was set, and the time here with it"])
})
