/**
 * `backup` and `restore` of an SQLite installation, beside its server.
 *
 * The key that opens the secrets is never part of a backup: together they would be worth stealing. PostgreSQL has tools
 * of its own, which know more about it than we do.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { systemClock } from '@dnsradar/core'
import { copyDatabase, openStore, parseKeyRing, replaceDatabase } from '@dnsradar/store'
import { type Config, isInMemory, isPostgres, readConfig } from '../config.ts'
import { dataFolder } from '../database.ts'
import { createLog } from '../log.ts'
import type { Context } from './context.ts'
import { EXIT, usage } from './failure.ts'
import { shown } from './output.ts'
import { createProgress } from './progress.ts'

export interface BackupOptions {
  readonly file: string
  readonly force: boolean
}

export async function backup({ output, env }: Context, { file, force }: BackupOptions): Promise<number> {
  const { config } = readConfig(env)
  const source = fileOf(config, `pg_dump --format=custom --file=${file} "$DATABASE_URL"`)
  if (existsSync(file)) refuseToReplace(file, source, force)
  const progress = createProgress(output, { label: 'copying', unit: 'pages' })
  const { tables, rows } = await copyDatabase(source, file, { onProgress: progress.show }).finally(progress.clear)
  output.out(`${shown(resolve(file))} holds all ${rows} rows of ${tables} tables as they were, checked page by page.`)
  output.err(`It does not hold the key that opens its secrets: keep ${keyPlace(config)} somewhere else as well.`)
  return EXIT.done
}

/** What is there is given up when the copy in its place is whole; the database itself never. */
function refuseToReplace(file: string, source: string, force: boolean): void {
  if (existsSync(source) && realpathSync(file) === realpathSync(source)) {
    throw usage(`${shown(file)} is the database itself: name another file.`)
  }
  if (!force) throw usage(`${shown(file)} is there already: name another file, or replace it with --force.`)
}

export async function restore({ output, env }: Context, { file, force }: BackupOptions): Promise<number> {
  const { config } = readConfig(env)
  const target = fileOf(config, `pg_restore --clean --if-exists --no-owner --dbname="$DATABASE_URL" ${file}`)
  if (existsSync(target) && !force) {
    throw usage(
      `${shown(target)} is there already: put the backup in its place with --force, which keeps the old file.`,
    )
  }
  const keyRing = await keyRingOf(config)
  const progress = createProgress(output, { label: 'restoring', unit: 'pages' })
  const accept = (path: string): Promise<void> => provesToOpen(path, keyRing)
  const { rows, replaced } = await replaceDatabase(file, target, { onProgress: progress.show, accept }).finally(
    progress.clear,
  )
  output.out(`${shown(target)} holds the ${rows} rows of the backup. Start the server: dnsradar serve`)
  if (replaced !== null) output.err(`What was there before is in ${shown(replaced)}.`)
  return EXIT.done
}

function fileOf(config: Config, tool: string): string {
  if (isInMemory(config))
    throw usage('The database is in memory: there is nothing to copy. Name a file in DATABASE_URL.')
  if (isPostgres(config)) throw usage(`PostgreSQL brings its own tools. Use: ${tool}`)
  return resolve(config.databaseUrl.slice('sqlite:'.length))
}

function keyFile(config: Config): string {
  return join(dataFolder(config) ?? '.', 'secret.key')
}

function keyPlace(config: Config): string {
  return config.secretKeys === null ? shown(keyFile(config)) : 'DNSRADAR_SECRET_KEY'
}

/** A new key would open nothing, so none is made here. */
async function keyRingOf(config: Config): Promise<string> {
  if (config.secretKeys !== null) return config.secretKeys
  const path = keyFile(config)
  if (existsSync(path)) return (await readFile(path, 'utf8')).trim()
  throw usage(
    `The key that opens the backup's secrets is missing: put the secret.key that was beside the database at ${shown(path)}, or set DNSRADAR_SECRET_KEY.`,
  )
}

/** As a server will open it: with this ring, and brought to this version's schema. Throws `StoreRefused`. */
async function provesToOpen(path: string, keyRing: string): Promise<void> {
  await using store = await openStore(`sqlite:${path}`, {
    clock: systemClock,
    random: randomBytes,
    keyRing: parseKeyRing(keyRing),
    serving: false,
    log: createLog('silent', process.stderr),
  })
  await store.ping()
}
