/** From a database URL to a store. An engine's code and driver are loaded only when the URL asks for it. */
import type { Store } from '@dnsradar/core'
import type { OpenOptions } from './options.ts'
import { StoreRefused } from './refused.ts'

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
