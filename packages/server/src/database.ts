/**
 * Opens the database that the settings name, with the key ring that opens what is sealed in it.
 *
 * Beside a database file the ring lives in `secret.key`, readable by its owner only and made at the first opening. A
 * server database has no such place, so there the operator keeps it.
 */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Clock, type Log, type MonitorId, type Store, systemClock } from '@dnsradar/core'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { type Config, type Environment, isInMemory, isPostgres, readConfig } from './config.ts'
import { createLog } from './log.ts'
import { StartError } from './start-error.ts'

/** `serve` takes the database for itself where it cannot be shared; `tool` is for short work beside a server. */
export type OpenMode = 'serve' | 'tool'

interface OpenContext {
  /** Left out, the system's, corrected by the database's where processes share one. */
  readonly clock?: Clock | undefined
  readonly log: Log
  readonly mode: OpenMode
  /** The system's generator when left out. */
  readonly random?: (length: number) => Uint8Array
}

type DatabaseConfig = Pick<Config, 'databaseUrl' | 'secretKeys' | 'sqliteSync'> & Partial<Pick<Config, 'publicUrl'>>

/** Throws the store's refusal: unreadable, of a newer version, already served. */
export async function openDatabase(config: DatabaseConfig, { clock, log, mode, random }: OpenContext): Promise<Store> {
  return openStore(config.databaseUrl, {
    keyRing: parseKeyRing(await keyRingOf(config)),
    sync: config.sqliteSync,
    serving: mode === 'serve',
    monitorUrl: (id) => monitorPage(config.publicUrl ?? null, id),
    random: random ?? randomBytes,
    clock: clock ?? systemClock,
    followDatabase: clock === undefined,
    log,
  })
}

/** For links in deliveries: without a public address nobody can say what leads here. */
function monitorPage(publicUrl: string | null, id: MonitorId): string | null {
  return publicUrl === null ? null : new URL(`/app/monitors/${id}`, publicUrl).href
}

async function keyRingOf(config: DatabaseConfig): Promise<string> {
  const folder = dataFolder(config)
  if (folder !== null) await makeFolder(folder)
  if (config.secretKeys !== null) return config.secretKeys
  return folder === null ? generateKey() : readOrMake(join(folder, 'secret.key'))
}

/** Step by step: asked to make a path recursively below /proc, Node tries for ever. */
async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return
  if (dirname(path) !== path) await makeFolder(dirname(path))
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return
    throw new StartError(
      `The folder ${path} of the database cannot be made (${error.code}); name another file in DATABASE_URL.`,
    )
  })
}

/** The folder of the database file; null when there is no file. */
export function dataFolder(config: Pick<Config, 'databaseUrl'>): string | null {
  if (isInMemory(config) || isPostgres(config)) return null
  return dirname(resolve(config.databaseUrl.slice('sqlite:'.length)))
}

/** Where the cache of this installation is: beside a database file, or in the database that all processes share. */
export function cacheUrl(config: Pick<Config, 'databaseUrl'>): string {
  const folder = dataFolder(config)
  return folder === null ? config.databaseUrl : `sqlite:${join(folder, 'cache.db')}`
}

/** `wx` lets one of two processes make the file; the other reads what the first wrote. */
async function readOrMake(path: string): Promise<string> {
  try {
    await writeFile(path, `${generateKey()}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return (await readFile(path, 'utf8')).trim()
}

/** The database that these settings name, for a command that does a little and ends. */
export function openForCommand(env: Environment): Promise<Store> {
  const { config } = readConfig(env)
  return openDatabase(config, { log: createLog(config.log, process.stderr), mode: 'tool' })
}
