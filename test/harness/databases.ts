/**
 * An empty database for a test, on either engine.
 *
 * `TEST_ENGINES=sqlite` (or `postgres`) runs the stories on one of them only.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../../packages/store/test/postgres-server.ts'

const KNOWN = ['sqlite', 'postgres'] as const
export type Engine = (typeof KNOWN)[number]

export const ENGINES: readonly Engine[] = KNOWN.filter((engine) =>
  (process.env['TEST_ENGINES'] ?? KNOWN.join(',')).split(',').includes(engine),
)

/** Settings that point a server at the database; it outlives the servers that use it. */
export interface Database extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>
}

/** To be called where tests are declared: the engine starts before them and stops after them. */
export function databasesOn(engine: Engine): () => Promise<Database> {
  let postgres: PostgresServer | undefined
  let made = 0
  beforeAll(async () => {
    if (engine === 'postgres') postgres = await startPostgres()
  })
  afterAll(async () => {
    await postgres?.[Symbol.asyncDispose]()
  })
  return async () => (postgres ? postgresDatabase(postgres, `radar_${++made}`) : sqliteDatabase())
}

export async function sqliteDatabase(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-'))
  return {
    settings: { DATABASE_URL: `sqlite:${join(folder, 'dnsradar.db')}` },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The database goes with its server. */
async function postgresDatabase(postgres: PostgresServer, name: string): Promise<Database> {
  await postgres.query('postgres', `create database ${name}`)
  const key = `test:${randomBytes(32).toString('base64')}`
  const settings = { DATABASE_URL: postgres.url(name), DNSRADAR_SECRET_KEY: key }
  return { settings, [Symbol.asyncDispose]: async () => {} }
}
