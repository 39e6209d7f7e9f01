/** What a page of a list reads on PostgreSQL, by the database's own count: as many rows as it shows, not all there are. */
import { systemClock } from '@dnsradar/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../src/index.ts'
import type { OpenOptions } from '../src/options.ts'
import { aMonitor, FIRST_PAGE, testOptions } from './fixtures.ts'
import { startPostgres, type PostgresServer } from './postgres-server.ts'

const MONITORS = 5_000
const AT_ONCE = 1_000
const SHOWN = 50
/** Rows of `monitors` and `checks` together: those of the page, one more, and what the group and the rest is found by. */
const MOST_READ = 8 * SHOWN

let server: PostgresServer
let options: OpenOptions

beforeAll(async () => {
  server = await startPostgres()
  options = testOptions(systemClock)
  await server.query('postgres', 'create database listed')
  await using store = await openStore(server.url('listed'), options)
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const monitors = Array.from({ length: AT_ONCE }, () => aMonitor({ group: 'large', metadata: { tier: 'gold' } }))
  for (let made = 0; made < MONITORS; made += AT_ONCE) await store.monitors.create(organization.id, monitors)
  // As autovacuum does a minute after so many rows were written.
  await server.query('listed', 'analyze')
})
afterAll(() => server[Symbol.asyncDispose]())

/** So far, by connections that are closed. */
async function rowsRead(): Promise<number> {
  const connected = () => server.query('postgres', "select 1 from pg_stat_activity where application_name = 'dnsradar'")
  await expect.poll(async () => (await connected()).length, { timeout: 10_000 }).toBe(0)
  const [row] = await server.query<{ rows: string }>(
    'listed',
    `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) as rows
       from pg_stat_user_tables where relname in ('monitors', 'checks')`,
  )
  return Number(row?.rows)
}

const lists = [
  { what: 'all', filter: {} },
  { what: 'those of a group', filter: { group: 'large' } },
  { what: 'those with a label', filter: { metadata: { tier: 'gold' } } },
  { what: 'those in a state', filter: { state: 'UNSET' } },
  { what: 'those of a group in a state', filter: { group: 'large', state: 'UNSET' } },
  { what: 'the enabled in a state', filter: { state: 'UNSET', isActive: true } },
] as const

test.for(lists)('a page of $what reads no more than a page', async ({ filter }) => {
  const before = await rowsRead()
  {
    await using store = await openStore(server.url('listed'), { ...options, serving: false })
    const { organization } = await store.accounts.ensureDefaultOrganization(null)
    const page = { ...FIRST_PAGE, limit: SHOWN, way: 'desc' as const }
    const { items, hasNext } = await store.monitors.list(organization.id, filter, page)
    expect(items).toHaveLength(SHOWN)
    expect(hasNext).toBe(true)
  }
  expect((await rowsRead()) - before).toBeLessThan(MOST_READ)
})
