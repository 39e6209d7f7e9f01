/** Readers of a history on PostgreSQL, while transactions commit in another order than that of their rows. */
import { createMint, idToBytes, type Clock, systemClock } from '@dnsradar/core'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openStore } from '../src/index.ts'
import {
  aMonitor,
  createTestClock,
  FIRST_PAGE,
  NODE,
  OTHER_NODE,
  recordChanges,
  testOptions,
  type TestDatabase,
} from './fixtures.ts'
import { postgresDatabases } from './postgres-databases.ts'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

let server: PostgresServer
let createDatabase: () => Promise<TestDatabase>

beforeAll(async () => {
  server = await startPostgres()
  createDatabase = await postgresDatabases(server)
})

afterAll(() => server[Symbol.asyncDispose]())

describe('a reader that goes on from its cursor', () => {
  const AUDIT = { keyId: null, action: 'a', object: 'o', changes: {} }
  const bytesOf = (id: Parameters<typeof idToBytes>[0]) => Buffer.from(idToBytes(id))

  interface Story {
    readonly name: string
    readonly followDatabase: boolean
    readonly clock: Clock
    /** Until ids are made in another millisecond, by whichever mint. */
    readonly tick: () => unknown
  }
  const still = createTestClock()
  const stories: Story[] = [
    { name: 'on the database’s time', followDatabase: true, clock: systemClock, tick: () => systemClock.wait(5) },
    { name: 'on a clock that tests move', followDatabase: false, clock: still, tick: () => still.advance(1) },
  ]

  test.for(stories)('misses nothing that commits late, and reads nothing twice, $name', async (story) => {
    const name = `late_${story.followDatabase}`
    await server.query('postgres', `create database ${name} template migrated`)
    const options = { ...testOptions(story.clock), followDatabase: story.followDatabase }
    await using store = await openStore(server.url(name), options)
    const { organization } = await store.accounts.ensureDefaultOrganization(null)
    const orgId = organization.id
    const record = async () => (await store.audit.record(orgId, AUDIT)).id
    const mint = createMint(store.clock.now, (length) => randomBytes(length))
    const read: string[] = []
    const readOn = async (): Promise<void> => {
      for (;;) {
        const after = read.at(-1) ?? null
        const page = await store.audit.list(orgId, {}, { limit: 2, way: 'asc', after, before: null })
        read.push(...page.items.map(({ id }) => id))
        if (!page.hasNext) return
      }
    }

    const before = [await record(), await record(), await record()]
    await readOn()
    expect(read).toEqual(before)

    const writer = await server.connect(name)
    await writer.query('begin')
    await story.tick()
    const late = mint('aud')
    await writer.query(`insert into audit values ($1, $2, null, 'late', 'o', '{}', 0)`, [bytesOf(late), bytesOf(orgId)])
    await story.tick()
    const after = [await record(), await record()]
    await readOn()
    expect(read).toEqual(before)
    // The first page shows all there is.
    const { items } = await store.audit.list(orgId, {}, FIRST_PAGE)
    expect(items.map(({ id }) => id)).toEqual([...before, ...after])

    await writer.query('commit')
    await writer.end()
    await vi.waitFor(async () => {
      await readOn()
      expect(read).toEqual([...before, late, ...after])
    })
  })

  test('misses nothing where the transaction with the higher number made the older row', async () => {
    await server.query('postgres', 'create database crossed template migrated')
    await using store = await openStore(server.url('crossed'), { ...testOptions(systemClock), followDatabase: true })
    const { organization } = await store.accounts.ensureDefaultOrganization(null)
    const first = (await store.audit.record(organization.id, AUDIT)).id
    const mint = createMint(store.clock.now, (length) => randomBytes(length))
    const page = () => store.audit.list(organization.id, {}, { limit: 10, way: 'asc', after: first, before: null })
    const insert = `insert into audit values ($1, $2, null, 'crossed', 'o', '{}', 0)`
    const key = (id: Parameters<typeof idToBytes>[0]) => [bytesOf(id), bytesOf(organization.id)]

    const [early, late] = [await server.connect('crossed'), await server.connect('crossed')]
    await early.query('begin')
    await early.query('select pg_current_xact_id()')
    await late.query('begin')
    const older = mint('aud')
    await late.query(insert, key(older))
    await systemClock.wait(5)
    const newer = mint('aud')
    await early.query(insert, key(newer))
    await early.query('commit')
    expect((await page()).items).toEqual([])
    await late.query('commit')
    await Promise.all([early.end(), late.end()])
    expect((await page()).items.map(({ id }) => id)).toEqual([older, newer])
  })

  test('misses nothing that two processes record at the same time', async () => {
    await using database = await createDatabase()
    await using one = await database.open({ clock: systemClock, followDatabase: true })
    await using other = await database.open({ clock: systemClock, followDatabase: true })
    const { organization } = await one.accounts.ensureDefaultOrganization(null)
    const orgId = organization.id
    await one.nodes.beat({ id: NODE, roles: [], version: '0', started: 0 })
    await other.nodes.beat({ id: OTHER_NODE, roles: [], version: '0', started: 0 })
    const work = async (store: typeof one, count: number): Promise<string[]> => {
      const made: string[] = []
      for (let i = 0; i < count; i++) {
        await store.transaction(async (records) => {
          made.push((await records.audit.record(orgId, AUDIT)).id)
          await records.accounts.organization(orgId)
          made.push((await records.audit.record(orgId, AUDIT)).id)
        })
      }
      return made
    }
    const first = (await one.audit.record(orgId, AUDIT)).id
    const read: string[] = [first]
    let isOver = false
    const reader = async (): Promise<void> => {
      for (;;) {
        const wasOver = isOver
        const { items } = await one.audit.list(
          orgId,
          {},
          { limit: 50, way: 'asc', after: read.at(-1) ?? null, before: null },
        )
        read.push(...items.map(({ id }) => id))
        if (wasOver && items.length === 0) return
      }
    }
    const writers = [work(one, 60), work(one, 60), work(other, 60), work(other, 60)]
    const made = Promise.all(writers).then(async (all) => {
      await systemClock.wait(300)
      isOver = true
      return all.flat()
    })
    await reader()
    expect(read).toEqual([first, ...(await made)].toSorted())
  })

  test('sees the rows of a dump from a server that had given out more transaction ids', async () => {
    await server.query('postgres', 'create database restored template migrated')
    await using store = await openStore(server.url('restored'), { ...testOptions(systemClock), followDatabase: true })
    const { organization } = await store.accounts.ensureDefaultOrganization(null)
    const ids = [await store.audit.record(organization.id, AUDIT), await store.audit.record(organization.id, AUDIT)]
    await server.query('restored', "update audit set xid = '5000000000'")
    const [first, second] = ids.map(({ id }) => id)
    await vi.waitFor(async () => {
      const page = { limit: 10, way: 'asc' as const, after: first ?? null, before: null }
      expect((await store.audit.list(organization.id, {}, page)).items.map(({ id }) => id)).toEqual([second])
    })
  })

  test('finds every kind of history the same way', async () => {
    await using database = await createDatabase()
    await using store = await database.open({ clock: systemClock, followDatabase: true })
    const { organization } = await store.accounts.ensureDefaultOrganization(null)
    const stand = { clock: database.clock, store, orgId: organization.id }
    const [watched] = await store.monitors.create(organization.id, [aMonitor()])
    if (watched === undefined) throw new Error('no monitor was made')
    await recordChanges(stand, watched, 3)
    const { items } = await store.events.list(organization.id, {}, FIRST_PAGE)
    const [oldest, ...rest] = items.map(({ id }) => id)
    await vi.waitFor(async () => {
      const page = { ...FIRST_PAGE, after: oldest ?? null }
      const events = await store.events.list(organization.id, {}, page)
      expect(events.items.map(({ id }) => id)).toEqual(rest)
      expect((await store.systemEvents.list(organization.id, {}, page)).hasNext).toBe(false)
    })
  })
})
