/** The cache of an installation on SQLite: a file of its own, so that its writes never wait for the database's. */
import { KeyvSqlite } from '@keyv/sqlite'

const BUSY_MS = 2_000
const SWEEP_MS = 3_600_000

export function openSqliteCache(path: string): KeyvSqlite {
  return new KeyvSqlite({
    uri: `sqlite://${path}`,
    driver: 'node:sqlite',
    wal: true,
    busyTimeout: BUSY_MS,
    clearExpiredInterval: SWEEP_MS,
  })
}
