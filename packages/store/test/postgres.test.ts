import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore, StoreRefused } from '../src/index.ts'
import { readMigrations } from '../src/migrate.ts'
import { describeNodes } from './conformance-nodes.ts'
import { describeStore } from './conformance.ts'
import { aMonitor, createTestClock, START, testOptions, type OpenDatabase } from './fixtures.ts'
import { postgresDatabases } from './postgres-databases.ts'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

let server: PostgresServer
let createDatabase: OpenDatabase

beforeAll(async () => {
  server = await startPostgres()
  createDatabase = await postgresDatabases(server)
})

afterAll(() => server[Symbol.asyncDispose]())

describeStore('PostgreSQL', () => createDatabase())
describeNodes('nodes on one PostgreSQL', () => createDatabase())

describe('a PostgreSQL server that drops its connections', () => {
  const dropAll = (database: string) =>
    server.query('postgres', 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database])

  test('costs what was in flight, all or none of it, and nothing after that', async () => {
    await server.query('postgres', 'create database dropped template migrated')
    await using store = await openStore(server.url('dropped'), testOptions(createTestClock()))
    const { organization } = await store.accounts.ensureDefaultOrganization(null)
    await dropAll('dropped')
    const bulk = Array.from({ length: 500 }, () => aMonitor())
    const creations = Promise.allSettled(Array.from({ length: 6 }, () => store.monitors.create(organization.id, bulk)))
    await dropAll('dropped')
    const made = (await creations).filter(({ status }) => status === 'fulfilled')
    await expect.poll(() => store.accounts.usage(organization.id).catch(() => null)).not.toBeNull()
    const { monitors } = await store.accounts.usage(organization.id)
    expect(monitors % bulk.length).toBe(0)
    expect(monitors).toBeGreaterThanOrEqual(made.length * bulk.length)
    expect(await store.monitors.create(organization.id, bulk)).toHaveLength(bulk.length)
  })
})

describe('opening a PostgreSQL database', () => {
  const open = (database: string, now = START) => openStore(server.url(database), testOptions(createTestClock(now)))

  test('processes that find it empty at the same time set it up once', async () => {
    await server.query('postgres', 'create database together')
    const stores = await Promise.all(Array.from({ length: 4 }, () => open('together')))
    await Promise.all(stores.map((store) => store.ping()))
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()))
    const migrations = await readMigrations(new URL('../src/postgres/migrations/', import.meta.url))
    expect(await server.query('together', 'select number from migrations order by number')).toEqual(
      migrations.map(({ number }) => ({ number })),
    )
  })

  test('months get their partitions as time goes by, and rows of a month without one cost it its partition', async () => {
    await server.query('postgres', 'create database months')
    const partitions = async () => {
      const rows = await server.query<{ name: string }>(
        'months',
        "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'events'::regclass order by 1",
      )
      return rows.map(({ name }) => name)
    }
    await (await open('months'))[Symbol.asyncDispose]()
    expect(await partitions()).toEqual([
      'events_2026_06',
      'events_2026_07',
      'events_2026_08',
      'events_2026_09',
      'events_default',
    ])

    const october = Date.UTC(2026, 9, 5).toString(16).padStart(12, '0').padEnd(32, '0')
    await server.query(
      'months',
      `insert into events select '${october}', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), '', 0, '', null, '',
         '[]', null, '', '', '[]', '[]', 0, '[]', true`,
    )
    await (await open('months', Date.UTC(2026, 7, 31)))[Symbol.asyncDispose]()
    expect(await partitions()).toEqual([
      'events_2026_06',
      'events_2026_07',
      'events_2026_08',
      'events_2026_09',
      'events_2026_11',
      'events_default',
    ])
  })

  test('a process that runs for months makes the partitions of those that come', async () => {
    await server.query('postgres', 'create database long_lived')
    const clock = createTestClock(START)
    await using store = await openStore(server.url('long_lived'), testOptions(clock))
    clock.advance(Date.UTC(2026, 8, 1) - START)
    await store.maintain()
    const made = await server.query<{ name: string }>(
      'long_lived',
      "select to_regclass('attempts_2026_12')::text as name",
    )
    expect(made).toEqual([{ name: 'attempts_2026_12' }])
  })

  const foreign: { why: string; database: string; table: string }[] = [
    { why: 'a table of the same name', database: 'foreign_one', table: 'create table monitors (name text)' },
    { why: 'migrations of their own', database: 'foreign_two', table: 'create table migrations (id text)' },
  ]
  test.for(foreign)('tables of another program are refused and left alone: $why', async ({ database, table }) => {
    await server.query('postgres', `create database ${database}`)
    await server.query(database, table)
    await expect(open(database)).rejects.toMatchObject({
      reason: 'foreign',
      message: expect.stringContaining(database),
    })
    expect(await server.query(database, "select 1 from pg_tables where schemaname = 'public'")).toHaveLength(1)
  })

  test('a database that does not store UTF-8 is refused', async () => {
    await server.query('postgres', "create database ascii encoding 'SQL_ASCII' locale 'C' template template0")
    await expect(open('ascii')).rejects.toMatchObject({
      reason: 'unfit',
      message: expect.stringContaining('SQL_ASCII'),
    })
  })

  test('a database or server that is not there is refused in one line without the password', async () => {
    for (const url of [server.url('nowhere'), 'postgres://radar:sesame@127.0.0.1:1/radar']) {
      const error = await openStore(url, testOptions(createTestClock())).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StoreRefused)
      expect(error).toMatchObject({
        reason: 'unreachable',
        message: expect.stringMatching(/^PostgreSQL at 127\.0\.0\.1:\d+\/\w+ cannot be used/),
      })
      expect((error as StoreRefused).message).not.toMatch(/sesame|:test@|\n/)
    }
  })
})
