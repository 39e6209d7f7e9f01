/** What an operator meets at the edges of a process's life: what it prints, what it refuses, how it ends. */
import { type AddressInfo, createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { connect } from '@dnsradar/client'
import { expect, test } from 'vitest'
import { sqliteDatabase } from '../harness/databases.ts'
import { runRadar, spawnRadar, surround } from '../harness/radar.ts'

test('the first start prints address, process id, data folder and a key with a curl line that uses it', async () => {
  await using database = await sqliteDatabase()
  await using radar = await spawnRadar(database.settings)
  const { stdout, url, pid, printedKey } = radar
  expect(stdout).toContain(url)
  expect(stdout).toMatch(new RegExp(`\\b${pid}\\b`))
  expect(stdout).toContain(folderOf(database.settings))
  expect(printedKey).toMatch(/^sk_[0-9A-Za-z]{40}$/)
  expect(stdout).toMatch(new RegExp(`curl .*${printedKey}`))
  expect(await radar.client.me()).toMatchObject({ key: { scopes: expect.arrayContaining(['admin']) } })
})

test('the second start prints no key, and the first one goes on working', async () => {
  await using database = await sqliteDatabase()
  await using first = await spawnRadar(database.settings)
  const key = first.printedKey ?? ''
  await first.stop('SIGTERM')
  await using second = await spawnRadar(database.settings, key)
  expect(await second.client.me()).toMatchObject({ server: { name: 'DNSRADAR' } })
  expect((await second.stop('SIGTERM')).stdout).not.toContain('sk_')
})

test('a key set by the operator takes the place of the generated one', async () => {
  await using database = await sqliteDatabase()
  await using first = await spawnRadar(database.settings)
  const generated = first.printedKey ?? ''
  await first.stop('SIGTERM')
  const settings = { ...database.settings, DNSRADAR_API_KEY: 'an-operator-s-own-key' }
  await using second = await spawnRadar(settings)
  expect(await second.client.me()).toMatchObject({ server: { name: 'DNSRADAR' } })
  await expect(connect({ url: second.url, key: generated }).me()).rejects.toMatchObject({ code: 'unknown_key' })
  const { stdout, stderr } = await second.stop('SIGTERM')
  expect(stdout).not.toContain('sk_')
  expect(stdout + stderr).not.toContain('an-operator-s-own-key')
})

test('a second server on the same file exits with 2 and names the process that holds it', async () => {
  await using database = await sqliteDatabase()
  await using radar = await spawnRadar(database.settings)
  const second = await runRadar(['serve'], { ...database.settings, PORT: '0' })
  expect(refusal(second)).toContain(String(radar.pid))
  expect(await radar.client.me()).toMatchObject({ usage: { monitors: 0 } })
})

test('a file whose server was killed can be served again', async () => {
  await using database = await sqliteDatabase()
  await using first = await spawnRadar(database.settings)
  await first.stop('SIGKILL')
  await using second = await spawnRadar(database.settings, first.printedKey ?? '')
  expect(await second.client.me()).toMatchObject({ usage: { monitors: 0 } })
})

test('a busy port exits with 2 and one line that names the port', async () => {
  await using database = await sqliteDatabase()
  const holder = createServer()
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve))
  const { port } = holder.address() as AddressInfo
  const result = await runRadar(['serve'], { ...database.settings, PORT: String(port) })
  await new Promise((resolve) => holder.close(resolve))
  expect(refusal(result)).toContain(String(port))
})

test.for([
  { why: 'a mistyped name', settings: { DNSRADAR_RESOLVER: '9.9.9.9' }, says: 'DNSRADAR_RESOLVERS' },
  { why: 'a value out of range', settings: { PORT: '70000' }, says: 'PORT' },
  { why: 'a database that is none of ours', settings: { DATABASE_URL: 'mysql://localhost/x' }, says: 'DATABASE_URL' },
  { why: 'part of the work on SQLite', settings: { DNSRADAR_ROLES: 'api' }, says: 'DNSRADAR_ROLES' },
])('a start with $why exits with 2 and one line that says what to change', async ({ settings, says }) => {
  await using database = await sqliteDatabase()
  expect(refusal(await runRadar(['serve'], { PORT: '0', ...database.settings, ...settings }))).toContain(says)
})

test('several mistakes are told together, a line each', async () => {
  await using database = await sqliteDatabase()
  const settings = { ...database.settings, PORT: 'x', DNSRADAR_DNS_TIMEOUT: 'soon', DNSRADAR_PLAN: 'gold' }
  const { code, stderr } = await runRadar(['serve'], settings)
  expect(code).toBe(2)
  expect(stderr.trim().split('\n')).toHaveLength(3)
  for (const name of ['PORT', 'DNSRADAR_DNS_TIMEOUT', 'DNSRADAR_PLAN']) expect(stderr).toContain(name)
})

test('a database of a newer version is refused with one line and left as it was', async () => {
  await using database = await sqliteDatabase()
  await using radar = await spawnRadar(database.settings)
  await radar.stop('SIGTERM')
  const file = fileOf(database.settings)
  withDatabase(file, (db) => db.exec('insert into migrations (number, applied) values (9999, 0)'))
  refusal(await runRadar(['serve'], { ...database.settings, PORT: '0' }))
  withDatabase(file, (db) => {
    expect(db.prepare('select max(number) as newest from migrations').get()).toMatchObject({ newest: 9999 })
  })
})

test('SIGTERM ends the process with 0 and frees the port', async () => {
  await using database = await sqliteDatabase()
  await using radar = await spawnRadar(database.settings)
  // A connection that is kept open must not keep the process alive.
  await radar.client.me()
  const started = Date.now()
  expect(await radar.stop('SIGTERM')).toMatchObject({ code: 0, signal: null })
  expect(Date.now() - started).toBeLessThan(6_000)
  await using next = await spawnRadar({ ...database.settings, PORT: new URL(radar.url).port }, radar.printedKey ?? '')
  expect(next.url).toBe(radar.url)
})

test('SIGINT ends it as well', async () => {
  await using database = await sqliteDatabase()
  await using radar = await spawnRadar(database.settings)
  expect(await radar.stop('SIGINT')).toMatchObject({ code: 0, signal: null })
})

test('SIGTERM lets the delivery under way finish and counts it', async () => {
  await using around = await surround()
  const { receiver } = around
  receiver.answer('slow:1000')
  await using radar = await spawnRadar(around.settings)
  const { uuid: webhook } = await radar.client.createWebhook({ url: receiver.url })
  const { uuid } = await radar.client.createMonitor({
    domain: 'a.example',
    record_type: 'A',
    expected_value: '192.0.2.1',
  })
  await radar.client.checkMonitor(uuid)
  await receiver.next()
  const started = Date.now()
  expect(await radar.stop('SIGTERM')).toMatchObject({ code: 0 })
  expect(Date.now() - started).toBeLessThan(6_000)

  await using next = await spawnRadar(around.settings)
  expect((await next.client.listRequests(webhook)).data).toMatchObject([{ status: 'DELIVERED', retries: 0 }])
  expect(receiver.requests).toHaveLength(1)
})

test('a command that does not exist exits with 2', async () => {
  expect(await runRadar(['sevre'], {})).toMatchObject({ code: 2 })
})

/** The one line that a refused start prints. */
function refusal({ code, stderr, stdout }: { code: number | null; stderr: string; stdout: string }): string {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  const lines = stderr.trim().split('\n')
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

function fileOf(settings: Readonly<Record<string, string>>): string {
  return (settings['DATABASE_URL'] ?? '').slice('sqlite:'.length)
}

function folderOf(settings: Readonly<Record<string, string>>): string {
  return fileOf(settings).replace(/\/[^/]+$/, '')
}

function withDatabase(file: string, use: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(file)
  try {
    use(db)
  } finally {
    db.close()
  }
}
