/** An SQLite file as one side of a move. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { StoreRefused } from '../refused.ts'
import { createDatabase, openHandle } from '../sqlite/database.ts'
import { refuseForeign } from '../sqlite/migrate.ts'
import { takeServingLock } from '../sqlite/serving-lock.ts'
import { BATCH, type Hand, type Row, type Side, type Snapshot, type Target, type Value } from './side.ts'

export function openSqliteSide(path: string): Side {
  const file = resolve(path)
  if (!existsSync(file)) {
    throw new StoreRefused('unreadable', `${file} does not exist. Name the file of an installation.`)
  }
  const handle = openHandle(file)
  try {
    refuseForeign(handle, file)
    return side(file, handle)
  } catch (error) {
    handle.close()
    throw error
  }
}

/** A file that is there and has its tables. Nobody serves it meanwhile. */
export function openSqliteTarget(path: string): Target {
  using opening = new DisposableStack()
  opening.use(takeServingLock(resolve(path)))
  const opened = openSqliteSide(path)
  const { hand } = opened
  const lock = opening.move()
  return {
    ...opened,
    // Then the lock could not have been taken.
    isServed: async () => false,
    async makeRoom() {},
    async empty(tables) {
      for (const table of tables.toReversed()) await hand.run(`delete from ${table}`)
    },
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]()
      lock.dispose()
    },
  }
}

function side(file: string, handle: DatabaseSync): Side {
  const hand = handOf(handle)
  const { kysely, [Symbol.asyncDispose]: close } = createDatabase(handle)
  return {
    where: file,
    kysely,
    hand,
    placeholder: () => '?',
    async columns(table) {
      const rows = await hand.all<{ name: string }>('select name from pragma_table_info(?)', [table])
      return rows.map(({ name }) => ({ name, isJson: false }))
    },
    async snapshot() {
      return snapshotOf(openHandle(file))
    },
    async transaction(work) {
      handle.exec('begin immediate')
      try {
        const result = await work(hand)
        handle.exec('commit')
        return result
      } catch (error) {
        if (handle.isTransaction) handle.exec('rollback')
        throw error
      }
    },
    [Symbol.asyncDispose]: close,
  }
}

function handOf(handle: DatabaseSync): Hand {
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const prepare = (sql: string) => {
    const statement = prepared.get(sql) ?? handle.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
  return {
    all: async <Found>(sql: string, values: readonly Value[] = []) => prepare(sql).all(...values) as Found[],
    run: async (sql, values = []) => void prepare(sql).run(...values),
  }
}

/** Of a file in WAL mode: a transaction that has begun to read goes on seeing what it saw. */
function snapshotOf(handle: DatabaseSync): Snapshot {
  handle.exec('begin')
  handle.prepare('select count(*) from migrations').get()
  return {
    async *read(sql) {
      let batch: Row[] = []
      for (const row of handle.prepare(sql).iterate()) {
        batch.push(row as Row)
        if (batch.length < BATCH) continue
        yield batch
        batch = []
      }
      yield batch
    },
    async [Symbol.asyncDispose]() {
      handle.close()
    },
  }
}
