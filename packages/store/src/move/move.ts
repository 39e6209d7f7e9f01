/**
 * Copies an installation from one database to another, of either engine, while it is served.
 *
 * The source is read as it was at one moment. The target is marked as being filled before the first row, so that nobody
 * serves half of an installation, and the mark is what lets the move be repeated: it goes when the target is served.
 * A repetition makes the target equal to the source again, as that is then, also after an end halfway.
 *
 * Secrets go as they are sealed, and so the target needs the key ring of the source.
 */
import { idFromBytes, timeOf } from '@dnsradar/core'
import { refuseWrongKeyRing } from '../queries/key-ring.ts'
import { StoreRefused } from '../refused.ts'
import { copyCatalogue, copyHistory, type Copied, type Copying, tallyTarget } from './copy.ts'
import { claimTarget, identityOf, type MoveDatabaseOptions, openSource, openTarget } from './open.ts'
import type { Column, Side, Snapshot, Target } from './side.ts'
import { LEFT_COLUMNS, MOVED_TABLES, type MovedTable } from './tables.ts'

export interface MoveOptions extends MoveDatabaseOptions {
  readonly from: string
  readonly to: string
  readonly onProgress?: (progress: MoveProgress) => void
}

export interface MoveProgress {
  readonly phase: 'copy' | 'verify'
  readonly table: string
  /** Rows of all tables. */
  readonly done: number
  readonly total: number
}

/** The source's rows, and what had to be done to have the same in the target. */
export interface MovedRows {
  readonly rows: number
  readonly written: number
  readonly deleted: number
}

/** Gives the numbers of each table. Throws `StoreRefused` with a line that can be printed as it is. */
export async function moveInstallation(options: MoveOptions): Promise<Readonly<Record<string, MovedRows>>> {
  const { from, to, clock, keyRing } = options
  const now = () => Math.trunc(clock.now())
  await using source = await openSource(from, options)
  const identity = await identityOf(source)
  if (identity === null)
    throw new StoreRefused('foreign', `${source.where} was never started, so there is nothing to move.`)
  await refuseWrongKeyRing(source.kysely, keyRing, now())
  await using target = await openTarget(to, options)
  await claimTarget(target, identity, now())
  const copied = await copyAll({ source, target }, now(), options)
  const p = (position: number): string => target.placeholder(position)
  await target.hand.run(`update moves set finished = ${p(1)} where source_id = ${p(2)}`, [now(), identity])
  return Object.fromEntries(copied.map(({ table, rows, written, deleted }) => [table.name, { rows, written, deleted }]))
}

interface Sides {
  readonly source: Side
  readonly target: Target
}

interface Plan {
  readonly table: MovedTable
  readonly columns: readonly Column[]
}

async function copyAll(
  sides: Sides,
  now: number,
  { onProgress = () => {} }: Pick<MoveOptions, 'onProgress'>,
): Promise<readonly Copied[]> {
  const { source, target } = sides
  await using origin = await source.snapshot()
  const plans: Plan[] = []
  for (const table of MOVED_TABLES) plans.push({ table, columns: await commonColumns(sides, table) })
  const total = await countRows(origin)
  const counter = (phase: MoveProgress['phase']) => {
    let done = 0
    return (table: string, rows: number) => {
      done += rows
      onProgress({ phase, table, done, total })
    }
  }

  await target.makeRoom(await oldestRow(origin, now), now)
  await target.empty(MOVED_TABLES.filter(({ isHistory }) => !isHistory).map(({ name }) => name))
  const copied = await copyTables(plans, { origin, target, onRows: counter('copy') })
  await verify(target, plans, copied, counter('verify'))
  return copied
}

async function copyTables(plans: readonly Plan[], copying: Omit<Copying, 'before'>): Promise<readonly Copied[]> {
  await using before = await copying.target.snapshot()
  const copied: Copied[] = []
  for (const { table, columns } of plans) {
    const copy = table.isHistory ? copyHistory : copyCatalogue
    copied.push(await copy({ ...copying, before }, table, columns))
  }
  return copied
}

async function verify(
  target: Target,
  plans: readonly Plan[],
  copied: readonly Copied[],
  onRows: Copying['onRows'],
): Promise<void> {
  await using after = await target.snapshot()
  for (const [at, { table, columns }] of plans.entries()) {
    const wanted = copied[at]
    const found = await tallyTarget(after, table, columns)
    onRows(table.name, found.rows)
    if (found.rows === wanted?.rows && found.sum === wanted.sum) continue
    throw new StoreRefused(
      'corrupt',
      `${table.name} has ${found.rows} rows in ${target.where} and ${wanted?.rows} in the source, or they differ: ` +
        'something else writes there. Stop it and move again.',
    )
  }
}

async function commonColumns({ source, target }: Sides, { name: table }: MovedTable): Promise<readonly Column[]> {
  const there = new Map((await target.columns(table)).map((column) => [column.name, column]))
  const here = await source.columns(table)
  return here.flatMap(({ name, isJson }) => {
    const same = there.get(name)
    const isLeft = LEFT_COLUMNS.includes(name)
    return same === undefined || isLeft ? [] : [{ name, isJson: isJson || same.isJson }]
  })
}

async function countRows(origin: Snapshot): Promise<number> {
  const counts = MOVED_TABLES.map(({ name, where = '1 = 1' }) => `(select count(*) from ${name} where ${where})`)
  for await (const [row] of origin.read(`select ${counts.join(' + ')} as rows`)) return Number(row?.['rows'])
  return 0
}

/** Older histories are kept all the same, without a table for each of their months. */
const OLDEST_MONTH_MS = 3 * 366 * 86_400_000

/** Epoch milliseconds of the oldest row that lies in a month of its own. */
async function oldestRow(origin: Snapshot, now: number): Promise<number> {
  let oldest = now
  for (const table of ['events', 'deliveries']) {
    for await (const [row] of origin.read(`select id from ${table} order by id limit 1`)) {
      if (row?.['id'] instanceof Uint8Array) oldest = Math.min(oldest, timeOf(idFromBytes('evt', row['id'])))
    }
  }
  return Math.max(oldest, now - OLDEST_MONTH_MS)
}
