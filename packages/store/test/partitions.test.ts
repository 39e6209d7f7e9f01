/** Logs on PostgreSQL lie in a table for each month: when one is made, and when it is dropped as a whole. */
import type { Log, Outcome } from '@dnsradar/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../src/index.ts'
import {
  ACCEPTED,
  CLAIM,
  createMonitor,
  createTestClock,
  createWebhook,
  FIRST_PAGE,
  recordChanges,
  REFUSED,
  settlementOf,
  SILENT,
  type Stand,
  START,
  testOptions,
} from './fixtures.ts'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

const DAY = 86_400_000
const JULY = Date.UTC(2026, 6, 1)

let server: PostgresServer
let made = 0

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server[Symbol.asyncDispose]())

interface MonthBench extends Stand, AsyncDisposable {
  readonly database: string
  readonly lines: readonly string[]
  /** Tables of this month, given as `2026_06`. */
  tablesOf(month: string): Promise<readonly string[]>
}

async function openMonths(): Promise<MonthBench> {
  const database = `months_${++made}`
  await server.query('postgres', `create database ${database}`)
  const clock = createTestClock()
  const lines: string[] = []
  const log: Log = { ...SILENT, warn: (_fields, line) => void lines.push(line) }
  const store = await openStore(server.url(database), { ...testOptions(clock), log })
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  return {
    database,
    lines,
    clock,
    store,
    orgId: organization.id,
    async tablesOf(month) {
      const rows = await server.query<{ name: string }>(
        database,
        "select tablename as name from pg_tables where tablename like '%' || $1 order by 1",
        [month],
      )
      return rows.map(({ name }) => name)
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

/** One event, told to one webhook: not yet, in vain, or with success. */
async function recordOne(bench: Stand, outcome?: Outcome): Promise<void> {
  await recordChanges(bench, await createMonitor(bench))
  if (outcome === undefined) return
  const [claimed] = await bench.store.queue.claimDue(CLAIM)
  if (claimed === undefined) throw new Error('nothing was claimed')
  await bench.store.queue.settle(claimed, settlementOf(bench, claimed, outcome), false)
}

const JUNE_TABLES = ['attempts_2026_06', 'deliveries_2026_06', 'events_2026_06']

describe('a month that is over', () => {
  test('is dropped when all of it is older than asked for, and not a moment sooner', async () => {
    await using bench = await openMonths()
    await createWebhook(bench)
    await recordOne(bench, ACCEPTED)
    bench.clock.advance(JULY + 90 * DAY - START)
    expect(await bench.store.retention.dropMonths(JULY - 1)).toBe(0)
    expect(await bench.tablesOf('2026_06')).toEqual(JUNE_TABLES)
    expect(await bench.store.retention.dropMonths(JULY)).toBe(3)
    expect(await bench.tablesOf('2026_06')).toEqual([])
    expect((await bench.store.events.list(bench.orgId, {}, FIRST_PAGE)).items).toEqual([])
    expect(await bench.store.retention.dropMonths(JULY)).toBe(0)
  })

  test.for([
    { what: 'was never sent', outcome: undefined, attempts: 0 },
    { what: 'is tried again later', outcome: REFUSED, attempts: 1 },
  ])('keeps its requests and their attempts while one $what, and loses its events', async ({ outcome, attempts }) => {
    await using bench = await openMonths()
    const webhook = await createWebhook(bench)
    await recordOne(bench, outcome)
    bench.clock.advance(JULY - START)
    expect(await bench.store.retention.dropMonths(JULY)).toBe(1)
    expect(await bench.tablesOf('2026_06')).toEqual(['attempts_2026_06', 'deliveries_2026_06'])
    const [waiting] = (await bench.store.deliveries.list(bench.orgId, webhook.id, {}, FIRST_PAGE)).items
    if (waiting === undefined) throw new Error('the request is gone')
    expect(await bench.store.deliveries.attempts(bench.orgId, waiting.id)).toHaveLength(attempts)

    const [claimed] = await bench.store.queue.claimDue(CLAIM)
    if (claimed === undefined) throw new Error('nothing was claimed')
    expect(claimed.delivery.id).toBe(waiting.id)
    await bench.store.queue.settle(claimed, settlementOf(bench, claimed, ACCEPTED), false)
    expect(await bench.store.retention.dropMonths(JULY)).toBe(2)
  })

  test('is not the one that is being written, whatever time is asked for', async () => {
    await using bench = await openMonths()
    expect(await bench.store.retention.dropMonths(Date.UTC(2099, 0, 1))).toBe(0)
    bench.clock.advance(JULY - START)
    expect(await bench.store.retention.dropMonths(Date.UTC(2099, 0, 1))).toBe(3)
    expect(await bench.tablesOf('2026_07')).toHaveLength(3)
  })

  test.for(['events_2026_06', 'events'])(
    'stays while somebody reads %s, says so, and recording goes on meanwhile',
    async (table) => {
      await using bench = await openMonths()
      await recordOne(bench)
      bench.clock.advance(JULY - START)
      const reader = await server.connect(bench.database)
      try {
        await reader.query(`begin; select count(*) from ${table}`)
        const [dropped] = await Promise.all([bench.store.retention.dropMonths(JULY), recordOne(bench)])
        expect(dropped).toBe(2)
        expect(bench.lines).toEqual(['a month that is over is in use, so it is dropped another time'])
        expect(await bench.tablesOf('2026_06')).toEqual(['events_2026_06'])
        expect((await bench.store.events.list(bench.orgId, {}, FIRST_PAGE)).items).toHaveLength(2)
      } finally {
        await reader.end()
      }
      await expect.poll(() => bench.store.retention.dropMonths(JULY)).toBe(1)
    },
  )

  test('is dropped once by two that ask at the same time', async () => {
    await using bench = await openMonths()
    bench.clock.advance(JULY - START)
    const both = await Promise.all([bench.store.retention.dropMonths(JULY), bench.store.retention.dropMonths(JULY)])
    expect(both[0] + both[1]).toBe(3)
    expect(await bench.tablesOf('2026_06')).toEqual([])
  })
})

describe('a process that slept for fourteen months', () => {
  test('records what it sees at once, has its months again, and loses nothing of what it recorded without one', async () => {
    await using bench = await openMonths()
    const webhook = await createWebhook(bench)
    bench.clock.advance(Date.UTC(2027, 7, 15) - START)
    await recordOne(bench)
    await bench.store.maintain()
    await bench.store.maintain()
    expect(bench.lines.filter((line) => line.includes('default partition'))).toHaveLength(2)
    expect(await bench.tablesOf('2027_08')).toEqual(['attempts_2027_08'])
    for (const month of ['2027_09', '2027_10', '2027_11']) expect(await bench.tablesOf(month)).toHaveLength(3)

    const [claimed] = await bench.store.queue.claimDue(CLAIM)
    if (claimed === undefined) throw new Error('nothing was claimed')
    await bench.store.queue.settle(claimed, settlementOf(bench, claimed, REFUSED), false)
    bench.clock.advance(120 * DAY)
    const before = bench.clock.now() - 90 * DAY
    expect(await bench.store.retention.dropMonths(before)).toBe(4 * 3)
    const kept = (await bench.store.deliveries.list(bench.orgId, webhook.id, {}, FIRST_PAGE)).items
    expect(kept).toMatchObject([{ id: claimed.delivery.id, status: 'RETRYING' }])
    expect(await bench.store.deliveries.attempts(bench.orgId, claimed.delivery.id)).toHaveLength(1)
    expect(await bench.store.retention.purge(bench.orgId, before, 100)).toMatchObject({ events: 1, requests: 0 })
  })

  test('makes no month while a reader holds the tables, and makes it the next time', async () => {
    await using bench = await openMonths()
    bench.clock.advance(Date.UTC(2027, 7, 15) - START)
    const reader = await server.connect(bench.database)
    try {
      await reader.query('begin; select count(*) from events_default')
      await bench.store.maintain()
      expect(await bench.tablesOf('2027_08')).toEqual(['attempts_2027_08', 'deliveries_2027_08'])
      await recordOne(bench)
    } finally {
      await reader.end()
    }
    await expect
      .poll(async () => {
        await bench.store.maintain()
        return bench.tablesOf('2027_09')
      })
      .toHaveLength(3)
  })
})
