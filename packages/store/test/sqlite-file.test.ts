/** What only an SQLite file can get wrong: two servers on it, a killed one, and files that are not ours. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, open as openFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { openStore, StoreRefused } from '../src/index.ts'
import {
  aMonitor,
  aResult,
  CLAIM,
  createMonitor,
  createTestClock,
  createWebhook,
  FIRST_PAGE,
  LEASE_MS,
  recordChanges,
  REFUSED,
  settlementOf,
  testOptions,
} from './fixtures.ts'

interface Folder extends AsyncDisposable {
  readonly path: string
}

async function createFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'dnsradar-file-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const open = (path: string, serving = true) =>
  openStore(`sqlite:${path}`, { ...testOptions(createTestClock()), serving })

/** Another process that serves the file, once it has said so. */
async function serveElsewhere(path: string): Promise<ChildProcess> {
  const holder = new URL('serve-sqlite.ts', import.meta.url)
  const child = spawn(process.execPath, [holder.pathname, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'serving') break
  }
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

test('a second serving process is refused and told the pid of the first, until that one is killed', async () => {
  await using folder = await createFolder()
  const path = join(folder.path, 'radar.db')
  const holder = await serveElsewhere(path)
  try {
    const refused = open(path)
    await expect(refused).rejects.toThrow(StoreRefused)
    await expect(refused).rejects.toMatchObject({
      reason: 'already_served',
      message: expect.stringContaining(`Process ${holder.pid} `),
    })
    await using beside = await open(path, false)
    await beside.accounts.ensureDefaultOrganization(null)
  } finally {
    await kill(holder)
  }
  await using store = await open(path)
  expect((await store.accounts.ensureDefaultOrganization(null)).created).toBe(false)
})

test('a second store of the same process is refused as well', async () => {
  await using folder = await createFolder()
  const path = join(folder.path, 'radar.db')
  await using store = await open(path)
  await store.ping()
  await expect(open(path)).rejects.toMatchObject({
    reason: 'already_served',
    message: expect.stringContaining(`Process ${process.pid} `),
  })
})

test('a webhook that a command disables beside the server is not sent to, and what was on its way counts no more', async () => {
  await using folder = await createFolder()
  const path = join(folder.path, 'radar.db')
  const options = testOptions(createTestClock())
  await using store = await openStore(`sqlite:${path}`, options)
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const bench = { store, orgId: organization.id, clock: createTestClock() }
  const webhook = await createWebhook(bench)
  await recordChanges(bench, await createMonitor(bench))
  const [claimed] = await store.queue.claimDue(CLAIM)
  if (claimed === undefined) throw new Error('nothing was claimed')

  await using beside = await openStore(`sqlite:${path}`, { ...options, serving: false })
  const disabled = await beside.webhooks.setActive(organization.id, webhook.id, { isActive: false, reason: 'manual' })
  expect(await store.queue.renew(webhook, claimed.lease, LEASE_MS)).toBe(false)
  expect(await store.queue.settle(claimed, settlementOf(bench, claimed, REFUSED), true)).toEqual({ kind: 'late' })
  expect(await store.webhooks.get(organization.id, webhook.id)).toEqual(disabled)
})

test('the lock goes with the store', async () => {
  await using folder = await createFolder()
  const path = join(folder.path, 'radar.db')
  const first = await open(path)
  await first[Symbol.asyncDispose]()
  await using second = await open(path)
  await expect(second.ping()).resolves.toBeUndefined()
})

test('every database in memory is its own', async () => {
  await using one = await openStore('sqlite::memory:', testOptions(createTestClock()))
  await using two = await openStore('sqlite::memory:', testOptions(createTestClock()))
  expect((await one.accounts.ensureDefaultOrganization(null)).created).toBe(true)
  expect((await two.accounts.ensureDefaultOrganization(null)).created).toBe(true)
})

test('the file and its folder are made when missing, readable by their owner only', async () => {
  await using folder = await createFolder()
  const path = join(folder.path, 'deep', 'down', 'radar.db')
  await using store = await open(path)
  await store.ping()
  expect((await stat(path)).mode & 0o077).toBe(0)
})

const unfit: { why: string; reason: string; prepare: (path: string) => Promise<void> }[] = [
  { why: 'text', reason: 'foreign', prepare: (path) => writeFile(path, 'Dear diary, '.repeat(100)) },
  {
    why: "another program's database",
    reason: 'foreign',
    prepare: async (path) => {
      using other = new DatabaseSync(path)
      other.exec('create table recipes (name text)')
    },
  },
  {
    why: "another program's database that keeps migrations too",
    reason: 'foreign',
    prepare: async (path) => {
      using other = new DatabaseSync(path)
      other.exec('create table migrations (number integer)')
    },
  },
  {
    why: 'a damaged database',
    reason: 'corrupt',
    prepare: async (path) => {
      await (await open(path))[Symbol.asyncDispose]()
      await using file = await openFile(path, 'r+')
      await file.write(Buffer.alloc(4000, 0xff), 0, 4000, 96)
    },
  },
  { why: 'a folder', reason: 'unreadable', prepare: (path) => mkdir(path) },
]
test.for(unfit)('$why is refused in one line that names the file', async ({ reason, prepare }) => {
  await using folder = await createFolder()
  const path = join(folder.path, 'radar.db')
  await prepare(path)
  const error = await open(path).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StoreRefused)
  expect(error).toMatchObject({ reason, message: expect.stringContaining(path) })
  expect((error as StoreRefused).message).not.toContain('\n')
})

test("another program's database is left as it was, byte for byte", async () => {
  await using folder = await createFolder()
  const path = join(folder.path, 'recipes.db')
  using other = new DatabaseSync(path)
  other.exec('create table recipes (name text)')
  const before = await readFile(path)
  await expect(open(path)).rejects.toMatchObject({ reason: 'foreign' })
  expect(await readFile(path)).toEqual(before)
  expect(await readdir(folder.path)).toEqual(['recipes.db'])
})

test.for(['mysql://localhost/db', 'sqlite:', 'data.db', 'postgres:'])('%s is not a database URL', async (url) => {
  await expect(openStore(url, testOptions(createTestClock()))).rejects.toMatchObject({ reason: 'bad_url' })
})

test('a thousand monitors are stored in one transaction', async () => {
  await using folder = await createFolder()
  await using store = await open(join(folder.path, 'radar.db'))
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const created = await store.monitors.create(
    organization.id,
    Array.from({ length: 1000 }, () => aMonitor()),
  )
  expect(new Set(created.map(({ monitor }) => monitor.id)).size).toBe(1000)
  expect(await store.accounts.usage(organization.id)).toMatchObject({ monitors: 1000 })
})

test('monitors of an earlier schema are found by their metadata', async () => {
  await using folder = await createFolder()
  const path = join(folder.path, 'radar.db')
  {
    await using store = await open(path)
    const { organization } = await store.accounts.ensureDefaultOrganization(null)
    await store.monitors.create(organization.id, [aMonitor({ metadata: { tier: 'gold', "it's": '"x"' } }), aMonitor()])
  }
  {
    using handle = new DatabaseSync(path)
    handle.exec(`
      drop table monitor_labels;
      drop index checks_state; drop index monitors_inactive; drop index monitors_match; drop index monitors_type;
      drop index monitors_domain;
      delete from migrations where number = 3`)
  }
  await using store = await open(path)
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const { items } = await store.monitors.list(
    organization.id,
    { metadata: { tier: 'gold', "it's": '"x"' } },
    FIRST_PAGE,
  )
  expect(items).toHaveLength(1)
})

test('monitors of a schema that kept no evidence are judged anew by their next look, which leaves some', async () => {
  await using folder = await createFolder()
  const path = join(folder.path, 'radar.db')
  const reopen = async () => {
    const store = await open(path)
    const { organization } = await store.accounts.ensureDefaultOrganization(null)
    return { store, orgId: organization.id, clock: createTestClock() }
  }
  const before = await reopen()
  const { monitor } = await createMonitor(before)
  const claimed = await before.store.checks.claimOne(before.orgId, monitor.id, CLAIM)
  if (typeof claimed === 'string') throw new Error(`the monitor is ${claimed}`)
  const result = aResult(claimed, before.clock.now())
  await before.store.checks.record([result])
  await before.store[Symbol.asyncDispose]()
  {
    using handle = new DatabaseSync(path)
    handle.exec('drop table looks; delete from migrations where number = 4')
  }
  const after = await reopen()
  await using store = after.store
  expect((await store.monitors.get(after.orgId, monitor.id))?.status).toEqual({ ...result.status, answerHash: null })
  expect(await store.monitors.lastLook(after.orgId, monitor.id)).toBeNull()
})
