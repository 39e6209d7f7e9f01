/** From a database URL to a store. An engine's code and driver are loaded only when the URL asks for it. */
import type { Clock, Log, MonitorId, Store } from '@dnsradar/core'
import { StoreRefused } from './refused.ts'
import type { KeyRing } from './seal.ts'

export interface OpenOptions {
  readonly clock: Clock
  /**
   * PostgreSQL only: the store's clock shows the database's time and takes from `clock` how that goes on. Left out where
   * `clock` is moved by a test.
   */
  readonly followDatabase?: boolean
  /** Chance for ids. Nonces come from the system's generator. */
  readonly random: (length: number) => Uint8Array
  readonly keyRing: KeyRing
  /** SQLite only: whether a commit waits for the disk (`full`, the default) or may be lost with the power (`normal`). */
  readonly sync?: 'full' | 'normal'
  /** True for a process that checks and delivers. A command's short writes need no such right and are allowed beside it. */
  readonly serving: boolean
  /** The page of a monitor, for links in deliveries; without it they have none. */
  readonly monitorUrl?: (id: MonitorId) => string | null
  readonly log: Log
}

/** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. Throws `StoreRefused` with a line that can be printed as it is. */
export async function openStore(url: string, options: OpenOptions): Promise<Store> {
  if (/^sqlite:./.test(url)) {
    const { openSqlite } = await import('./sqlite/store.ts')
    return openSqlite(url.slice('sqlite:'.length), options)
  }
  if (/^postgres(?:ql)?:\/\/./.test(url)) {
    const { openPostgres } = await import('./postgres/store.ts')
    return openPostgres(url, options)
  }
  throw new StoreRefused(
    'bad_url',
    'DATABASE_URL must be sqlite:PATH, sqlite::memory: or postgres://USER:PASSWORD@HOST/DATABASE.',
  )
}
