/** Opens a PostgreSQL database as a store. Any number of processes may share one. */
import { randomUUID } from 'node:crypto'
import { type Clock, createMint, type Store } from '@dnsradar/core'
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
import { deriveKeys } from '../seal.ts'
import type { Tables } from '../tables.ts'
import { doAlone } from './alone.ts'
import { postgresChecks } from './checks.ts'
import { type ClockReading, createDatabaseClock, type DatabaseClock } from './clock.ts'
import { createDatabase, sqlState, uuidText, type PostgresDatabase } from './database.ts'
import { type PostgresHints, postgresHints } from './hints.ts'
import { migrate } from './migrate.ts'
import { forgetNodes, postgresNodes } from './nodes.ts'
import { createPartitions, type Partitions } from './partitions.ts'
import { postgresQueue } from './queue.ts'
import { forgetRateLimits, postgresRateLimits } from './rate-limits.ts'
import { settledOnly } from './settled.ts'
import { describeServer, refuseUnfitServer } from './server.ts'

export async function openPostgres(url: string, options: OpenOptions): Promise<Store> {
  const where = describeServer(url)
  await using opening = new AsyncDisposableStack()
  const database = opening.use(createDatabase(url, options.log))
  await refuseUnfitServer(database, where)
  const databaseClock = options.followDatabase === true ? followingClock(database, options) : null
  await databaseClock?.follow()
  const clock = databaseClock ?? options.clock
  const now = () => Math.trunc(clock.now())
  const partitions = createPartitions(database, options.log)
  await refusing(where, async () => {
    await migrate(database, where, now())
    await partitions.ensure(now())
  })
  await refuseWrongKeyRing(database.kysely, options.keyRing, now())
  if (options.serving) await takeOver(database.kysely, where)
  const self = randomUUID().slice(0, 8)
  const hints = opening.use(postgresHints({ url, statements: database, clock, log: options.log, self }))
  const store = assemble({ database, partitions, hints, clock, databaseClock }, now, options)
  const resources = opening.move()
  return { ...store, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** Three, of which the quickest says most. */
const READINGS = 3
const TIME = 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as time'

function followingClock(database: PostgresDatabase, { clock, log }: OpenOptions): DatabaseClock {
  const read = (): Promise<readonly ClockReading[]> =>
    // Within one session, so that no reading waits for a connection.
    database.session(async (session) => {
      const readings: ClockReading[] = []
      while (readings.length < READINGS) {
        const asked = clock.monotonic()
        const [row] = await session.all<{ time: number }>(TIME)
        if (row === undefined) throw new Error('the database gave no time')
        readings.push({ time: row.time, asked, answered: clock.monotonic() })
      }
      return readings
    })
  return createDatabaseClock(clock, read, log)
}

const INSUFFICIENT_PRIVILEGE = '42501'

async function refusing(where: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error
    throw new StoreRefused(
      'unreadable',
      `${where}: the user may not make its tables (${reasonOf(error)}). Grant it that, or name another user.`,
      {
        cause: error,
      },
    )
  }
}

interface Parts {
  readonly database: PostgresDatabase
  readonly partitions: Partitions
  readonly hints: PostgresHints
  readonly clock: Clock
  /** Null where a test moves the clock. */
  readonly databaseClock: DatabaseClock | null
}

function assemble(
  { database, partitions, hints, clock, databaseClock }: Parts,
  now: () => number,
  options: OpenOptions,
): Omit<Store, typeof Symbol.asyncDispose> {
  const context: QueryContext = {
    db: database.kysely,
    mint: createMint(now, options.random),
    now,
    keyRing: options.keyRing,
    monitorUrl: options.monitorUrl ?? (() => null),
    engine: { ...TRAITS, settledOnly: settledOnly(database, now, databaseClock !== null) },
  }
  return {
    clock,
    ...recordQueries(context),
    checks: postgresChecks(context, database),
    queue: postgresQueue(context, database),
    backlog: backlogQueries(context),
    operatorNotices: noticeQueries(context),
    news: newsQueries(context),
    batches: batchQueries(context),
    retention: {
      ...retentionQueries(context),
      // What a month holds that is not over is still being written.
      dropMonths: (before) => partitions.drop(Math.min(before, now())),
    },
    rateLimits: postgresRateLimits(database, now),
    nodes: postgresNodes(context, database, hints, databaseClock),
    hints,
    alone: (work) => doAlone(database, work),
    sealed: sealedQueries(context),
    deriveKeys: (purpose) => deriveKeys(options.keyRing, purpose),
    transaction: (work) => inTransaction(context, work),
    async maintain() {
      await partitions.ensure(now())
      await forgetRateLimits(database, now())
      await forgetNodes(database, now())
    },
    async ping() {
      await database.all('select 1 from migrations limit 1')
    },
  }
}

const UNIQUE_VIOLATION = '23505'

/**
 * Of two columns of a key that say the same, its phase and its id, the planner takes each to leave out most rows. It
 * would expect fewer rows than a page has, and join and sort all monitors for each page. So it is shown one row for each
 * monitor, behind an `offset` that it does not look through, or joins by the id alone.
 */
const JOINED_CHECKS = {
  monitors: sql`
      join lateral (
        select * from checks where org_id = m.org_id and phase = m.phase and monitor_id = m.id offset 0) c on true`,
  checks: sql`join checks c on c.org_id = m.org_id and c.monitor_id = m.id`,
} as const

const TRAITS: Omit<EngineTraits, 'settledOnly'> = {
  placeholder: (position) => `$${position}`,
  locksRows: true,
  uniqueViolation: (error) =>
    sqlState(error) === UNIQUE_VIOLATION ? String((error as { constraint?: string }).constraint) : null,
  passedOver: (column) => sql.ref(column),
  joinChecks: (lead) => JOINED_CHECKS[lead],
  hex: (column) => sql`replace(cast(${sql.ref(column)} as text), '-', '')`,
  async endCheckLeases(trx: Kysely<Tables>, keys) {
    if (keys.length === 0) return
    const orgs = keys.map(({ orgId }) => uuidText(orgId))
    const phases = keys.map(({ phase }) => phase)
    const monitors = keys.map(({ monitorId }) => uuidText(monitorId))
    await sql`
      update checks c set lease_owner = null, lease_until = null, lease_token = c.lease_token + 1
        from unnest(${orgs}::uuid[], ${phases}::integer[], ${monitors}::uuid[]) as k (org_id, phase, monitor_id)
       where c.org_id = k.org_id and c.phase = k.phase and c.monitor_id = k.monitor_id`.execute(trx)
  },
  async endWebhookLease(trx: Kysely<Tables>, orgId, webhookId) {
    await sql`
      update webhooks set lease_owner = null, lease_until = null, lease_token = lease_token + 1
       where org_id = ${orgId} and id = ${webhookId}`.execute(trx)
  },
}
