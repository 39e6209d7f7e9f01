/** What processes on one PostgreSQL do for each other: one time, hints, who lives, and whose turn it is. */
import { type Clock, type Hint, type Log, systemClock, timeOf } from '@dnsradar/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openStore } from '../src/index.ts'
import type { OpenOptions } from '../src/options.ts'
import {
  aMonitor,
  CLAIM,
  createTestClock,
  FIRST_PAGE,
  LEASE_MS,
  NODE,
  OTHER_NODE,
  SILENT,
  testOptions,
  type TestDatabase,
} from './fixtures.ts'
import { postgresDatabases } from './postgres-databases.ts'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

const MINUTE = 60_000

let server: PostgresServer
let createDatabase: () => Promise<TestDatabase>

beforeAll(async () => {
  server = await startPostgres()
  createDatabase = await postgresDatabases(server)
})

afterAll(() => server[Symbol.asyncDispose]())

/** A machine whose clock is off by so much, with the database's time over it. */
function skewed(byMs: number): Partial<OpenOptions> & { readonly clock: Clock } {
  return { clock: { ...systemClock, now: () => Date.now() + byMs }, followDatabase: true }
}

describe('processes whose clocks differ by minutes', () => {
  /** Two stores on one database, and what they share. */
  async function openTwo() {
    await using stack = new AsyncDisposableStack()
    const database = stack.use(await createDatabase())
    const early = stack.use(await database.open(skewed(-5 * MINUTE)))
    const late = stack.use(await database.open(skewed(7 * MINUTE)))
    const { organization } = await early.accounts.ensureDefaultOrganization(null)
    const held = stack.move()
    return { early, late, orgId: organization.id, [Symbol.asyncDispose]: () => held.disposeAsync() }
  }

  test('agree on the time', async () => {
    await using two = await openTwo()
    expect(Math.abs(two.early.clock.now() - two.late.clock.now())).toBeLessThan(1_000)
    expect(Math.abs(two.late.clock.now() - Date.now())).toBeLessThan(1_000)
  })

  test('neither steal each other’s leases nor look at a monitor that is not due', async () => {
    await using two = await openTwo()
    const { early, late, orgId } = two
    await early.monitors.create(
      orgId,
      Array.from({ length: 20 }, () => aMonitor()),
    )
    const claimed = await early.checks.claimDue(CLAIM)
    expect(claimed).toHaveLength(20)
    expect(await late.checks.claimDue({ ...CLAIM, node: OTHER_NODE })).toEqual([])
    const lookedAt = early.clock.now()
    const soon = lookedAt + 2 * MINUTE
    const results = claimed.map((check) => {
      const status = { ...check.status, state: 'VALID' as const, lastChecked: lookedAt, nextCheck: soon }
      return { check, status, change: null, baseline: null, unchanged: false, look: null }
    })
    expect((await early.checks.record(results)).every(({ recorded }) => recorded)).toBe(true)
    expect(await late.checks.claimDue({ ...CLAIM, node: OTHER_NODE })).toEqual([])
    const due = await late.checks.nextDue()
    expect(Math.abs((due ?? 0) - late.clock.now() - 2 * MINUTE)).toBeLessThan(5_000)
  })

  test('see at once what the other made due, and when its lease ends', async () => {
    await using two = await openTwo()
    const { early, late, orgId } = two
    await late.monitors.create(orgId, [aMonitor()])
    const claimed = await early.checks.claimDue({ node: NODE, limit: 1, leaseMs: LEASE_MS })
    expect(claimed).toHaveLength(1)
    const ends = (await late.checks.nextDue()) ?? 0
    expect(Math.abs(ends - late.clock.now() - LEASE_MS)).toBeLessThan(5_000)
  })

  test('make ids in the order of time', async () => {
    await using two = await openTwo()
    const { early, late, orgId } = two
    const made: string[] = []
    for (const store of [early, late, early, late]) {
      const entry = await store.audit.record(orgId, { keyId: null, action: 'a', object: 'o', changes: {} })
      expect(Math.abs(timeOf(entry.id) - Date.now())).toBeLessThan(1_000)
      made.push(entry.id)
      await systemClock.wait(DISAGREEMENT_MS)
    }
    expect(made.toSorted()).toEqual(made)
  })

  test('count requests in one window', async () => {
    await using two = await openTwo()
    const { early, late } = two
    const counts = [
      await early.rateLimits.count('k', MINUTE),
      await late.rateLimits.count('k', MINUTE),
      await early.rateLimits.count('k', MINUTE),
    ]
    expect(counts.map(({ count }) => count)).toEqual([1, 2, 3])
    expect(new Set(counts.map(({ ends }) => ends)).size).toBe(1)
  })
})

/** Of two processes on one machine. */
const DISAGREEMENT_MS = 20

describe('hints', () => {
  test('are heard by the others and not by whoever gave them', async () => {
    await using database = await createDatabase()
    await using giver = await database.open({ clock: systemClock })
    await using other = await database.open({ clock: systemClock })
    const heard = { giver: [] as Hint[], other: [] as Hint[] }
    giver.hints.listen((hint) => heard.giver.push(hint))
    other.hints.listen((hint) => heard.other.push(hint))
    // Both hints are heard once a listener is there: something may have been given before.
    await vi.waitFor(() => expect([...heard.giver, ...heard.other]).toHaveLength(4))
    giver.hints.give('check')
    await vi.waitFor(() => expect(heard.other).toEqual(['check', 'deliver', 'check']))
    giver.hints.give('deliver')
    await vi.waitFor(() => expect(heard.other).toEqual(['check', 'deliver', 'check', 'deliver']))
    expect(heard.giver).toEqual(['check', 'deliver'])
  })

  test('a listener whose connection is cut comes back and hears what it may have missed', async () => {
    await using database = await createDatabase()
    const warnings: string[] = []
    const log: Log = { ...SILENT, warn: (_, message) => void warnings.push(message) }
    await using giver = await database.open({ clock: systemClock })
    await using other = await database.open({ clock: systemClock, log })
    const heard: Hint[] = []
    other.hints.listen((hint) => heard.push(hint))
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    await server.query('postgres', "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %'")
    await vi.waitFor(() => expect(warnings).toHaveLength(1))
    giver.hints.give('deliver')
    await vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(4), 10_000)
    heard.length = 0
    giver.hints.give('check')
    await vi.waitFor(() => expect(heard).toContain('check'))
  })

  test('a process that leaves wakes the others', async () => {
    await using database = await createDatabase()
    await using leaver = await database.open({ clock: systemClock })
    await using other = await database.open({ clock: systemClock })
    const heard: Hint[] = []
    other.hints.listen((hint) => heard.push(hint))
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    await leaver.nodes.leave(NODE)
    await vi.waitFor(() => expect(heard).toHaveLength(4))
  })
})

describe('nodes', () => {
  const card = { id: NODE, roles: ['api', 'check'], version: '1.2.3', started: 5 }

  test('are shown from the first heartbeat until they leave, by every process', async () => {
    await using database = await createDatabase()
    await using one = await database.open()
    await using other = await database.open()
    await one.nodes.beat(card)
    await other.nodes.beat({ ...card, id: OTHER_NODE, roles: ['deliver'] })
    const { items } = await other.nodes.list(FIRST_PAGE)
    const heartbeat = database.clock.now()
    expect(items).toEqual(
      [
        { ...card, heartbeat },
        { ...card, id: OTHER_NODE, roles: ['deliver'], heartbeat },
      ].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    )
    await one.nodes.leave(NODE)
    expect((await other.nodes.list(FIRST_PAGE)).items.map(({ id }) => id)).toEqual([OTHER_NODE])
  })

  test('that fell silent are not shown, and are back with their next heartbeat', async () => {
    await using database = await createDatabase()
    await using store = await database.open()
    await store.nodes.beat(card)
    database.clock.advance(31_000)
    expect((await store.nodes.list(FIRST_PAGE)).items).toEqual([])
    await store.nodes.beat(card)
    expect((await store.nodes.list(FIRST_PAGE)).items).toEqual([{ ...card, heartbeat: database.clock.now() }])
  })

  test('that were silent for an hour are forgotten by whoever keeps house', async () => {
    await server.query('postgres', 'create database forgetful template migrated')
    const clock = createTestClock()
    await using store = await openStore(server.url('forgetful'), testOptions(clock))
    const rows = () => server.query('forgetful', 'select 1 from nodes')
    await store.nodes.beat(card)
    clock.advance(60 * MINUTE)
    await store.maintain()
    expect(await rows()).toHaveLength(1)
    clock.advance(1)
    await store.maintain()
    expect(await rows()).toHaveLength(0)
  })
})

describe('work that one process at a time does', () => {
  test('is left to whoever does it already, and is free again when that is done, fails or dies', async () => {
    await using database = await createDatabase()
    await using one = await database.open()
    await using other = await database.open()
    const inside = await one.alone(async () => ({ other: await other.alone(async () => 'too') }))
    expect(inside).toEqual({ other: null })
    await expect(one.alone(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await other.alone(async () => 'free')).toBe('free')
    const dies = async (): Promise<string | null> => {
      await server.query(
        'postgres',
        "select pg_terminate_backend(a.pid) from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory'",
      )
      return other.alone(async () => 'taken over')
    }
    const outcome = { takenOver: null as string | null }
    await expect(one.alone(async () => (outcome.takenOver = await dies()))).rejects.toThrow()
    expect(outcome.takenOver).toBe('taken over')
  })
})
