/**
 * One SQLite handle for the whole process.
 *
 * A handle has one transaction at a time, and Kysely's transactions span several turns of the event loop. A mutex gives
 * the handle to one of them or to one synchronous piece of hand-written work at a time, so that neither ever runs inside
 * the other's transaction.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import type { Tables } from '../tables.ts'

export type Params = Record<string, SQLInputValue>

export interface SqliteDatabase extends AsyncDisposable {
  readonly kysely: Kysely<Tables>
  /** Runs `work` with the handle to itself, outside any transaction. */
  read<T>(work: () => T): Promise<T>
  /** Runs `work` in a transaction that holds the write lock from its start; rolls back when it throws. */
  transaction<T>(work: () => T): Promise<T>

  // The statements of such work. The rows' type is the caller's word for what its SQL selects.
  all<Row>(sql: string, params?: Params): Row[]
  get<Row>(sql: string, params?: Params): Row | undefined
  /** Rows one by one; the statement must not be run again before the last one is taken. */
  each<Row>(sql: string, params?: Params): Iterable<Row>
  /** The number of rows changed. */
  run(sql: string, params?: Params): number
  insert<Name extends keyof Tables>(table: Name, row: Tables[Name]): void
}

/** Another process's short write, such as a command beside the server, is waited for this long. */
const BUSY_MS = 5000

/** Opens the file and writes nothing to it. */
export function openHandle(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true })
}

/** Kibibytes: holds the hot pages of about a million monitors. */
const CACHE_KIB = 64 * 1024

/** Only for a file that is known to be ours: the journal mode is kept in it. */
export function configure(handle: DatabaseSync, sync: 'full' | 'normal'): void {
  handle.exec(`
    pragma journal_mode = wal;
    pragma synchronous = ${sync};
    pragma cache_size = -${CACHE_KIB};
    pragma temp_store = memory`)
}

export function createDatabase(handle: DatabaseSync): SqliteDatabase {
  const mutex = createMutex()
  const statements = createStatementCache(handle)
  const kysely = new Kysely<Tables>({ dialect: dialect(handle, statements, mutex) })

  const withHandle = async <T>(work: () => T): Promise<T> => {
    await mutex.lock()
    try {
      return work()
    } finally {
      mutex.unlock()
    }
  }

  return {
    kysely,
    read: withHandle,
    transaction: (work) => withHandle(() => inTransaction(handle, work)),
    all: <Row>(sql: string, params: Params = {}) => statements(sql).all(params) as Row[],
    get: <Row>(sql: string, params: Params = {}) => statements(sql).get(params) as Row | undefined,
    each: <Row>(sql: string, params: Params = {}) =>
      statements(sql).iterate(params) as Iterable<unknown> as Iterable<Row>,
    run: (sql, params = {}) => Number(statements(sql).run(params).changes),
    insert: (table, row) => void statements(insertSql(table, row)).run({ ...row } as Params),
    async [Symbol.asyncDispose]() {
      await mutex.lock()
      if (handle.isOpen) handle.close()
      mutex.unlock()
    },
  }
}

/** Every member of the row is a parameter of its own name. */
function insertSql(table: string, row: object): string {
  const columns = Object.keys(row)
  const names = columns.map((column) => `"${column}"`).join(', ')
  return `insert into ${table} (${names}) values (${columns.map((column) => `:${column}`).join(', ')})`
}

export function inTransaction<T>(handle: DatabaseSync, work: () => T): T {
  handle.exec('begin immediate')
  try {
    const result = work()
    handle.exec('commit')
    return result
  } catch (error) {
    // SQLite has already rolled back after some errors (a full disk, a failed write).
    if (handle.isTransaction) handle.exec('rollback')
    throw error
  }
}

type StatementCache = (sql: string) => StatementSync

/** More than the store's own statements; lists with filters and `in (…)` of varying length make the rest. */
const CACHED_STATEMENTS = 256

/** Preparing takes longer than running most statements, so the most recently used ones are kept. */
function createStatementCache(handle: DatabaseSync): StatementCache {
  const cache = new Map<string, StatementSync>()
  return (sql) => {
    const statement = cache.get(sql) ?? handle.prepare(sql)
    cache.delete(sql)
    cache.set(sql, statement)
    if (cache.size > CACHED_STATEMENTS) {
      for (const oldest of cache.keys()) {
        cache.delete(oldest)
        break
      }
    }
    return statement
  }
}

interface Mutex {
  lock(): Promise<void>
  unlock(): void
}

function createMutex(): Mutex {
  const waiting: (() => void)[] = []
  let isLocked = false
  return {
    lock() {
      if (isLocked) return new Promise((resolve) => waiting.push(resolve))
      isLocked = true
      return Promise.resolve()
    },
    unlock() {
      const next = waiting.shift()
      if (next === undefined) isLocked = false
      else next()
    },
  }
}

function dialect(handle: DatabaseSync, statements: StatementCache, mutex: Mutex): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver(handle, statements, mutex),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function driver(handle: DatabaseSync, statements: StatementCache, mutex: Mutex): Driver {
  const connection: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery) => execute<Row>(statements(query.sql), query.parameters),
    streamQuery() {
      throw new Error('streaming would hold the handle across turns of the event loop')
    },
  }
  return {
    init: async () => {},
    async acquireConnection() {
      await mutex.lock()
      return connection
    },
    releaseConnection: async () => mutex.unlock(),
    beginTransaction: async () => handle.exec('begin immediate'),
    commitTransaction: async () => handle.exec('commit'),
    async rollbackTransaction() {
      if (handle.isTransaction) handle.exec('rollback')
    },
    destroy: async () => {},
  }
}

function execute<Row>(statement: StatementSync, parameters: readonly unknown[]): QueryResult<Row> {
  const values = parameters as SQLInputValue[]
  if (statement.columns().length > 0) return { rows: statement.all(...values) as Row[] }
  return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) }
}
