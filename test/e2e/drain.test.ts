/** After downtime everything is overdue: it is made up for at a bounded rate, and what is on time does not wait for it. */
import { describe, expect, test, vi } from 'vitest'
import { createTestClock, type TestClock } from '../harness/clock.ts'
import { type Database, databasesOn, ENGINES } from '../harness/databases.ts'
import { type Radar, startRadar } from '../harness/radar.ts'

const START = Date.UTC(2030, 0, 1)
const RESTART = START + 2 * 3_600_000
const HOURLY = 700
/** Due within the first minute of the downtime, so made up for at once and on time from then on. */
const EACH_MINUTE = 50
const ALL = HOURLY + EACH_MINUTE

/** What a small installation may make up for, whatever its steady rate: so many at once, then so many a second. */
const BURST = 250
const PER_SECOND = 50
/** What is on time is not held back, but counts: the two may meet. */
const SLACK = 10
const STEP_MS = 250
/** A due time is shown without its milliseconds, and a loop that asks a database may wake a step later. */
const ON_TIME_MS = 1000 + 2 * STEP_MS

/** Nothing is to be there, and the name server has nothing: all stay VALID, and a look is one question. */
const ABSENT = { record_type: 'A', match: 'absent' } as const

/** On a database that outlives it. */
function startOn(database: Database, clock: TestClock): Promise<Radar> {
  return startRadar({
    database: { settings: database.settings, [Symbol.asyncDispose]: async () => {} },
    settings: { DNSRADAR_CONFIRM: '0', DNSRADAR_AUTHORITATIVE: 'off' },
    overrides: { clock },
  })
}

/** By name, when each is due: milliseconds. */
async function dueTimes({ client }: Radar, prefix = ''): Promise<Map<string, number>> {
  const due = new Map<string, number>()
  for await (const { domain, next_check } of client.each('listMonitors', { limit: 100 })) {
    if (domain.startsWith(prefix)) due.set(domain, Date.parse(next_check ?? ''))
  }
  return due
}

/** Makes the monitors, has each looked at once, and stops. Answers with when they are due that are not due already. */
async function watchedUntilDowntime(database: Database): Promise<Map<string, number>> {
  const clock = createTestClock(START)
  await using radar = await startOn(database, clock)
  const some = (count: number, prefix: string, frequency: number) =>
    Array.from({ length: count }, (_, i) => ({ ...ABSENT, domain: `${prefix}${i}.example`, frequency }))
  await radar.client.createMonitors({ monitors: [...some(HOURLY, 'hour', 60), ...some(EACH_MINUTE, 'minute', 1)] })
  await vi.waitFor(async () => {
    await clock.advance(STEP_MS)
    expect(await radar.client.summary()).toMatchObject({ states: { VALID: ALL } })
  }, 30_000)
  const due = await dueTimes(radar)
  return new Map([...due].filter(([, at]) => at > clock.now()))
}

/** The questions that the name server got since the restart, and how long after it. */
function witness({ dns, client }: Radar, clock: TestClock) {
  const times = new Map<string, number[]>()
  let total = 0
  /** What is under way when the API is asked has reached the name server when it answers. */
  async function look(): Promise<void> {
    await client.summary()
    for (const { name } of dns.queries.slice(total)) {
      const known = times.get(name.toLowerCase())
      if (known === undefined) times.set(name.toLowerCase(), [clock.now() - RESTART])
      else known.push(clock.now() - RESTART)
    }
    total = dns.queries.length
  }
  return {
    look,
    /** Milliseconds after the restart. */
    of: (name: string): readonly number[] => times.get(name) ?? [],
    names: () => times.size,
    total: () => total,
  }
}

/** Those that came after one which had been due later, by more than a second. */
function overtaken(due: ReadonlyMap<string, number>, firstAt: (name: string) => number): object[] {
  let earliestLater = Number.POSITIVE_INFINITY
  const latestFirst = [...due].toSorted(([, a], [, b]) => b - a)
  return latestFirst.flatMap(([name]) => {
    const at = firstAt(name)
    const before = earliestLater
    earliestLater = Math.min(at, before)
    return at > before + 1000 ? [{ name, at, before }] : []
  })
}

describe.each(ENGINES)('on %s', (engine) => {
  test('what is overdue is made up for, longest overdue first, beside what is on time', async () => {
    await using database = await databasesOn(engine)()
    const due = await watchedUntilDowntime(database)
    const clock = createTestClock(RESTART)
    await using radar = await startOn(database, clock)
    const seen = witness(radar, clock)

    await vi.waitFor(async () => {
      await seen.look()
      expect(seen.names()).toBeGreaterThanOrEqual(BURST - SLACK)
    }, 10_000)
    expect(seen.total(), 'before time moves').toBeLessThanOrEqual(BURST)
    const onTime = await dueTimes(radar, 'minute')

    const bound = () => BURST + (PER_SECOND * (clock.now() - RESTART)) / 1000 + SLACK
    const step = async (): Promise<void> => {
      await clock.advance(STEP_MS)
      await seen.look()
      expect(seen.total(), `${clock.now() - RESTART} ms after the restart`).toBeLessThanOrEqual(bound())
    }
    for (let ms = 0; ms < 3000; ms += STEP_MS) await step()
    const createdAt = clock.now() - RESTART
    await radar.client.createMonitor({ ...ABSENT, domain: 'new.example' })
    while (seen.names() < ALL + 1 && clock.now() < RESTART + 30_000) await step()
    const drainedAt = clock.now() - RESTART

    expect(seen.names(), 'none is left').toBe(ALL + 1)
    expect(drainedAt).toBeGreaterThanOrEqual(((ALL - BURST - SLACK) * 1000) / PER_SECOND)
    expect(seen.of('new.example')[0]).toBeLessThanOrEqual(createdAt + ON_TIME_MS)
    expect(overtaken(due, (name) => seen.of(name)[0] ?? 0)).toEqual([])
    const dueAgain = [...onTime].filter(([, at]) => at - RESTART + ON_TIME_MS < drainedAt)
    expect(dueAgain.length).toBeGreaterThan(0)
    for (const [name, at] of dueAgain)
      expect(seen.of(name)[1], `${name} again`).toBeLessThanOrEqual(at - RESTART + ON_TIME_MS)
    const hourly = [...due.keys()].filter((name) => name.startsWith('hour'))
    const looks = hourly.reduce((sum, name) => sum + seen.of(name).length, 0)
    expect(looks, 'an hour that was missed is not made up for twice').toBeLessThanOrEqual(HOURLY + SLACK)
  })
})
