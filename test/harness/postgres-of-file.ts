/**
 * One PostgreSQL server for the tests of a file, started when the first of them wants a database. Another file gets
 * another server: on a shared one, the transactions of one test would hold back the cursors of another.
 */
import { randomBytes } from 'node:crypto'
import { systemClock } from '@dnsradar/core'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { type PostgresServer, startPostgres } from '../../packages/store/test/postgres-server.ts'
import type { Database } from './databases.ts'
import { SILENT } from './silent-log.ts'

const TEMPLATE = 'migrated'

let running: Promise<PostgresServer> | null = null
let made = 0

/** The database goes with its server. */
export async function postgresDatabase(): Promise<Database> {
  running ??= startMigrated()
  const server = await running
  const name = `radar_${++made}`
  // A copy costs a fifth of what the migrations do.
  await server.query('postgres', `create database ${name} template ${TEMPLATE}`)
  const settings = { DATABASE_URL: server.url(name), DNSRADAR_SECRET_KEY: generateKey() }
  return { settings, [Symbol.asyncDispose]: async () => {} }
}

/** Does nothing where no server was started. */
export async function stopPostgres(): Promise<void> {
  const server = await running
  running = null
  await server?.[Symbol.asyncDispose]()
}

async function startMigrated(): Promise<PostgresServer> {
  const server = await startPostgres()
  await server.query('postgres', `create database ${TEMPLATE}`)
  const keyRing = parseKeyRing(generateKey())
  const options = { clock: systemClock, random: (length: number) => randomBytes(length), keyRing, log: SILENT }
  const store = await openStore(server.url(TEMPLATE), { ...options, serving: false })
  await store[Symbol.asyncDispose]()
  return server
}
