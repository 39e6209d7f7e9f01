/** Logs go when their time is over: by the server itself, and by the operator's command. */
import { randomBytes } from 'node:crypto'
import type { Store } from '@dnsradar/core'
import { openStore, parseKeyRing } from '@dnsradar/store'
import { describe, expect, test } from 'vitest'
import { purge } from '../../packages/server/src/retention.ts'
import { createTestClock } from '../harness/clock.ts'
import { runCommand } from '../harness/command-line.ts'
import { type Database, databasesOn, ENGINES, sqliteDatabase } from '../harness/databases.ts'
import { type Radar, spawnRadar, startRadar, surround } from '../harness/radar.ts'
import { SILENT } from '../harness/silent-log.ts'

const START = Date.UTC(2030, 0, 1)
const DAY = 86_400_000

/** A server on a database that outlives it, at a time of its own. */
function startAt(ms: number, database: Database, plan: string): Promise<Radar> {
  const borrowed = { settings: database.settings, [Symbol.asyncDispose]: async () => {} }
  return startRadar({
    database: borrowed,
    settings: { DNSRADAR_PLAN: plan },
    overrides: { clock: createTestClock(ms) },
  })
}

async function names({ client }: Pick<Radar, 'client'>): Promise<readonly unknown[]> {
  return (await client.listAudit()).data.map(({ changes }) => changes['name'])
}

test.for([
  { plan: 'free', days: 7 },
  { plan: 'scale', days: 90 },
])('the plan $plan keeps logs for $days days, and a start after that drops them at once', async ({ plan, days }) => {
  await using database = await sqliteDatabase()
  const rename = async (ms: number, name: string) => {
    await using radar = await startAt(ms, database, plan)
    await radar.client.updateOrganization({ name })
  }
  await rename(START, 'old')
  await rename(START + 2000, 'new')
  await using radar = await startAt(START + days * DAY + 1000, database, plan)
  await expect.poll(() => names(radar)).toEqual(['new'])
})

describe('purge', () => {
  test('beside a running server drops what will be over by the time it is given, and tells of it', async () => {
    await using around = await surround()
    await using radar = await spawnRadar(around.settings)
    await radar.client.updateOrganization({ name: 'Acme' })
    const purge = (...args: string[]) => runCommand(['purge', '--json', ...args], around.settings)
    const now = Date.now()
    const nothing = { events: 0, requests: 0, system_events: 0, audit: 0, partitions: 0, webhooks: 0 }

    const early = await purge('--now', new Date(now + 89 * DAY).toISOString())
    expect(early).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(early.stdout)).toEqual(nothing)
    expect(await names(radar)).toEqual(['Acme'])

    const late = await purge('--now', String(Math.ceil(now / 1000) + 91 * 86_400))
    expect(JSON.parse(late.stdout)).toEqual({ ...nothing, audit: 1 })
    const { organization } = await radar.client.me()
    expect((await radar.client.listAudit()).data).toMatchObject([
      { action: 'retention.purge', key_uuid: null, object: organization.uuid, changes: { audit: 1 } },
    ])
  })

  test('counts by DNSRADAR_RETENTION where it is set, and says in words what it did', async () => {
    await using database = await sqliteDatabase()
    const settings = { ...database.settings, DNSRADAR_RETENTION: '1m' }
    await runCommand(['keys', 'create', '--name', 'ci'], settings)
    expect((await runCommand(['purge'], settings)).stdout).toContain('0 audit entries')
    const soon = new Date(Date.now() + 61_000).toISOString()
    expect((await runCommand(['purge', '--now', soon], settings)).stdout).toContain('1 audit entries')
  })

  test.for(['yesterday', '2030-13-01', '2030-01-01T00:00:00', '-5', '9999999999999'])(
    'exit 2 and nothing dropped for the time %s',
    async (now) => {
      await using database = await sqliteDatabase()
      const result = await runCommand(['purge', `--now=${now}`], database.settings)
      expect(result).toMatchObject({ code: 2, stdout: '' })
      expect(result.stderr).toMatch(/ISO 8601/)
    },
  )
})

describe.runIf(ENGINES.includes('postgres'))('months on postgres', () => {
  const newDatabase = databasesOn('postgres')

  function openAt(ms: number, { settings }: Database): Promise<Store> {
    return openStore(settings['DATABASE_URL'] ?? '', {
      clock: createTestClock(ms),
      random: (length) => randomBytes(length),
      keyRing: parseKeyRing(settings['DNSRADAR_SECRET_KEY'] ?? ''),
      serving: false,
      log: SILENT,
    })
  }

  test('are dropped once no organization keeps any of them, or the operator says so', async () => {
    await using database = await newDatabase()
    {
      await using store = await openAt(Date.UTC(2025, 0, 15), database)
      await store.accounts.ensureDefaultOrganization('free')
      await store.accounts.createOrganization({ name: 'Keeps long', plan: 'scale' })
    }
    const april = Date.UTC(2025, 3, 10)
    await using store = await openAt(april, database)
    const nothing = { organizations: [], partitions: 0, webhooks: 0 }
    expect(await purge(store, { at: april, retentionMs: null })).toEqual(nothing)
    expect(await purge(store, { at: april + 23 * DAY, retentionMs: null })).toMatchObject({ partitions: 3 })
    expect(await purge(store, { at: april, retentionMs: 30 * DAY })).toMatchObject({ partitions: 3 })
  })

  test('are dropped and counted by purge, and the audit of the default organization tells of it', async () => {
    await using database = await newDatabase()
    await (await openAt(Date.UTC(2025, 0, 15), database))[Symbol.asyncDispose]()
    await runCommand(['keys', 'create', '--name', 'ci'], database.settings)
    const dropped = await runCommand(['purge', '--json'], database.settings)
    expect(dropped).toMatchObject({ code: 0 })
    expect(JSON.parse(dropped.stdout)).toMatchObject({ events: 0, partitions: 12, webhooks: 0 })
    await using store = await openAt(Date.now(), database)
    const { organization } = await store.accounts.ensureDefaultOrganization(null)
    const { items } = await store.audit.list(organization.id, {}, { limit: 1, way: 'desc', after: null, before: null })
    expect(items).toMatchObject([{ action: 'retention.purge', changes: { partitions: 12, webhooks: 0 } }])
    expect((await runCommand(['purge'], database.settings)).stdout).toContain('0 partitions of whole months')
  })
})
