/**
 * What may be lost: texts under a name until their time is over.
 *
 * Keyv keeps them, beside the database and never in its transactions: in `cache.db` next to a SQLite file, in the table
 * `keyv` of a PostgreSQL database, in memory otherwise. It cannot count and cannot commit together with rows, so
 * whatever is listed, limited or owed to somebody belongs into the store.
 */
import type { Log } from '@dnsradar/core'
import type { Keyv, KeyvStorageAdapter } from 'keyv'

export interface Cache extends AsyncDisposable {
  /** Undefined once the time is over, and after a loss. */
  get(name: string): Promise<unknown>
  /** `value` is plain data. */
  set(name: string, value: unknown, ttlMs: number): Promise<void>
  delete(name: string): Promise<void>
}

export interface CacheOptions {
  /** `sqlite:PATH` of a file of its own, `sqlite::memory:` or `postgres://…`. */
  readonly url: string
  /** Names of different spaces never meet. */
  readonly space: string
  readonly log: Log
}

/** Opened by its first use. A use that fails rejects; where it could not be opened, the next one tries again. */
export function openCache({ url, space, log }: CacheOptions): Cache {
  let opening: Promise<Answering> | null = null

  async function open(): Promise<Answering> {
    const { Keyv } = await import('keyv')
    const store = await storageFor(url, log)
    const keyv = new Keyv({ ...(store === undefined ? {} : { store }), namespace: space })
    const answering = createAnswering(keyv, log)
    try {
      // Adapters make their table while nobody waits for it: only a question shows whether they could.
      await answering.ask(() => keyv.get('opened'))
      return answering
    } catch (error) {
      opening = null
      await keyv.disconnect().catch(() => {})
      throw error
    }
  }

  async function use<T>(work: (keyv: Keyv) => Promise<T>): Promise<T> {
    const { keyv, ask } = await (opening ??= open())
    return ask(() => work(keyv))
  }

  return {
    get: (name) => use((keyv) => keyv.get<unknown>(name)),
    set: async (name, value, ttlMs) => void (await use((keyv) => keyv.set(name, value, ttlMs))),
    delete: async (name) => void (await use((keyv) => keyv.delete(name))),
    async [Symbol.asyncDispose]() {
      const opened = await opening?.catch(() => null)
      await opened?.keyv.disconnect()
    },
  }
}

interface Answering {
  readonly keyv: Keyv
  /** Does `work`, and throws what went wrong meanwhile when it has nothing to show. */
  readonly ask: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * Keyv tells failures by an event and answers as if there were nothing, which would sign everybody out for as long as a
 * database is away. Of uses at the same time one may be told of the failure of another.
 */
function createAnswering(keyv: Keyv, log: Log): Answering {
  let failures = 0
  let latest: unknown
  keyv.on('error', (error: unknown) => {
    failures += 1
    latest = error
    log.warn({ err: error }, 'the cache could not be used')
  })
  return {
    keyv,
    async ask(work) {
      const before = failures
      const found = await work()
      if (failures > before && (found === undefined || found === false)) throw latest
      return found
    },
  }
}

/** Undefined: Keyv's own memory. */
async function storageFor(url: string, log: Log): Promise<KeyvStorageAdapter | undefined> {
  if (url === 'sqlite::memory:') return undefined
  if (url.startsWith('sqlite:')) {
    const { openSqliteCache } = await import('./sqlite/cache.ts')
    return openSqliteCache(url.slice('sqlite:'.length))
  }
  const { openPostgresCache } = await import('./postgres/cache.ts')
  return openPostgresCache(url, log)
}
