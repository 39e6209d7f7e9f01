/**
 * An empty database for a test, on either engine.
 *
 * `DNSRADAR_TEST_DATABASE=sqlite` (or `postgres`) runs everything on that engine, but for the few tests that are about
 * the other one. Without it stories that are told on both run on both, and all others on SQLite.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresDatabase } from './postgres-of-file.ts'

const KNOWN = ['sqlite', 'postgres'] as const
export type Engine = (typeof KNOWN)[number]

const chosen = chosenBy(process.env['DNSRADAR_TEST_DATABASE'] ?? '')

/** Where stories that are told on both run. */
export const ENGINES: readonly Engine[] = chosen === null ? KNOWN : [chosen]
/** Where everything runs that names no engine. */
export const ENGINE: Engine = chosen ?? 'sqlite'

/** Settings that point a server at the database; it outlives the servers that use it. */
export interface Database extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>
}

export function databasesOn(engine: Engine): () => Promise<Database> {
  return engine === 'postgres' ? postgresDatabase : sqliteDatabase
}

/** For a test that names no engine. */
export const anyDatabase: () => Promise<Database> = databasesOn(ENGINE)

/** The same for one server that takes the database with it: on SQLite it is in memory. */
export async function passingDatabase(): Promise<Database> {
  if (ENGINE === 'postgres') return postgresDatabase()
  return { settings: { DATABASE_URL: 'sqlite::memory:' }, [Symbol.asyncDispose]: async () => {} }
}

export async function sqliteDatabase(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-'))
  return {
    settings: { DATABASE_URL: `sqlite:${join(folder, 'dnsradar.db')}` },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

function chosenBy(name: string): Engine | null {
  if (name === '') return null
  const engine = KNOWN.find((known) => known === name)
  if (engine === undefined) throw new Error(`DNSRADAR_TEST_DATABASE is ${name}; set it to sqlite or postgres`)
  return engine
}
