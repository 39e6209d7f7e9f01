/**
 * One SQLite handle for the whole process.
 *
 * A handle has one transaction at a time, and Kysely's transactions span several turns of the event loop. A mutex gives
 * the handle to one of them or to one synchronous piece of hand-written work at a time, so that neither ever runs inside
 * the other's transaction.
 */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
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
  /**
   * As `transaction`, but shares it, and its one flush to the disk, with whatever else asks in the same moment. When one
   * of them throws, all are rolled back and each is run again alone: `work` may touch nothing but the database.
   */
  together<T>(work: () => T): Promise<T>

  // The statements of such work. The rows' type is the caller's word for what its SQL selects.
  all<Row>(sql: string, params?: Params): Row[]
  get<Row>(sql: string, params?: Params): Row | undefined
  /** Rows one by one; the statement must not be run again before the last one is taken. */
  each<Row>(sql: string, params?: Params): Iterable<Row>
  /** The number of rows changed. */
  run(sql: string, params?: Params): number

  // For what is done thousands of times a second, with the parameters in the order of the statement's `?`: a name is
  // looked for in the statement at every run.
  /** As `each`, for rows of many columns. */
  eachWide<Row>(sql: string, values: readonly SQLInputValue[]): Iterable<Row>
  /** As `run`. */
  change(sql: string, values: readonly SQLInputValue[]): number

  insert<Name extends keyof Tables>(table: Name, row: Tables[Name]): void
}

/** Another process's short write, such as a command beside the server, is waited for this long. */
const BUSY_MS = 5000

/** Opens the file and writes nothing to it. */
export function openHandle(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true })
}

/**
 * Kibibytes. Checks go through their table in the order of its pages and need few of them at a time; what lists read is
 * in the system's cache besides. A larger one costs at each commit, which walks through it when a tree was rebalanced.
 */
const CACHE_KIB = 32 * 1024

/**
 * Of the log, 16 MB, after which it is copied into the file. Four times SQLite's own: pages that many commits change are
 * copied once, and a bulk of a thousand monitors no longer copies at its every commit.
 */
const CHECKPOINT_PAGES = 4000

/** Only for a file that is known to be ours: the journal mode is kept in it. */
export function configure(handle: DatabaseSync, sync: 'full' | 'normal'): void {
  handle.exec(`
    pragma journal_mode = wal;
    pragma synchronous = ${sync};
    pragma cache_size = -${CACHE_KIB};
    pragma wal_autocheckpoint = ${CHECKPOINT_PAGES};
    pragma temp_store = memory`)
}

export function createDatabase(handle: DatabaseSync): SqliteDatabase {
  const mutex = createMutex()
  const statements = createCache((sql) => handle.prepare(sql))
  const wide = createCache((sql) => prepareWide(handle, sql))
  const kysely = new Kysely<Tables>({ dialect: dialect(handle, mutex) })

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
    together: createGroup(withHandle, (work) => inTransaction(handle, work)),
    all: <Row>(sql: string, params: Params = {}) => statements(sql).all(params) as Row[],
    get: <Row>(sql: string, params: Params = {}) => statements(sql).get(params) as Row | undefined,
    each: <Row>(sql: string, params: Params = {}) =>
      statements(sql).iterate(params) as Iterable<unknown> as Iterable<Row>,
    run: (sql, params = {}) => Number(statements(sql).run(params).changes),
    eachWide: <Row>(sql: string, values: readonly SQLInputValue[]) => wide(sql)(values) as Iterable<Row>,
    change: (sql, values) => Number(statements(sql).run(...values).changes),
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

interface Member {
  run(): void
  settle(): void
  alone(): void
}

/** The company that one transaction has: everything asked for until the handle is free. */
function createGroup(
  withHandle: <T>(work: () => T) => Promise<T>,
  inOne: <T>(work: () => T) => T,
): SqliteDatabase['together'] {
  let waiting: Member[] = []

  /** Never rejects: each member is told of its own fate. */
  function flush(): Promise<void> {
    return withHandle(() => {
      const members = waiting
      waiting = []
      try {
        inOne(() => {
          for (const member of members) member.run()
        })
      } catch {
        for (const member of members) member.alone()
        return
      }
      for (const member of members) member.settle()
    })
  }

  return <T>(work: () => T) =>
    new Promise<T>((resolve, reject) => {
      let result: T
      waiting.push({
        run() {
          result = work()
        },
        settle: () => resolve(result),
        alone() {
          try {
            resolve(inOne(work))
          } catch (error) {
            reject(error)
          }
        },
      })
      // After the answers that this turn of the event loop still has to read.
      if (waiting.length === 1) setImmediate(() => void flush())
    })
}

/** More than the store's own statements; lists with filters and `in (…)` of varying length make the rest. */
const CACHED_STATEMENTS = 256

/** Preparing takes longer than running most statements, so the most recently used ones are kept. */
function createCache<Prepared>(prepare: (sql: string) => Prepared): (sql: string) => Prepared {
  const cache = new Map<string, Prepared>()
  return (sql) => {
    const prepared = cache.get(sql) ?? prepare(sql)
    cache.delete(sql)
    cache.set(sql, prepared)
    if (cache.size > CACHED_STATEMENTS) {
      for (const oldest of cache.keys()) {
        cache.delete(oldest)
        break
      }
    }
    return prepared
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

function dialect(handle: DatabaseSync, mutex: Mutex): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver(handle, mutex),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function driver(handle: DatabaseSync, mutex: Mutex): Driver {
  const prepared = createCache((sql) => prepareQuery(handle, sql))
  const connection: DatabaseConnection = {
    executeQuery: async <Row>({ sql, parameters }: CompiledQuery) =>
      prepared(sql)(parameters as SQLInputValue[]) as QueryResult<Row>,
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

type PreparedQuery = (values: readonly SQLInputValue[]) => QueryResult<unknown>

function prepareQuery(handle: DatabaseSync, sql: string): PreparedQuery {
  const statement = handle.prepare(sql)
  const columns = statement.columns().map(({ name }) => name)
  if (columns.length === 0) {
    return (values) => ({ rows: [], numAffectedRows: BigInt(statement.run(...values).changes) })
  }
  statement.setReturnArrays(true)
  const read = rowReader(columns)
  return (values) => ({ rows: (statement.all(...values) as unknown as SQLOutputValue[][]).map(read) })
}

function prepareWide(handle: DatabaseSync, sql: string): (values: readonly SQLInputValue[]) => Iterable<object> {
  const statement = handle.prepare(sql)
  const read = rowReader(statement.columns().map(({ name }) => name))
  statement.setReturnArrays(true)
  return function* (values) {
    for (const row of statement.iterate(...values) as Iterable<unknown>) yield read(row as SQLOutputValue[])
  }
}

/**
 * An object that Node makes of a row has no prototype, and one that is given a dozen members by computed names loses its
 * shape: to V8 either is a hash table, slow to make and to read. So each statement has a literal of its own, compiled
 * once; a page of a hundred monitors takes a twentieth less than with copies of one object.
 */
function rowReader(columns: readonly string[]): (values: readonly SQLOutputValue[]) => object {
  const members = columns.map((column, at) => `${JSON.stringify(column)}: values[${at}]`)
  // oxlint-disable-next-line typescript/no-implied-eval -- the names are those of the store's own SQL
  return new Function('values', `return { ${members.join(', ')} }`) as ReturnType<typeof rowReader>
}
