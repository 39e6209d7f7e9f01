/** Opens an SQLite file as a store. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { createMint, type Store } from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import type { OpenOptions } from '../options.ts'
import { backlogQueries } from '../queries/backlog.ts'
import type { EngineTraits, QueryContext } from '../queries/context.ts'
import { batchQueries } from '../queries/entri-batches.ts'
import { refuseWrongKeyRing } from '../queries/key-ring.ts'
import { takeOver } from '../queries/moves.ts'
import { newsQueries } from '../queries/news.ts'
import { noticeQueries } from '../queries/notices.ts'
import { inTransaction, recordQueries } from '../queries/records.ts'
import { retentionQueries } from '../queries/retention.ts'
import { sealedQueries } from '../queries/sealed.ts'
import { reasonOf, StoreRefused } from '../refused.ts'
import { readId } from '../rows/columns.ts'
import { deriveKeys } from '../seal.ts'
import type { Tables } from '../tables.ts'
import { createWindows } from '../windows.ts'
import { sqliteChecks } from './checks.ts'
import { configure, createDatabase, openHandle, type SqliteDatabase } from './database.ts'
import { createLeaseTable, type LeaseTable } from './leases.ts'
import { planMigrations, refuseForeign } from './migrate.ts'
import { ownNode } from './own-node.ts'
import { sqliteQueue } from './queue.ts'
import { takeServingLock } from './serving-lock.ts'

const IN_MEMORY = ':memory:'

/** `path` is a file name or `:memory:`. */
export async function openSqlite(path: string, options: OpenOptions): Promise<Store> {
  const file = path === IN_MEMORY ? null : resolve(path)
  await using opening = new AsyncDisposableStack()
  if (file !== null) createFile(file)
  const handle = opening.adopt(
    readable(file, () => openHandle(file ?? IN_MEMORY)),
    (open) => (open.isOpen ? open.close() : undefined),
  )
  readable(file, () => refuseForeign(handle, file ?? IN_MEMORY))
  const lock = file !== null && options.serving ? opening.use(takeServingLock(file)) : null
  readable(file, () => configure(handle, options.sync ?? 'full'))
  await migrate(handle, file, lock, options)

  const database = opening.use(createDatabase(handle))
  const store = assemble(database, options)
  await refuseWrongKeyRing(database.kysely, options.keyRing, Math.trunc(options.clock.now()))
  if (options.serving) await takeOver(database.kysely, file ?? IN_MEMORY)
  const resources = opening.move()
  return { ...store, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

function assemble(database: SqliteDatabase, options: OpenOptions): Omit<Store, typeof Symbol.asyncDispose> {
  const checkLeases = createLeaseTable()
  const webhookLeases = createLeaseTable()
  const now = () => Math.trunc(options.clock.now())
  const windows = createWindows(now)
  const context: QueryContext = {
    db: database.kysely,
    mint: createMint(now, options.random),
    now,
    keyRing: options.keyRing,
    monitorUrl: options.monitorUrl ?? (() => null),
    engine: traits(checkLeases, webhookLeases),
  }
  return {
    clock: options.clock,
    ...recordQueries(context),
    checks: sqliteChecks(context, database, checkLeases),
    queue: sqliteQueue(context, database, webhookLeases),
    backlog: backlogQueries(context),
    operatorNotices: noticeQueries(context),
    news: newsQueries(context),
    batches: batchQueries(context),
    retention: { ...retentionQueries(context), dropMonths: async () => 0 },
    rateLimits: { count: async (key, windowMs) => windows.count(`${windowMs} ${key}`, windowMs) },
    nodes: ownNode(now),
    // Nobody else is there to hear any, or to do the same work.
    hints: { give() {}, listen() {} },
    alone: (work) => work(),
    sealed: sealedQueries(context),
    deriveKeys: (purpose) => deriveKeys(options.keyRing, purpose),
    transaction: (work) => inTransaction(context, work),
    async maintain() {},
    async ping() {
      await database.read(() => database.get('select 1 from migrations'))
    },
  }
}

const JOINED_CHECKS = sql`join checks c on c.org_id = m.org_id and c.phase = m.phase and c.monitor_id = m.id`

function traits(checkLeases: LeaseTable, webhookLeases: LeaseTable): EngineTraits {
  return {
    // Not `?1`: SQLite takes that for a name, and finds names by walking through all of them.
    placeholder: () => '?',
    locksRows: false,
    uniqueViolation: (error) =>
      error instanceof Error && error.message.startsWith('UNIQUE constraint failed') ? error.message : null,
    passedOver: (column) => sql`+${sql.ref(column)}`,
    joinChecks: () => JOINED_CHECKS,
    hex: (column) => sql`hex(${sql.ref(column)})`,
    settledOnly: null,
    async endCheckLeases(_trx: Kysely<Tables>, keys) {
      for (const { monitorId } of keys) checkLeases.end(readId('mon', monitorId))
    },
    async endWebhookLease(_trx: Kysely<Tables>, _orgId, webhookId) {
      webhookLeases.end(readId('wh', webhookId))
    },
  }
}

/** The database holds e-mail addresses, urls and hashes of keys, so it is made for its owner only. */
function createFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    closeSync(openSync(file, 'a', 0o600))
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** A server of an older version must not find its tables changed under it. */
async function migrate(
  handle: DatabaseSync,
  file: string | null,
  lock: Disposable | null,
  options: OpenOptions,
): Promise<void> {
  const plan = await readable(file, () => planMigrations(handle, file ?? IN_MEMORY))
  if (!plan.isNeeded) return
  using _alone = file !== null && lock === null ? takeServingLock(file) : null
  await readable(file, async () => plan.apply(Math.trunc(options.clock.now())))
}

/** SQLite's result codes for a file that is no database, and for one whose pages contradict each other. */
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

function readable<T>(file: string | null, work: () => Promise<T>): Promise<T>
function readable<T>(file: string | null, work: () => T): T
function readable<T>(file: string | null, work: () => T): T {
  try {
    const result = work()
    return result instanceof Promise ? (result.catch(explain) as T) : result
  } catch (error) {
    return explain(error)
  }

  function explain(error: unknown): never {
    if (error instanceof StoreRefused || file === null) throw error
    const code = (error as { errcode?: number }).errcode
    if (code === SQLITE_NOTADB) {
      throw new StoreRefused('foreign', `${file} is not an SQLite database. Name another file in DATABASE_URL.`, {
        cause: error,
      })
    }
    if (code === SQLITE_CORRUPT) {
      throw new StoreRefused('corrupt', `${file} is damaged. Restore it from a backup.`, { cause: error })
    }
    throw unreadable(file, error)
  }
}

function unreadable(file: string, error: unknown): StoreRefused {
  return new StoreRefused(
    'unreadable',
    `${file} cannot be opened for reading and writing (${reasonOf(error)}). Check the path and its permissions.`,
    {
      cause: error,
    },
  )
}
