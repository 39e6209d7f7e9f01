/** Opens a PostgreSQL database as a store. Any number of processes may share one. */
import { createMint, type Store } from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import type { OpenOptions } from '../open.ts'
import type { EngineTraits, QueryContext } from '../queries/context.ts'
import { refuseWrongKeyRing } from '../queries/key-ring.ts'
import { inTransaction, recordQueries } from '../queries/records.ts'
import { retentionQueries } from '../queries/retention.ts'
import { StoreRefused } from '../refused.ts'
import type { Tables } from '../tables.ts'
import { postgresChecks } from './checks.ts'
import { createDatabase, sqlState, uuidText, type PostgresDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { ensurePartitions } from './partitions.ts'
import { postgresQueue } from './queue.ts'
import { forgetRateLimits, postgresRateLimits } from './rate-limits.ts'
import { describeServer, refuseUnfitServer } from './server.ts'

export async function openPostgres(url: string, options: OpenOptions): Promise<Store> {
  const where = describeServer(url)
  const now = () => Math.trunc(options.clock.now())
  await using opening = new AsyncDisposableStack()
  const database = opening.use(createDatabase(url, options.log))
  await refuseUnfitServer(database, where)
  await refusing(where, async () => {
    await migrate(database, where, now())
    await ensurePartitions(database, now(), options.log)
  })
  await refuseWrongKeyRing(database.kysely, options.keyRing)
  const store = assemble(database, now, options)
  const resources = opening.move()
  return { ...store, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

const INSUFFICIENT_PRIVILEGE = '42501'

async function refusing(where: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new StoreRefused(
      'unreadable',
      `${where}: the user may not make its tables (${why}). Grant it that, or name another user.`,
      {
        cause: error,
      },
    )
  }
}

function assemble(
  database: PostgresDatabase,
  now: () => number,
  options: OpenOptions,
): Omit<Store, typeof Symbol.asyncDispose> {
  const context: QueryContext = {
    db: database.kysely,
    mint: createMint(now, options.random),
    now,
    keyRing: options.keyRing,
    monitorUrl: options.monitorUrl ?? (() => null),
    engine: TRAITS,
  }
  return {
    ...recordQueries(context),
    checks: postgresChecks(context, database),
    queue: postgresQueue(context, database),
    retention: retentionQueries(context),
    rateLimits: postgresRateLimits(database, now),
    transaction: (work) => inTransaction(context, work),
    async maintain() {
      await ensurePartitions(database, now(), options.log)
      await forgetRateLimits(database, now())
    },
    async ping() {
      await database.all('select 1 from migrations limit 1')
    },
  }
}

const UNIQUE_VIOLATION = '23505'

const TRAITS: EngineTraits = {
  placeholder: (position) => `$${position}`,
  locksRows: true,
  uniqueViolation: (error) =>
    sqlState(error) === UNIQUE_VIOLATION ? String((error as { constraint?: string }).constraint) : null,
  passedOver: (column) => sql.ref(column),
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
