/**
 * Copies of an SQLite file, taken beside a server and proven before they count.
 *
 * A copy is made from one snapshot: a read transaction is open on the source from the first page to the last, so what a
 * server writes meanwhile neither gets into the copy nor makes it begin again. It is written beside its place, checked
 * page by page and row by row against that snapshot, and only then given its name.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { reasonOf, StoreRefused } from '../refused.ts'
import { openHandle } from './database.ts'
import { refuseForeign } from './migrate.ts'
import { takeServingLock } from './serving-lock.ts'

export interface CopyOptions {
  readonly onProgress?: (pages: { readonly done: number; readonly total: number }) => void
  /** Looks at the finished copy before it is given its name; throws to refuse it. */
  readonly accept?: (path: string) => Promise<void>
}

export interface Copied {
  readonly tables: number
  readonly rows: number
}

export interface Replaced extends Copied {
  /** Where what was there before stands now; null when nothing was there. */
  readonly replaced: string | null
}

/** Pages between two words of progress: 8 MB. */
const RATE = 2_000

/** What is at `to` is given up when the copy in its place is whole. Throws `StoreRefused`. */
export async function copyDatabase(from: string, to: string, options: CopyOptions = {}): Promise<Copied> {
  const [source, target] = [resolve(from), resolve(to)]
  if (!existsSync(source)) {
    throw new StoreRefused('unreadable', `${source} does not exist. Name the file of an installation.`)
  }
  const partial = `${target}.partial`
  remove(partial)
  try {
    const copied = await copySnapshot(source, partial, options)
    await options.accept?.(partial)
    removeBeside(partial)
    // A log that was left beside an older copy would be replayed into this one.
    removeLog(target)
    renameSync(partial, target)
    return copied
  } catch (error) {
    remove(partial)
    throw error
  }
}

async function copySnapshot(source: string, partial: string, { onProgress }: CopyOptions): Promise<Copied> {
  using handle = openOurs(source)
  handle.exec('begin')
  const rows = countRows(handle)
  // The owner's only, from the first page on: it holds addresses and sealed secrets.
  closeSync(openSync(partial, 'wx', 0o600))
  await backup(handle, partial, {
    rate: RATE,
    progress: ({ totalPages, remainingPages }) =>
      onProgress?.({ done: totalPages - remainingPages, total: totalPages }),
  }).catch((error: unknown) => {
    throw new StoreRefused(
      'unreadable',
      `The copy ${partial} cannot be written (${reasonOf(error)}). Make room for it.`,
      {
        cause: error,
      },
    )
  })
  handle.exec('commit')
  verify(partial, rows)
  return { tables: rows.size, rows: [...rows.values()].reduce((sum, count) => sum + count, 0) }
}

function openOurs(path: string): DatabaseSync {
  try {
    const handle = openHandle(path)
    try {
      refuseForeign(handle, path)
      if (countRows(handle).size === 0) throw new StoreRefused('foreign', `${path} holds no installation.`)
      return handle
    } catch (error) {
      handle.close()
      throw error
    }
  } catch (error) {
    if (error instanceof StoreRefused) throw error
    throw new StoreRefused(
      'unreadable',
      `${path} cannot be read as a database (${reasonOf(error)}). Name another file.`,
      { cause: error },
    )
  }
}

type Rows = ReadonlyMap<string, number>

function countRows(handle: DatabaseSync): Rows {
  const tables = handle
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .all()
  return new Map(
    tables.map(({ name }) => {
      const quoted = `"${String(name).replaceAll('"', '""')}"`
      return [String(name), Number(handle.prepare(`select count(*) as rows from ${quoted}`).get()?.['rows'])]
    }),
  )
}

/** Every page, every index, and as many rows as there were. */
function verify(path: string, expected: Rows): void {
  using handle = new DatabaseSync(path, { readOnly: true })
  const [first] = handle.prepare('pragma integrity_check(1)').all()
  const found = countRows(handle)
  const isComplete = [...expected].every(([table, rows]) => found.get(table) === rows)
  if (first?.['integrity_check'] === 'ok' && isComplete) return
  const why = isComplete ? String(first?.['integrity_check']) : 'rows are missing'
  throw new StoreRefused('corrupt', `The copy is not what was copied (${why}). Check the disk, and try again.`)
}

/**
 * Puts a copy of `from` in the place of `to`. Throws `StoreRefused`: `already_served` while a server runs on it. What
 * was there stays beside it under `.replaced`.
 */
export async function replaceDatabase(from: string, to: string, options: CopyOptions): Promise<Replaced> {
  const target = resolve(to)
  mkdirSync(dirname(target), { recursive: true })
  // Nobody serves it from here to the end.
  using _alone = takeServingLock(target)
  const staged = `${target}.restored`
  remove(staged)
  const copied = await copyDatabase(from, staged, options)
  const replaced = existsSync(target) ? `${target}.replaced` : null
  if (replaced !== null) {
    remove(replaced)
    // With what is only in its log so far: the log belongs to that file and to no other.
    for (const beside of ['', ...BESIDE])
      if (existsSync(target + beside)) renameSync(target + beside, replaced + beside)
  }
  renameSync(staged, target)
  return { ...copied, replaced }
}

const BESIDE = ['-wal', '-shm'] as const

function removeBeside(path: string): void {
  removeLog(path)
  rmSync(`${path}.lock`, { force: true })
}

function removeLog(path: string): void {
  for (const beside of BESIDE) rmSync(path + beside, { force: true })
}

function remove(path: string): void {
  rmSync(path, { force: true })
  removeBeside(path)
}
