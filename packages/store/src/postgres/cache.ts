/**
 * The cache of an installation on PostgreSQL, which all its processes share.
 *
 * The adapter's own pool has nobody who listens to its errors, so a database that restarts would end the process; and it
 * is shared by everybody in the process who names the same url, whom the first to leave would cut off. So it is given a
 * small pool of ours. Its types keep the method that opens one to themselves; the version is pinned.
 */
import type { Log } from '@dnsradar/core'
import { KeyvPostgres, type KeyvPostgresOptions } from '@keyv/postgres'
import type { KeyvStorageAdapter } from 'keyv'
import { Pool } from 'pg'

const CONNECT_MS = 5_000
const CONNECTIONS = 2
const SWEEP_MS = 3_600_000

interface Adapter extends KeyvStorageAdapter {
  connect(): Promise<(sql: string, values?: unknown[]) => Promise<unknown[]>>
  disconnect(): Promise<void>
}

const Postgres = KeyvPostgres as unknown as new (options: KeyvPostgresOptions) => Adapter

export function openPostgresCache(url: string, log: Log): KeyvStorageAdapter {
  const pool = new Pool({
    connectionString: url,
    application_name: 'dnsradar cache',
    connectionTimeoutMillis: CONNECT_MS,
    max: CONNECTIONS,
  })
  pool.on('error', (error) => log.warn({ error: error.message }, 'a connection of the cache broke'))

  class PooledCache extends Postgres {
    override async connect() {
      return async (sql: string, values?: unknown[]): Promise<unknown[]> => (await pool.query(sql, values)).rows
    }

    override async disconnect() {
      await super.disconnect()
      await pool.end()
    }
  }

  // What is lost with a crash signs people out, and nothing else.
  return new PooledCache({ uri: url, useUnloggedTable: true, clearExpiredInterval: SWEEP_MS })
}
