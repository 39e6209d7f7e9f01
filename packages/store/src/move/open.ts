/** Which databases can be moved from and to: everything that is refused is refused before anything is written. */
import { existsSync } from 'node:fs'
import { openStore } from '../open.ts'
import type { OpenOptions } from '../options.ts'
import { pendingMigrations, readMigrations } from '../migrate.ts'
import { StoreRefused } from '../refused.ts'
import type { Bytes } from '../tables.ts'
import type { Side, Target } from './side.ts'

export type MoveDatabaseOptions = Pick<OpenOptions, 'clock' | 'keyRing' | 'log' | 'random'>

type Place =
  | { readonly engine: 'sqlite'; readonly path: string }
  | { readonly engine: 'postgres'; readonly url: string }

export async function openSource(url: string, { log }: MoveDatabaseOptions): Promise<Side> {
  await using opening = new AsyncDisposableStack()
  const place = readPlace(url)
  const source = opening.use(await openSide(place, log))
  const applied = await appliedNumbers(source)
  if (applied.length === 0) throw new StoreRefused('foreign', `${source.where} holds no installation.`)
  await refuseOtherSchema(source, place, applied)
  if ((await source.hand.all('select 1 from moves')).length > 0) {
    throw new StoreRefused(
      'other_data',
      `${source.where} was moved to from elsewhere and not started since. Move from where the installation lives.`,
    )
  }
  opening.move()
  return source
}

/** An empty database is given its tables. */
export async function openTarget(url: string, options: MoveDatabaseOptions): Promise<Target> {
  const place = readPlace(url)
  await prepare(url, place, options)
  return place.engine === 'sqlite'
    ? (await import('./sqlite-side.ts')).openSqliteTarget(place.path)
    : (await import('./postgres-side.ts')).openPostgresTarget(place.url, options.log)
}

async function prepare(url: string, place: Place, options: MoveDatabaseOptions): Promise<void> {
  if (place.engine === 'postgres' || existsSync(place.path)) {
    await using side = await openSide(place, options.log)
    const applied = await appliedNumbers(side)
    await refuseOtherSchema(side, place, applied)
    if (applied.length > 0) return
  }
  await using store = await openStore(url, { ...options, serving: false })
  await store.ping()
}

async function openSide(place: Place, log: MoveDatabaseOptions['log']): Promise<Side> {
  return place.engine === 'sqlite'
    ? (await import('./sqlite-side.ts')).openSqliteSide(place.path)
    : (await import('./postgres-side.ts')).openPostgresSide(place.url, log)
}

function readPlace(url: string): Place {
  if (url !== 'sqlite::memory:' && /^sqlite:./.test(url)) return { engine: 'sqlite', path: url.slice('sqlite:'.length) }
  if (/^postgres(?:ql)?:\/\/./.test(url)) return { engine: 'postgres', url }
  throw new StoreRefused(
    'bad_url',
    'A move goes from and to sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE; one of the two is something else.',
  )
}

/** None of a database without tables of ours. */
async function appliedNumbers(side: Side): Promise<readonly number[]> {
  const columns = await side.columns('migrations')
  if (!columns.some(({ name }) => name === 'number')) return []
  const rows = await side.hand.all<{ number: number }>('select number from migrations')
  return rows.map(({ number }) => number)
}

/** A database without any is none of another version. */
async function refuseOtherSchema(side: Side, { engine }: Place, applied: readonly number[]): Promise<void> {
  if (applied.length === 0) return
  const known = await readMigrations(new URL(`../${engine}/migrations/`, import.meta.url))
  if (pendingMigrations(known, applied, side.where).length === 0) return
  throw new StoreRefused(
    'older',
    `${side.where} was written by an older version of DNSRadar. Run "dnsradar migrate" on it with this version first.`,
  )
}

/** An installation is known by the id of its default organization. */
export async function identityOf(side: Side): Promise<Bytes | null> {
  const [row] = await side.hand.all<{ id: Bytes }>('select id from organizations where is_default')
  return row?.id ?? null
}

/** Marks the target as one that is being filled, unless it belongs to somebody. */
export async function claimTarget(target: Target, source: Bytes, now: number): Promise<void> {
  if (await target.isServed(now)) {
    throw new StoreRefused(
      'already_served',
      `A process is serving ${target.where}. Stop it first, or name another database.`,
    )
  }
  await target.transaction(async (trx) => {
    // Whoever starts to serve deletes here: one of the two waits for the other.
    const [p1, p2] = [target.placeholder(1), target.placeholder(2)]
    await trx.run(`update moves set finished = null where source_id = ${p1}`, [source])
    const moves = await trx.all<{ source_id: Bytes }>('select source_id from moves')
    const others = moves.filter((move) => Buffer.compare(move.source_id, source) !== 0)
    const organizations = await trx.all('select 1 from organizations limit 1')
    if (others.length > 0 || (moves.length === 0 && organizations.length > 0)) {
      throw new StoreRefused(
        'other_data',
        `${target.where} holds another installation, or was started since it was moved to. Name an empty database.`,
      )
    }
    if (moves.length === 0) await trx.run(`insert into moves (source_id, begun) values (${p1}, ${p2})`, [source, now])
  })
}
