import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@dnsradar/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { dataFolder, openDatabase } from './database.ts'
import { createLog } from './log.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'radar-database-'))
})
afterAll(() => rm(folder, { recursive: true }))

const how = { clock: systemClock, log: createLog('silent', process.stderr), mode: 'tool' } as const
const configFor = (file: string) => readConfig({ DATABASE_URL: `sqlite:${file}` }).config

test('the first opening makes folder, database and a key file that its owner alone can read', async () => {
  const config = configFor(join(folder, 'a/b/radar.db'))
  await (await openDatabase(config, how))[Symbol.asyncDispose]()
  const file = join(folder, 'a/b/secret.key')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const key = await readFile(file, 'utf8')
  await (await openDatabase(config, how))[Symbol.asyncDispose]()
  expect(await readFile(file, 'utf8')).toBe(key)
})

test('a folder that cannot be made is refused in one line and at once', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(openDatabase(configFor(join(folder, 'file/deeper/radar.db')), how)).rejects.toThrow(
    /^The folder .* cannot be made/,
  )
  await expect(openDatabase(configFor('/proc/nowhere/radar.db'), how)).rejects.toThrow(/^The folder \/proc\/nowhere/)
})

test('only a database file has a folder', () => {
  expect(dataFolder({ databaseUrl: 'sqlite:/x/radar.db' })).toBe('/x')
  expect(dataFolder({ databaseUrl: 'sqlite::memory:' })).toBeNull()
  expect(dataFolder({ databaseUrl: 'postgres://db/radar' })).toBeNull()
})
