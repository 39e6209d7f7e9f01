/**
 * In which order the rows of `checks` lie best: simulated seconds, in each of which what is due is written back in
 * batches. The written-ahead log per check is the figure to read, because it does not move with the machine's load.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createMint, idToBytes, nextDue, phaseOf, uuidOf, type MonitorId } from '@dnsradar/core'
import { startPostgres } from '../packages/store/test/postgres-server.ts'
import { shown } from './rounds.ts'

export interface LayoutScale {
  readonly monitors: number
  readonly organizations: number
  /** Simulated. */
  readonly seconds: number
}

interface Check {
  readonly id: MonitorId
  readonly org: MonitorId
  readonly phase: number
  readonly frequency: number
}

interface Cost {
  readonly checks: number
  readonly logOctets: number
  readonly cpuMicros: number
  readonly milliseconds: number
  readonly hotShare?: number
}

const BATCH = 250
/** Of eight monitors, minutes. */
const FREQUENCIES = [5, 5, 5, 5, 5, 5, 30, 60]
const START = 1_800_000_000_000
const COLUMNS = `frequency integer not null, is_active integer not null default 1, next_check bigint not null, last_checked bigint,
  state text not null default 'VALID', "current" text default '["192.0.2.1"]', answer_hash text default '0123456789abcdef',
  reasons text not null default '[]', incidence_count integer not null default 0, broken_since bigint,
  was_valid integer not null default 1, pending text`
const PLACE_OF = {
  'org, phase, id': 'org_id, phase, monitor_id',
  'phase, org, id': 'phase, org_id, monitor_id',
  'frequency, phase': 'frequency, turn, org_id, monitor_id',
} as const
type Place = keyof typeof PLACE_OF

export async function measureLayouts({ monitors, organizations, seconds }: LayoutScale): Promise<void> {
  for (const count of new Set([1, organizations])) {
    const checks = checksOf(monitors, count)
    const rows: object[] = []
    for (const place of Object.keys(PLACE_OF) as Place[]) {
      rows.push(shownCost('SQLite', place, count, await onSqlite(checks, place, seconds)))
    }
    for (const place of ['as created', ...(Object.keys(PLACE_OF) as Place[])] as const) {
      rows.push(shownCost('PostgreSQL', place, count, await onPostgres(checks, place, seconds)))
    }
    console.table(rows)
  }
}

function shownCost(engine: string, order: string, organizations: number, cost: Cost): object {
  return {
    engine,
    organizations,
    'order of rows': order,
    'log octets a check': shown(cost.logOctets / cost.checks, 0),
    'CPU us': shown(cost.cpuMicros / cost.checks, 1),
    'checks per second': shown((cost.checks / cost.milliseconds) * 1000, 0),
    'HOT share': cost.hotShare === undefined ? '' : shown(cost.hotShare, 2),
  }
}

function checksOf(monitors: number, organizations: number): Check[] {
  const mint = createMint(() => START, randomBytes)
  const orgs = Array.from({ length: organizations }, () => mint('mon'))
  return Array.from({ length: monitors }, (_, at) => {
    const id = mint('mon')
    const org = orgs[at % organizations] as MonitorId
    return { id, org, phase: phaseOf(id), frequency: FREQUENCIES[at % FREQUENCIES.length] as number }
  })
}

/** Seconds of the interval at which it is due. */
function turnOf({ phase, frequency }: Check): number {
  return phase % (frequency * 60)
}

async function onSqlite(checks: readonly Check[], place: Place, seconds: number): Promise<Cost> {
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-bench-'))
  const path = join(folder, 'bench.db')
  const db = new DatabaseSync(path)
  try {
    db.exec(
      `
      pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -65536;
      create table checks (org_id blob not null, phase integer not null, turn integer not null, monitor_id blob not null,
        ${COLUMNS}, primary key (${PLACE_OF[place]})) strict, without rowid`.replaceAll('bigint', 'integer'),
    )
    const insert = db.prepare(
      'insert into checks (org_id, phase, turn, monitor_id, frequency, next_check) values (?, ?, ?, ?, ?, ?)',
    )
    db.exec('begin')
    for (const check of checks) {
      const { id, org, phase, frequency } = check
      insert.run(idToBytes(org), phase, turnOf(check), idToBytes(id), frequency, nextDue(id, frequency, START))
    }
    db.exec('commit; create index checks_due on checks (next_check) where is_active = 1')
    db.exec('pragma wal_checkpoint(truncate); pragma wal_autocheckpoint = 0')
    const due = db.prepare(
      `select * from checks where is_active = 1 and next_check <= ? order by next_check limit ${BATCH}`,
    )
    const key = PLACE_OF[place].split(', ')
    const write = db.prepare(
      `update checks set next_check = ?, last_checked = ? where ${key.map((column) => `${column} = ?`).join(' and ')}`,
    )
    return await timed(async () => {
      let count = 0
      for (let now = START; now < START + seconds * 1000; now += 1000) {
        for (;;) {
          const rows = due.all(now) as Record<string, number | Uint8Array>[]
          db.exec('begin immediate')
          for (const row of rows)
            write.run(
              Number(row['next_check']) + Number(row['frequency']) * 60_000,
              now,
              ...key.map((column) => row[column] as number),
            )
          db.exec('commit')
          count += rows.length
          if (rows.length < BATCH) break
        }
      }
      return { checks: count, logOctets: (await stat(`${path}-wal`)).size }
    })
  } finally {
    db.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function onPostgres(checks: readonly Check[], place: Place | 'as created', seconds: number): Promise<Cost> {
  await using server = await startPostgres()
  await server.query('postgres', 'create database bench')
  const client = await server.connect('bench')
  try {
    const key = place === 'phase, org, id' ? 'phase, org_id, monitor_id' : 'org_id, phase, monitor_id'
    await client.query(`
      create table checks (org_id uuid not null, phase integer not null, turn integer not null, monitor_id uuid not null,
        ${COLUMNS}, primary key (${key})) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0)`)
    const inOrder = place === 'as created' ? '' : `order by ${PLACE_OF[place]}`
    await client.query(
      `insert into checks (org_id, phase, turn, monitor_id, frequency, next_check)
       select * from unnest($1::uuid[], $2::integer[], $3::integer[], $4::uuid[], $5::integer[], $6::bigint[])
         as t (org_id, phase, turn, monitor_id, frequency, next_check) ${inOrder}`,
      [
        checks.map(({ org }) => uuidOf(org)),
        checks.map(({ phase }) => phase),
        checks.map(turnOf),
        checks.map(({ id }) => uuidOf(id)),
        checks.map(({ frequency }) => frequency),
        checks.map(({ id, frequency }) => nextDue(id, frequency, START)),
      ],
    )
    await client.query('create index checks_due on checks (next_check) where is_active = 1')
    await client.query('vacuum analyze checks')
    const [before] = (await client.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn')).rows
    const cost = await timed(async () => {
      let count = 0
      for (let now = START; now < START + seconds * 1000; now += 1000) {
        for (;;) {
          const { rowCount } = await client.query(
            `with due as (select org_id, phase, monitor_id from checks where is_active = 1 and next_check <= $1
                           order by next_check limit ${BATCH} for update skip locked)
             update checks c set next_check = c.next_check + c.frequency * 60000, last_checked = $1 from due
              where c.org_id = due.org_id and c.phase = due.phase and c.monitor_id = due.monitor_id`,
            [now],
          )
          count += rowCount ?? 0
          if ((rowCount ?? 0) < BATCH) break
        }
      }
      const { rows } = await client.query<{ octets: string }>('select pg_current_wal_lsn() - $1::pg_lsn as octets', [
        before?.lsn,
      ])
      return { checks: count, logOctets: Number(rows[0]?.octets) }
    })
    await client.query('select pg_stat_force_next_flush()')
    const { rows } = await client.query<{ share: number }>(
      `select n_tup_hot_upd::float8 / greatest(n_tup_upd, 1) as share from pg_stat_user_tables where relname = 'checks'`,
    )
    return { ...cost, hotShare: rows[0]?.share ?? Number.NaN }
  } finally {
    await client.end()
  }
}

async function timed(work: () => Promise<Pick<Cost, 'checks' | 'logOctets'>>): Promise<Cost> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  const done = await work()
  const { user, system } = process.cpuUsage(cpu)
  return { ...done, cpuMicros: user + system, milliseconds: performance.now() - started }
}
