/**
 * The pool of connections to one PostgreSQL database.
 *
 * Values are read in the shapes that tables.ts promises (ids as 16 bytes, booleans as 0 and 1, JSON as text), so that
 * queries and rows are written once for both engines. An id goes in as a Buffer, which travels in binary and is then
 * what the server's `uuid` type reads.
 */
import { Kysely, PostgresDialect } from 'kysely'
import { Pool, types, type CustomTypesConfig, type PoolClient } from 'pg'
import type { Log } from '@dnsradar/core'
import type { Tables } from '../tables.ts'

export interface Statements {
  /** The rows' type is the caller's word for what its SQL selects. */
  all<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>
  /** The number of rows changed. */
  run(sql: string, values?: readonly unknown[]): Promise<number>
}

export interface PostgresDatabase extends Statements, AsyncDisposable {
  readonly kysely: Kysely<Tables>
  /** Runs `work` with a connection of its own, outside any transaction. */
  session<T>(work: (session: Statements) => Promise<T>): Promise<T>
  /** Runs `work` in a transaction on a connection of its own; rolls back when it rejects. */
  transaction<T>(work: (trx: Statements) => Promise<T>): Promise<T>
}

const CONNECT_MS = 5000
const CONNECTIONS = 10

export function createDatabase(url: string, log: Log): PostgresDatabase {
  const pool = new Pool({
    connectionString: url,
    application_name: 'dnsradar',
    connectionTimeoutMillis: CONNECT_MS,
    max: CONNECTIONS,
    types: { getTypeParser },
  })
  // A broken connection is replaced at the next query, and whoever was using it gets the error from their query. The
  // event comes beside that, and without a listener it would end the process.
  pool.on('connect', (client) =>
    client.on('error', (error) => log.warn({ error: error.message }, 'a database connection broke')),
  )
  pool.on('error', () => {})
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return {
    kysely,
    ...statements(pool),
    session: (work) => inSession(pool, work),
    transaction: (work) => inTransaction(pool, work),
    async [Symbol.asyncDispose]() {
      // Ends the pool only when a query was built with it.
      await kysely.destroy()
      if (!pool.ending) await pool.end()
    },
  }
}

function statements(client: Pool | PoolClient): Statements {
  return {
    all: async <Row>(sql: string, values: readonly unknown[] = []) =>
      (await client.query(sql, [...values])).rows as Row[],
    run: async (sql, values = []) => (await client.query(sql, [...values])).rowCount ?? 0,
  }
}

async function inSession<T>(pool: Pool, work: (session: Statements) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let failure: Error | undefined
  try {
    return await work(statements(client))
  } catch (error) {
    // What the session holds goes with it.
    failure = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    client.release(failure)
  }
}

async function inTransaction<T>(pool: Pool, work: (trx: Statements) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(statements(client))
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that cannot even roll back is thrown away, and the server rolls back for it.
    await client.query('rollback').catch((failure: Error) => (broken = failure))
    throw error
  } finally {
    client.release(broken)
  }
}

const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [types.builtins.INT8]: Number,
  [types.builtins.BOOL]: (text) => (text === 't' ? 1 : 0),
  [types.builtins.UUID]: (text) => Buffer.from(text.replaceAll('-', ''), 'hex'),
  [types.builtins.JSONB]: (text) => text,
}

const getTypeParser: CustomTypesConfig['getTypeParser'] = (oid, format) =>
  PARSERS[oid] ?? types.getTypeParser(oid, format)

/** An id as the member of an array parameter, which travels as text. */
export function uuidText(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex')
}

/** What PostgreSQL calls an error (SQLSTATE); null for errors of another origin. */
export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null
}
