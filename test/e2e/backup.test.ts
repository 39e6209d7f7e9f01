/** Copies of an installation: taken while it works, proven, and put back. */
import { copyFile, mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { connect } from '@dnsradar/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from '../harness/command-line.ts'
import { sqliteDatabase } from '../harness/databases.ts'
import { bodySignature } from '../harness/delivered.ts'
import { flip } from '../harness/flip.ts'
import { spawnRadar, surround } from '../harness/radar.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dnsradar-backup-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const SECRET = 'your-webhook-secret-key'
/** Never looked at. */
const IDLE = { record_type: 'A', expected_value: '192.0.2.1', is_active: false } as const

async function installation() {
  return surround({ database: await sqliteDatabase() })
}

function fileOf({ settings }: { readonly settings: Readonly<Record<string, string>> }): string {
  return (settings['DATABASE_URL'] ?? '').slice('sqlite:'.length)
}

test('a backup beside a busy server holds one moment of it, and a server started on it goes on from there', async () => {
  await using around = await installation()
  const { receiver, dns } = around
  const copy = join(folder, 'busy.db')
  {
    await using radar = await spawnRadar(around.settings)
    const webhook = await radar.client.createWebhook({ url: receiver.url, secret: SECRET })
    await flip({ client: radar.client, dns }, 1)
    await receiver.next()
    const { key } = await radar.client.createKey({ name: 'dashboard', scopes: ['read'] })
    // Written to all the time: a copy that began again with every write would never end.
    const stop = new AbortController()
    const busy = (async () => {
      for (let at = 0; !stop.signal.aborted; at += 1) {
        await radar.client.createMonitor({ ...IDLE, domain: `busy-${at}.example` })
      }
    })()
    const backed = await runCommand(['backup', copy], around.settings)
    stop.abort()
    await busy
    expect(backed.code).toBe(0)
    expect(backed.stdout).toMatch(/holds all \d+ rows of \d+ tables/)
    expect(backed.stderr).toMatch(/keep .*secret\.key somewhere else/)
    expect((await stat(copy)).mode & 0o077).toBe(0)

    const refused = await runCommand(['restore', copy, '--force'], around.settings)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/Process \d+ is already serving/)
    const events = await radar.client.listEvents()
    await radar.stop('SIGTERM')

    await rm(`${fileOf(around)}-wal`, { force: true })
    await truncate(fileOf(around), 4096)
    const unforced = await runCommand(['restore', copy], around.settings)
    expect(unforced.code).toBe(2)
    expect(unforced.stderr).toContain('--force')
    const restored = await runCommand(['restore', copy, '--force'], around.settings)
    expect(restored.code).toBe(0)
    expect(restored.stderr).toMatch(/What was there before is in .*\.replaced/)

    await using fresh = await spawnRadar(around.settings)
    expect((await fresh.client.listEvents()).data).toEqual(events.data)
    expect(await connect({ url: fresh.url, key }).me()).toMatchObject({ key: { name: 'dashboard' } })
    await flip({ client: fresh.client, dns }, 1)
    const signed = await receiver.next()
    expect(signed.headers).toMatchObject({ 'x-dnsradar-signature': bodySignature(SECRET, signed.raw) })
    expect(await fresh.client.getWebhook(webhook.uuid)).toMatchObject({ has_secret: true })
  }
})

test('a new machine: the backup and the key make the installation; without the key nothing is made', async () => {
  await using around = await installation()
  const copy = join(folder, 'moved.db')
  {
    await using radar = await spawnRadar(around.settings)
    await radar.client.createWebhook({ url: around.receiver.url, secret: SECRET })
    expect(await runCommand(['backup', copy], around.settings)).toMatchObject({ code: 0 })
  }
  await using machine = await sqliteDatabase()
  const target = fileOf(machine)
  const settings = { ...around.settings, ...machine.settings }
  const keyless = await runCommand(['restore', copy], settings)
  expect(keyless.code).toBe(2)
  expect(keyless.stderr).toMatch(/secret\.key that was beside the database/)
  const wrong = { DNSRADAR_SECRET_KEY: `other:${Buffer.alloc(32, 9).toString('base64')}` }
  const other = await runCommand(['restore', copy], { ...settings, ...wrong })
  expect(other.code).toBe(2)
  expect(other.stderr).toContain('does not open the secrets')
  expect(existsSync(target)).toBe(false)

  await copyFile(join(dirname(fileOf(around)), 'secret.key'), join(dirname(target), 'secret.key'))
  expect(await runCommand(['restore', copy], settings)).toMatchObject({ code: 0, stderr: '' })
  await using radar = await spawnRadar(settings)
  expect((await radar.client.listWebhooks()).data).toHaveLength(1)
})

test('what is no backup is refused, and what is there stays', async () => {
  await using around = await installation()
  {
    await using radar = await spawnRadar(around.settings)
    await radar.client.createMonitor({ domain: 'a.example', record_type: 'A', expected_value: '192.0.2.1' })
    await radar.stop('SIGTERM')
  }
  const good = join(folder, 'good.db')
  expect(await runCommand(['backup', good], around.settings)).toMatchObject({ code: 0 })
  const torn = join(folder, 'torn.db')
  await copyFile(good, torn)
  const { size } = await stat(torn)
  await truncate(torn, size - 8192)
  const text = join(folder, 'text.db')
  await writeFile(text, 'no database at all')
  const foreign = join(folder, 'foreign.db')
  {
    using handle = new DatabaseSync(foreign)
    handle.exec('create table theirs (a)')
  }
  for (const [path, says] of [
    [torn, /malformed|damaged|not what was copied|cannot be read/],
    [text, /cannot be read as a database/],
    [foreign, /of another program/],
    [join(folder, 'nowhere.db'), /does not exist/],
  ] as const) {
    const refused = await runCommand(['restore', path, '--force'], around.settings)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(says)
    expect(refused.stderr).not.toContain('Something is broken')
  }
  await using radar = await spawnRadar(around.settings)
  expect((await radar.client.listMonitors()).data).toHaveLength(1)
})

test('a file that is there is replaced only when asked', async () => {
  await using around = await installation()
  expect(await runCommand(['migrate'], around.settings)).toMatchObject({ code: 0 })
  const copy = join(folder, 'twice.db')
  expect(await runCommand(['backup', copy], around.settings)).toMatchObject({ code: 0 })
  const refused = await runCommand(['backup', copy], around.settings)
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('--force')
  expect(await runCommand(['backup', copy, '--force'], around.settings)).toMatchObject({ code: 0 })
})

test('what somebody wrote into an older copy does not get into the one that takes its place', async () => {
  await using around = await installation()
  expect(await runCommand(['migrate'], around.settings)).toMatchObject({ code: 0 })
  const copy = join(folder, 'opened.db')
  expect(await runCommand(['backup', copy], around.settings)).toMatchObject({ code: 0 })
  const opened = new DatabaseSync(copy)
  opened.exec('create table theirs (x); insert into theirs values (1)')
  // As after a crash: the log stays behind.
  const log = await readFile(`${copy}-wal`)
  opened.close()
  await writeFile(`${copy}-wal`, log)
  expect(await runCommand(['backup', copy, '--force'], around.settings)).toMatchObject({ code: 0 })
  using renewed = new DatabaseSync(copy)
  expect(renewed.prepare("select name from sqlite_schema where name = 'theirs'").all()).toEqual([])
  expect(renewed.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' })
})

test('the database itself is not taken for an old backup, whatever it is called', async () => {
  await using around = await installation()
  expect(await runCommand(['migrate'], around.settings)).toMatchObject({ code: 0 })
  const link = join(folder, 'link.db')
  await symlink(fileOf(around), link)
  for (const name of [fileOf(around), link]) {
    const refused = await runCommand(['backup', name, '--force'], around.settings)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/is the database itself: name another file/)
  }
  expect(existsSync(fileOf(around))).toBe(true)
})

test('a backup that fails leaves the one before it', async () => {
  await using around = await installation()
  expect(await runCommand(['migrate'], around.settings)).toMatchObject({ code: 0 })
  const copy = join(folder, 'kept.db')
  expect(await runCommand(['backup', copy], around.settings)).toMatchObject({ code: 0 })
  await writeFile(fileOf(around), 'no database at all')
  expect((await runCommand(['backup', copy, '--force'], around.settings)).code).toBe(2)
  expect((await stat(copy)).size).toBeGreaterThan(0)
})

test.for(['backup', 'restore'])('PostgreSQL: %s names the tool, and repeats no password', async (command) => {
  const settings = {
    DATABASE_URL: 'postgres://me:hidden@127.0.0.1:9/none',
    DNSRADAR_SECRET_KEY: `k:${Buffer.alloc(32, 9).toString('base64')}`,
  }
  const { code, stderr } = await runCommand([command, 'copy.dump'], settings)
  expect(code).toBe(2)
  expect(stderr).toContain(command === 'backup' ? 'pg_dump --format=custom' : 'pg_restore --clean')
  expect(stderr).not.toContain('hidden')
})
