/**
 * The order of a queue against another implementation of the same promise: pg-boss, whose `key_strict_fifo` queues hold
 * back the jobs of a key while an earlier one is tried, waits or has failed.
 *
 * Both run the same schedule on clocks of the test's own, so not only the order is compared but every attempt and its
 * time.
 */
import fc from 'fast-check'
import { PgBoss, TestClock as BossClock } from 'pg-boss'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { START } from '../../packages/store/test/fixtures.ts'
import { type PostgresServer, startPostgres } from '../../packages/store/test/postgres-server.ts'
import { bossDatabase } from '../harness/boss-database.ts'
import { type Key, KEYS, ourSide, RETRIES, RETRY_SECONDS, type Side, theirSide } from '../harness/queue-sides.ts'

type Step =
  /** A job that fails so many times before it succeeds; one more than there are attempts makes its queue give up. */
  | { readonly do: 'publish'; readonly key: Key; readonly failures: number }
  /** Everything that is due is tried, and what becomes due by that. */
  | { readonly do: 'work' }
  | { readonly do: 'wait'; readonly seconds: number }
  /** A queue that gave up is set going again. */
  | { readonly do: 'revive'; readonly key: Key }
  /** By hand, whatever state it is in; `work` leaves it alone until it is resumed. */
  | { readonly do: 'pause' | 'resume'; readonly key: Key }

interface Attempted {
  readonly key: Key
  /** Which one of its key's jobs, from 0. */
  readonly job: number
  readonly succeeded: boolean
  /** Milliseconds since the schedule began. */
  readonly at: number
}

/** One side, one schedule: who was tried when, and after each step which keys had given up. */
async function play(side: Side, schedule: readonly Step[]) {
  const fates = new Map(KEYS.map((key) => [key, [] as number[]]))
  const left = (key: Key): number => (fates.get(key) ?? []).filter((failures) => failures >= 0).length
  const attempts: Attempted[] = []
  const blocked: (readonly Key[])[] = []
  let at = 0

  const attempt = (key: Key, job: number): boolean => {
    const fate = fates.get(key)
    const failures = fate?.[job]
    if (fate === undefined || failures === undefined) expect.fail(`nothing was published as ${key}#${job}`)
    fate[job] = failures - 1
    attempts.push({ key, job, succeeded: failures === 0, at })
    return failures === 0
  }
  const wait = async (ms: number): Promise<void> => {
    at += ms
    await side.wait(ms)
  }
  const act = async (step: Step): Promise<void> => {
    switch (step.do) {
      case 'publish':
        fates.get(step.key)?.push(step.failures)
        return side.publish(step.key)
      case 'work':
        return side.work(attempt)
      case 'wait':
        return wait(step.seconds * 1000)
      case 'revive':
      case 'pause':
      case 'resume':
        return side[step.do](step.key)
    }
  }

  for (const step of schedule) {
    await act(step)
    blocked.push(await side.blocked())
    // Nothing happens twice in a millisecond: ties have no order to compare.
    await wait(1)
  }
  for (let round = 0; KEYS.some((key) => left(key) > 0); round++) {
    if (round > 200) expect.fail('the queues do not run empty')
    for (const key of KEYS) {
      await side.resume(key)
      await side.revive(key)
    }
    await side.work(attempt)
    await wait(RETRY_SECONDS * 1000)
  }
  return { attempts: KEYS.map((key) => attempts.filter((tried) => tried.key === key)), blocked }
}

let postgres: PostgresServer
let database: Awaited<ReturnType<typeof bossDatabase>>
let boss: PgBoss
const bossClock = new BossClock(START)

beforeAll(async () => {
  postgres = await startPostgres()
  database = await bossDatabase(postgres)
  boss = new PgBoss({ db: database, clock: bossClock, supervise: false, schedule: false })
  await boss.start()
})

afterAll(async () => {
  await boss.stop({ graceful: false })
  await database[Symbol.asyncDispose]()
  await postgres[Symbol.asyncDispose]()
})

async function playBoth(schedule: readonly Step[]) {
  await using ours = await ourSide()
  await using theirs = await theirSide(boss, bossClock)
  return { ours: await play(ours, schedule), theirs: await play(theirs, schedule) }
}

const key = fc.constantFrom(...KEYS)
const publish = fc
  .record({ key, failures: fc.constantFrom(0, 0, 1, RETRIES) })
  .map((job): Step[] => [{ do: 'publish', ...job }])
const publishFatal = key.map((k): Step[] => [{ do: 'publish', key: k, failures: RETRIES + 1 }])
const work = fc.constant<Step[]>([{ do: 'work' }])
const waitAndWork = fc
  .constantFrom(RETRY_SECONDS - 1, RETRY_SECONDS, RETRY_SECONDS, 200)
  .map((seconds): Step[] => [{ do: 'wait', seconds }, { do: 'work' }])
const revive = key.map((k): Step[] => [{ do: 'revive', key: k }])
const byHand = fc
  .record({ does: fc.constantFrom('pause', 'resume'), key })
  .map(({ does, key: k }): Step[] => [{ do: does, key: k }])
const schedules = (...steps: fc.Arbitrary<Step[]>[]): fc.Arbitrary<Step[]> =>
  fc.array(fc.oneof(...steps), { minLength: 15, maxLength: 30, size: 'max' }).map((chosen) => chosen.flat())

/** Two heads fail, one of them for good; what came behind waits, comes in order, and another key is not held up. */
const HEAD_GIVES_UP: Step[] = [
  { do: 'publish', key: 0, failures: RETRIES + 1 },
  { do: 'publish', key: 1, failures: 1 },
  { do: 'publish', key: 0, failures: 0 },
  { do: 'publish', key: 1, failures: 0 },
  { do: 'publish', key: 2, failures: 0 },
  { do: 'work' },
  { do: 'wait', seconds: RETRY_SECONDS },
  { do: 'work' },
  { do: 'wait', seconds: RETRY_SECONDS },
  { do: 'work' },
  { do: 'publish', key: 0, failures: 1 },
  { do: 'publish', key: 2, failures: 0 },
  { do: 'work' },
  { do: 'revive', key: 0 },
  { do: 'work' },
]

test('a head that gives up blocks its key and no other, in both', async () => {
  const { ours, theirs } = await playBoth(HEAD_GIVES_UP)
  const told = ({ job, succeeded }: Attempted): string => `${job}${succeeded ? '+' : '-'}`
  expect(ours.attempts.map((attempts) => attempts.map(told).join(' '))).toEqual([
    '0- 0- 0- 0+ 1+ 2- 2+',
    '0- 0+ 1+',
    '0+ 1+',
  ])
  expect(ours.blocked.flat().length).toBeGreaterThan(0)
  expect(ours).toEqual(theirs)
})

test('failures, retries and giving up: every attempt is the same job at the same time', async () => {
  let gaveUp = 0
  await fc.assert(
    fc.asyncProperty(
      schedules(publish, publish, publishFatal, work, waitAndWork, waitAndWork, revive),
      async (steps) => {
        const { ours, theirs } = await playBoth(steps)
        gaveUp += ours.blocked.some((keys) => keys.length > 0) ? 1 : 0
        expect(ours).toEqual(theirs)
      },
    ),
    { seed: 20_260_601, numRuns: 5 },
  )
  expect(gaveUp).toBeGreaterThan(1)
})

test('queues that are disabled and enabled by hand try the same jobs in the same order', async () => {
  const untimed = ({ attempts }: Awaited<ReturnType<typeof play>>) =>
    attempts.map((ofKey) => ofKey.map(({ job, succeeded }) => ({ job, succeeded })))
  await fc.assert(
    fc.asyncProperty(schedules(publish, publish, publish, work, waitAndWork, byHand, byHand), async (steps) => {
      const { ours, theirs } = await playBoth(steps)
      expect(untimed(ours)).toEqual(untimed(theirs))
    }),
    { seed: 20_260_602, numRuns: 4 },
  )
})
