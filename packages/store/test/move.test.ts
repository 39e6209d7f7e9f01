/** An installation goes from one database to another, whole, and as often as one likes until it is started there. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Attempt, type Delivery, idToBytes, type OrganizationId, type Outcome, type Store } from '@dnsradar/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { generateKey, moveInstallation, type MoveOptions, openStore, parseKeyRing } from '../src/index.ts'
import type { OpenOptions } from '../src/options.ts'
import { anApplication, declareDomain } from './conformance/entri.ts'
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
  type Stand,
  START,
  type TestClock,
  testOptions,
} from './fixtures.ts'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

let server: PostgresServer
let made = 0

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server[Symbol.asyncDispose]())

/** What is connected to a database beside the test itself. */
async function connections(): Promise<number> {
  const rows = await server.query('postgres', "select 1 from pg_stat_activity where application_name = 'dnsradar'")
  return rows.length
}

afterEach(() => expect.poll(connections).toBe(0))

const ENGINES = ['sqlite', 'postgres'] as const
type Engine = (typeof ENGINES)[number]

interface MoveBench extends AsyncDisposable {
  readonly options: OpenOptions
  readonly clock: TestClock
  /** The URL of an empty database. */
  newUrl(engine: Engine): Promise<string>
}

async function openMoves(): Promise<MoveBench> {
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-move-'))
  const clock = createTestClock()
  return {
    clock,
    options: { ...testOptions(clock), serving: false },
    async newUrl(engine) {
      const name = `move_${++made}`
      if (engine === 'sqlite') return `sqlite:${join(folder, `${name}.db`)}`
      await server.query('postgres', `create database ${name}`)
      return server.url(name)
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

/** A store that is closed with `await using`, and its default organization. */
async function openStand(bench: MoveBench, url: string, serving = false): Promise<Stand & AsyncDisposable> {
  const store = await openStore(url, { ...bench.options, serving })
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  return {
    store,
    clock: bench.clock,
    orgId: organization.id,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

const run = ({ options }: MoveBench, from: string, to: string, more: Partial<MoveOptions> = {}) =>
  moveInstallation({ ...options, from, to, ...more })

async function settleHead(stand: Stand, outcome: Outcome): Promise<void> {
  const [claimed] = await stand.store.queue.claimDue(CLAIM)
  if (claimed === undefined) throw new Error('nothing was claimed')
  await stand.store.queue.settle(claimed, settlementOf(stand, claimed, outcome), true)
  await stand.store.queue.release(claimed)
}

/** An installation with something in it: sent, tried and waiting requests, a key, labels and a second organization. */
async function fill(stand: Stand): Promise<void> {
  const { store, orgId } = stand
  await createWebhook(stand, { headers: [['Authorization', 'Bearer of-the-receiver']] })
  const watched = await createMonitor(stand, { externalId: 'a', metadata: { tier: 'gold', Ärger: '"\\u0000' } })
  await recordChanges(stand, watched, 4)
  await settleHead(stand, ACCEPTED)
  await settleHead(stand, REFUSED)
  await store.accounts.createKey(orgId, {
    hash: new Uint8Array(32).fill(7),
    name: 'ci',
    scopes: ['read'],
    expires: null,
  })
  await store.audit.record(orgId, {
    keyId: null,
    action: 'key.create',
    object: 'key_1',
    changes: { b: 1, a: { d: 0.1, c: [] } },
  })
  const other = await store.accounts.createOrganization({ name: 'Other', plan: 'free' })
  await createMonitor({ ...stand, orgId: other.id })
  await declareDomain(stand, await anApplication(stand), 'shop.example', ['www'])
}

/** All that the API shows of an organization. */
async function read(store: Store, orgId: OrganizationId): Promise<unknown> {
  const webhooks = (await store.webhooks.list(orgId, {}, FIRST_PAGE)).items
  const deliveries: Delivery[] = []
  for (const { id } of webhooks) deliveries.push(...(await store.deliveries.list(orgId, id, {}, FIRST_PAGE)).items)
  const attempts: Attempt[] = []
  for (const { id } of deliveries) attempts.push(...(await store.deliveries.attempts(orgId, id)))
  return {
    webhooks,
    deliveries,
    attempts,
    monitors: (await store.monitors.list(orgId, {}, FIRST_PAGE)).items,
    labelled: (await store.monitors.list(orgId, { metadata: { tier: 'gold' } }, FIRST_PAGE)).items,
    events: (await store.events.list(orgId, {}, FIRST_PAGE)).items,
    systemEvents: (await store.systemEvents.list(orgId, {}, FIRST_PAGE)).items,
    audit: (await store.audit.list(orgId, {}, FIRST_PAGE)).items,
    groups: (await store.groups.list(orgId, FIRST_PAGE)).items,
    keys: (await store.accounts.listKeys(orgId, FIRST_PAGE)).items,
  }
}

async function readAll(bench: MoveBench, url: string): Promise<unknown> {
  await using stand = await openStand(bench, url)
  const { items } = await stand.store.accounts.listOrganizations(FIRST_PAGE)
  const all: unknown[] = []
  for (const organization of items) all.push({ organization, holds: await read(stand.store, organization.id) })
  return all
}

describe.each(ENGINES.flatMap((from) => ENGINES.map((to) => ({ from, to }))))('a move from $from to $to', (engines) => {
  test('brings everything, can be repeated, and follows what changed and what is gone', async () => {
    await using bench = await openMoves()
    const [from, to] = [await bench.newUrl(engines.from), await bench.newUrl(engines.to)]
    await using source = await openStand(bench, from)
    await fill(source)
    const counts = await run(bench, from, to)
    expect(counts).toMatchObject({
      organizations: { rows: 2 },
      monitors: { rows: 3 },
      entri_records: { rows: 1 },
      events: { rows: 4, written: 4, deleted: 0 },
      deliveries: { rows: 4, written: 4 },
      attempts: { rows: 2, written: 2 },
    })
    expect(await readAll(bench, to)).toEqual(await readAll(bench, from))
    expect(await run(bench, from, to)).toMatchObject({
      events: { rows: 4, written: 0, deleted: 0 },
      deliveries: { rows: 4, written: 0, deleted: 0 },
      audit: { rows: 1, written: 0 },
    })

    const [monitor] = (await source.store.monitors.list(source.orgId, {}, FIRST_PAGE)).items
    if (monitor === undefined) throw new Error('no monitor')
    await source.store.retention.purge(source.orgId, bench.clock.now(), 1)
    await source.store.monitors.delete(source.orgId, monitor.monitor.id)
    await recordChanges(source, await createMonitor(source, { externalId: 'a' }), 2)
    bench.clock.advance(120_000)
    await settleHead(source, ACCEPTED)
    expect(await run(bench, from, to)).toMatchObject({
      monitors: { rows: 3 },
      events: { rows: 5, written: 2, deleted: 1 },
      deliveries: { rows: 5, written: 3, deleted: 1 },
      attempts: { rows: 2, written: 1, deleted: 1 },
    })
    expect(await readAll(bench, to)).toEqual(await readAll(bench, from))
  })
})

describe('a move while the source is served', () => {
  test.each(ENGINES)('takes %s as it was at one moment, and the next one brings the rest', async (engine) => {
    await using bench = await openMoves()
    const [from, to] = [await bench.newUrl(engine), await bench.newUrl('postgres')]
    await using source = await openStand(bench, from, true)
    await fill(source)
    const before = await readAll(bench, from)
    const written: Promise<unknown>[] = []
    await run(bench, from, to, {
      onProgress: ({ table }) => {
        if (table === 'api_keys')
          written.push(createMonitor(source).then((watched) => recordChanges(source, watched, 1)))
      },
    })
    expect(await Promise.all(written)).not.toEqual([])
    expect(await readAll(bench, to)).toEqual(before)
    await run(bench, from, to)
    expect(await readAll(bench, to)).toEqual(await readAll(bench, from))
  })
})

describe('a move that ends halfway', () => {
  test.each(ENGINES)('leaves a %s database that is not served, and a repetition completes it', async (engine) => {
    await using bench = await openMoves()
    const [from, to] = [await bench.newUrl('sqlite'), await bench.newUrl(engine)]
    {
      await using source = await openStand(bench, from)
      await fill(source)
    }
    for (const table of ['monitors', 'deliveries', 'events']) {
      const onProgress: MoveOptions['onProgress'] = (progress) => {
        if (progress.table === table) throw new Error('the power is gone')
      }
      await expect(run(bench, from, to, { onProgress })).rejects.toThrow('the power is gone')
      await expect(openStand(bench, to, true)).rejects.toMatchObject({ reason: 'unfinished_move' })
    }
    await run(bench, from, to)
    expect(await readAll(bench, to)).toEqual(await readAll(bench, from))
    await using served = await openStand(bench, to, true)
    expect((await served.store.events.list(served.orgId, {}, FIRST_PAGE)).items).toHaveLength(4)
  })
})

describe('history that is older than the partitions', () => {
  test('is moved into months that are dropped when they are over', async () => {
    await using bench = await openMoves()
    const [from, to] = [await bench.newUrl('sqlite'), await bench.newUrl('postgres')]
    await using source = await openStand(bench, from)
    await fill(source)
    bench.clock.advance(Date.UTC(2026, 9, 1) - START)
    await run(bench, from, to)
    await using target = await openStand(bench, to)
    expect(await target.store.retention.dropMonths(Date.UTC(2026, 6, 1))).toBe(1)
    expect(await target.store.retention.dropMonths(Date.UTC(2026, 9, 1))).toBe(3 * 3)
  })
})

describe('a move is refused in one line', () => {
  async function filled(bench: MoveBench, engine: Engine): Promise<string> {
    const url = await bench.newUrl(engine)
    await using stand = await openStand(bench, url)
    await fill(stand)
    return url
  }

  test.each(ENGINES)('into %s that holds another installation', async (engine) => {
    await using bench = await openMoves()
    const [from, to] = [await filled(bench, 'sqlite'), await filled(bench, engine)]
    const before = await readAll(bench, to)
    await expect(run(bench, from, to)).rejects.toMatchObject({ reason: 'other_data' })
    expect(await readAll(bench, to)).toEqual(before)
  })

  test.each(ENGINES)('into %s that was started since it was moved to', async (engine) => {
    await using bench = await openMoves()
    const [from, to] = [await filled(bench, 'sqlite'), await bench.newUrl(engine)]
    await run(bench, from, to)
    await (await openStand(bench, to, true))[Symbol.asyncDispose]()
    await expect(run(bench, from, to)).rejects.toMatchObject({ reason: 'other_data' })
  })

  test.each(ENGINES)('into %s where another installation is being moved to', async (engine) => {
    await using bench = await openMoves()
    const [one, other, to] = [await filled(bench, 'sqlite'), await filled(bench, 'sqlite'), await bench.newUrl(engine)]
    await run(bench, one, to)
    await expect(run(bench, other, to)).rejects.toMatchObject({ reason: 'other_data' })
  })

  test.each(ENGINES)('into itself on %s', async (engine) => {
    await using bench = await openMoves()
    const [from, to] = [await filled(bench, 'sqlite'), await bench.newUrl(engine)]
    await expect(run(bench, from, from)).rejects.toMatchObject({ reason: 'other_data' })
    await run(bench, from, to)
    await expect(run(bench, to, to)).rejects.toMatchObject({ reason: 'other_data' })
    await expect(run(bench, to, await bench.newUrl(engine))).rejects.toMatchObject({ reason: 'other_data' })
  })

  test.each(ENGINES)('into %s that a process serves', async (engine) => {
    await using bench = await openMoves()
    const [from, to] = [await filled(bench, 'sqlite'), await bench.newUrl(engine)]
    await using serving = await openStore(to, { ...bench.options, serving: true })
    await serving.nodes.beat({ id: CLAIM.node, roles: ['api'], version: '1', started: bench.clock.now() })
    await expect(run(bench, from, to)).rejects.toMatchObject({ reason: 'already_served' })
  })

  test('beside another move into the same database', async () => {
    await using bench = await openMoves()
    const [from, to] = [await filled(bench, 'sqlite'), await bench.newUrl('postgres')]
    const other = await server.connect(new URL(to).pathname.slice(1))
    try {
      await run(bench, from, to)
      await other.query('select pg_advisory_lock($1)', [BigInt('0x444e53524d4f5645').toString()])
      await expect(run(bench, from, to)).rejects.toMatchObject({ reason: 'already_served' })
    } finally {
      await other.end()
    }
    await run(bench, from, to)
  })

  test('under a key ring that does not open its secrets, before anything is written', async () => {
    await using bench = await openMoves()
    const [from, to] = [await filled(bench, 'sqlite'), await bench.newUrl('sqlite')]
    const keyRing = parseKeyRing(generateKey())
    await expect(run(bench, from, to, { keyRing })).rejects.toMatchObject({ reason: 'wrong_key_ring' })
    await expect(run(bench, to, await bench.newUrl('sqlite'))).rejects.toMatchObject({ reason: 'unreadable' })
  })

  const schemas = [
    { what: 'an older', reason: 'older', sql: 'delete from migrations where number = 10' },
    { what: 'a newer', reason: 'newer', sql: 'insert into migrations values (9999, 0)' },
  ]
  test.each(schemas.flatMap((schema) => ENGINES.map((engine) => ({ ...schema, engine }))))(
    'from and to a $engine database of $what version',
    async ({ engine, reason, sql }) => {
      await using bench = await openMoves()
      const [good, other] = [await filled(bench, 'sqlite'), await filled(bench, engine)]
      if (engine === 'postgres') await server.query(new URL(other).pathname.slice(1), sql)
      else {
        using handle = new DatabaseSync(other.slice('sqlite:'.length))
        handle.exec(sql)
      }
      await expect(run(bench, other, await bench.newUrl('sqlite'))).rejects.toMatchObject({ reason })
      await expect(run(bench, good, other)).rejects.toMatchObject({ reason })
    },
  )

  test('from what is no installation, and between databases that are none', async () => {
    await using bench = await openMoves()
    const [empty, to] = [await bench.newUrl('postgres'), await bench.newUrl('sqlite')]
    await expect(run(bench, empty, to)).rejects.toMatchObject({ reason: 'foreign' })
    const unused = await bench.newUrl('sqlite')
    await (await openStore(unused, bench.options))[Symbol.asyncDispose]()
    await expect(run(bench, unused, to)).rejects.toMatchObject({ reason: 'foreign' })
    for (const url of ['sqlite::memory:', 'mysql://localhost/db', '']) {
      await expect(run(bench, url, to)).rejects.toMatchObject({ reason: 'bad_url' })
      await expect(run(bench, await filled(bench, 'sqlite'), url)).rejects.toMatchObject({ reason: 'bad_url' })
    }
  })
})

describe('what changes hands while it is moved', () => {
  test('leases are free in the target, and requests that are still being answered stay behind', async () => {
    await using bench = await openMoves()
    const [from, to] = [await bench.newUrl('postgres'), await bench.newUrl('postgres')]
    await using source = await openStand(bench, from)
    await fill(source)
    bench.clock.advance(3_600_000)
    expect(await source.store.queue.claimDue(CLAIM)).toHaveLength(1)
    expect(await source.store.checks.claimDue(CLAIM)).not.toHaveLength(0)
    const marked = { orgId: source.orgId, keyId: 'key_00000000000000000000000000' as const, hash: new Uint8Array(32) }
    const expires = bench.clock.now() + 1000
    await source.store.idempotency.claim({ ...marked, mark: 'running' }, expires)
    await source.store.idempotency.claim({ ...marked, mark: 'done' }, expires)
    await source.store.idempotency.complete({ ...marked, mark: 'done' }, 'the answer', expires)
    expect(await run(bench, from, to)).toMatchObject({ idempotency: { rows: 1 } })

    await using target = await openStand(bench, to, true)
    expect(await target.store.idempotency.claim({ ...marked, mark: 'done' }, expires)).toEqual({
      kind: 'done',
      response: 'the answer',
    })
    expect(await target.store.idempotency.claim({ ...marked, mark: 'running' }, expires)).toEqual({ kind: 'new' })
    expect(await target.store.queue.claimDue(CLAIM)).toHaveLength(1)
    expect(idToBytes(target.orgId)).toEqual(idToBytes(source.orgId))
  })
})
