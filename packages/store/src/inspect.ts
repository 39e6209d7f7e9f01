/** Looks at a database without changing it: for whoever wants to know what is wrong before a server meets it. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Log } from '@dnsradar/core'
import { readMigrations } from './migrate.ts'
import type { Side } from './move/side.ts'
import { StoreRefused } from './refused.ts'

export interface Inspection {
  /** File, or server without user and password. */
  readonly where: string
  /** False for a file that is not there, and for a database without our tables. */
  readonly exists: boolean
  /** Newest schema that was applied, and newest that this version knows; 0 is none. */
  readonly schema: number
  readonly known: number
  /** Who serves a file at the moment, in words; null for nobody, and for every PostgreSQL. */
  readonly servedBy: string | null
}

/** `sqlite:PATH` or `postgres://…`. Throws `StoreRefused` for what cannot be opened, or belongs to another program. */
export async function inspectDatabase(url: string, log: Log): Promise<Inspection> {
  if (!url.startsWith('sqlite:')) {
    const { openPostgresSide } = await import('./move/postgres-side.ts')
    await using side = await openPostgresSide(url, log)
    return { ...(await schemaOf(side, new URL('postgres/migrations/', import.meta.url))), servedBy: null }
  }
  const file = resolve(url.slice('sqlite:'.length))
  const folder = new URL('sqlite/migrations/', import.meta.url)
  if (!existsSync(file)) {
    return { where: file, exists: false, schema: 0, known: await newestIn(folder), servedBy: null }
  }
  const { openSqliteSide } = await import('./move/sqlite-side.ts')
  await using side = openSqliteSide(file)
  return { ...(await schemaOf(side, folder)), servedBy: await servedBy(file) }
}

async function schemaOf({ where, hand }: Side, folder: URL): Promise<Omit<Inspection, 'servedBy'>> {
  const known = await newestIn(folder)
  // Without the table nothing was applied.
  const rows = await hand.all<{ number: number }>('select number from migrations').catch(() => [])
  const schema = Math.max(0, ...rows.map(({ number }) => number))
  return { where, exists: schema > 0, schema, known }
}

async function newestIn(folder: URL): Promise<number> {
  return (await readMigrations(folder)).at(-1)?.number ?? 0
}

/** The lock tells: whoever can have it for a moment proves that nobody else has. */
async function servedBy(file: string): Promise<string | null> {
  if (!existsSync(`${file}.lock`)) return null
  const { takeServingLock } = await import('./sqlite/serving-lock.ts')
  try {
    takeServingLock(file)[Symbol.dispose]()
    return null
  } catch (error) {
    if (error instanceof StoreRefused && error.reason === 'already_served') return error.message.split(' is ')[0] ?? ''
    throw error
  }
}
