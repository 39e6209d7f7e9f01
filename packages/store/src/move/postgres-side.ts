/** A PostgreSQL database as one side of a move. */
import { ALIVE_MS, type Log } from '@dnsradar/core'
import { createDatabase, type PostgresDatabase, sqlState, type Statements } from '../postgres/database.ts'
import { createPartitions } from '../postgres/partitions.ts'
import { describeServer, refuseUnfitServer } from '../postgres/server.ts'
import { StoreRefused } from '../refused.ts'
import { BATCH, type Hand, type Row, type Side, type Snapshot, type Target } from './side.ts'

export async function openPostgresSide(url: string, log: Log): Promise<Side> {
  const where = describeServer(url)
  await using opening = new AsyncDisposableStack()
  const database = opening.use(createDatabase(url, log))
  await refuseUnfitServer(database, where)
  const opened = side(where, database)
  opening.move()
  return opened
}

/** "DNSRMOVE" in ASCII, within 63 bits. */
const MOVE_LOCK = '0x444e53524d4f5645'
/** The server takes a moment to notice that a move was killed. */
const LOCK_WAIT = "set lock_timeout = '2s'"
const LOCK_NOT_AVAILABLE = '55P03'

/** A database that has its tables. No other move writes to it meanwhile. */
export async function openPostgresTarget(url: string, log: Log): Promise<Target> {
  const where = describeServer(url)
  await using opening = new AsyncDisposableStack()
  const database = opening.use(createDatabase(url, log))
  opening.use(await takeMoveLock(database, where))
  const opened = opening.move()
  return {
    ...side(where, database),
    async isServed(now) {
      const alive = await database.all('select 1 from nodes where heartbeat >= $1 limit 1', [now - ALIVE_MS])
      return alive.length > 0
    },
    makeRoom: (oldest, now) => createPartitions(database, log).ensure(now, oldest),
    async empty(tables) {
      await database.run(`truncate ${tables.join(', ')}`)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function takeMoveLock(database: PostgresDatabase, where: string): Promise<AsyncDisposable> {
  const session = await holdSession(database)
  const release = async (): Promise<void> => {
    await session.run('select pg_advisory_unlock_all()').catch(() => {})
    await session[Symbol.asyncDispose]()
  }
  try {
    await session.run(LOCK_WAIT)
    await session.run('select pg_advisory_lock($1)', [BigInt(MOVE_LOCK)])
    return { [Symbol.asyncDispose]: release }
  } catch (error) {
    await release()
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error
    throw new StoreRefused('already_served', `Another move writes to ${where}. Wait for its end, or stop it first.`, {
      cause: error,
    })
  }
}

const COLUMNS = `
  select column_name as name, data_type = 'jsonb' as json
    from information_schema.columns
   where table_schema = current_schema() and table_name = $1
   order by ordinal_position`

function side(where: string, database: PostgresDatabase): Side {
  return {
    where,
    kysely: database.kysely,
    hand: handOf(database),
    placeholder: (position) => `$${position}`,
    async columns(table) {
      const rows = await database.all<{ name: string; json: number }>(COLUMNS, [table])
      return rows.map(({ name, json }) => ({ name, isJson: json === 1 }))
    },
    snapshot: () => snapshotOf(database),
    transaction: (work) => database.transaction((trx) => work(handOf(trx))),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

function handOf(statements: Statements): Hand {
  return {
    all: (sql, values) => statements.all(sql, values),
    run: async (sql, values) => void (await statements.run(sql, values)),
  }
}

async function snapshotOf(database: PostgresDatabase): Promise<Snapshot> {
  const session = await holdSession(database)
  try {
    await session.run('begin isolation level repeatable read, read only')
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
  return {
    async *read(sql) {
      await session.run(`declare moved no scroll cursor for ${sql}`)
      try {
        for (let isOver = false; !isOver; ) {
          const batch = await session.all<Row>(`fetch ${BATCH} from moved`)
          isOver = batch.length < BATCH
          yield batch
        }
      } finally {
        // Fails only where the transaction has failed, which is told by what made it fail.
        await session.run('close moved').catch(() => {})
      }
    },
    async [Symbol.asyncDispose]() {
      await session.run('rollback').catch(() => {})
      await session[Symbol.asyncDispose]()
    },
  }
}

/** A connection of its own for longer than one piece of work. */
async function holdSession(database: PostgresDatabase): Promise<Statements & AsyncDisposable> {
  const opened = Promise.withResolvers<Statements>()
  const over = Promise.withResolvers<void>()
  const held = database.session((session) => {
    opened.resolve(session)
    return over.promise
  })
  held.catch(opened.reject)
  const session = await opened.promise
  return {
    ...session,
    async [Symbol.asyncDispose]() {
      over.resolve()
      await held
    },
  }
}
