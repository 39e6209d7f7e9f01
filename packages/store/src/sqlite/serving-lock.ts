/**
 * One serving process per SQLite file.
 *
 * The lock is SQLite's own, on a tiny file beside the database: the kernel drops it with the process, also after
 * `kill -9`, so there is no stale lock to explain. That file has a rollback journal, because under one a write lock
 * leaves readers free to see who holds it.
 */
import { DatabaseSync } from 'node:sqlite'
import { reasonOf, StoreRefused } from '../refused.ts'

/** Long enough for another process to step aside between writing its pid and taking the lock for good. */
const WAIT_MS = 250

const SQLITE_BUSY = 5

export function takeServingLock(databasePath: string): Disposable {
  const path = `${databasePath}.lock`
  const lock = openLockFile(path)
  try {
    lock.exec('pragma journal_mode = delete; pragma synchronous = off')
    lock.exec('begin immediate')
    lock.exec('create table if not exists holder (pid integer not null)')
    lock.exec('delete from holder')
    lock.prepare('insert into holder values (?)').run(process.pid)
    lock.exec('commit')
    lock.exec('begin immediate')
    return { [Symbol.dispose]: () => lock.close() }
  } catch (error) {
    const pid = holderOf(lock)
    lock.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw unusable(path, error)
    const who = pid === null ? 'Another process' : `Process ${pid}`
    throw new StoreRefused(
      'already_served',
      `${who} is already serving ${databasePath}. Stop it first, or give this one a DATABASE_URL of its own.`,
      { cause: error },
    )
  }
}

function openLockFile(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: WAIT_MS })
  } catch (error) {
    throw unusable(path, error)
  }
}

function unusable(path: string, error: unknown): StoreRefused {
  return new StoreRefused(
    'unreadable',
    `The lock file ${path} cannot be used (${reasonOf(error)}). Check its permissions, or delete it.`,
    {
      cause: error,
    },
  )
}

function holderOf(lock: DatabaseSync): number | null {
  try {
    const row = lock.prepare('select pid from holder').get()
    return typeof row?.['pid'] === 'number' ? row['pid'] : null
  } catch {
    return null
  }
}
