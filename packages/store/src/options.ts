/** What a store is opened with, whichever engine keeps it. */
import type { Clock, Log, MonitorId } from '@dnsradar/core'
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
