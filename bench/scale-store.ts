/**
 * The store alone: claims and results of checks that found nothing new, as fast as they go, beside the same work done by
 * bare statements without fences, leases or rows made into monitors. Time is simulated, so that something is always due.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  type CheckResult,
  type DueCheck,
  type Clock,
  createMint,
  nextDue,
  SLOT_MS,
  SLOT_SECONDS,
  type Store,
} from '@dnsradar/core'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { type PostgresServer, startPostgres } from '../packages/store/test/postgres-server.ts'
import { type Contender, inTurns, medianOf, medianRatio, shown } from './rounds.ts'
import type { Target } from './targets.ts'

export interface StoreScale {
  readonly engine: 'sqlite' | 'postgres'
  readonly monitors: number
  readonly organizations: number
  readonly rounds: number
  readonly seconds: number
}

interface Rate {
  readonly rate: number
  readonly cpuMicros: number
}

interface BenchClock extends Clock {
  advance(ms: number): void
}

const BATCH = 250
const MINUTES = 5
const LEASE_MS = 60_000
const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

export async function measureStore(scale: StoreScale): Promise<Target> {
  const clock = simulatedClock()
  await using place = await (scale.engine === 'postgres' ? onPostgres(clock) : onSqlite(clock))
  await using store = await openStore(place.url, {
    clock,
    random: (length) => randomBytes(length),
    keyRing: parseKeyRing(generateKey()),
    serving: true,
    log: QUIET,
  })
  await createMonitors(store, scale.monitors, scale.organizations)
  const node = createMint(clock.now, randomBytes)('nod')
  const ours = (): Promise<number> => turn(store, node, clock)
  const forMs = scale.seconds * 1000
  // Until every monitor has been looked at once, and what comes due is spread as in service.
  for (let done = 0; done < scale.monitors; ) done += await ours()
  const bare = await place.bare()
  const contenders: Contender<Rate>[] = [
    { name: 'bare statements', run: () => rated(forMs, bare) },
    { name: 'store', run: () => rated(forMs, ours) },
  ]
  const results = await inTurns(contenders, scale.rounds)
  const bareRuns = results.get('bare statements') ?? []
  console.table(
    [...results].map(([name, runs]) => ({
      [scale.engine]: name,
      'checks per second': shown(
        medianOf(runs, ({ rate }) => rate),
        0,
      ),
      'to bare': shown(
        medianRatio(runs, bareRuns, ({ rate }) => rate),
        2,
      ),
      'CPU us a check, of this process': shown(
        medianOf(runs, ({ cpuMicros }) => cpuMicros),
        1,
      ),
    })),
  )
  const value = medianRatio(results.get('store') ?? [], bareRuns, ({ rate }) => rate)
  return { what: `store on ${scale.engine} to bare statements`, value, goal: GOALS[scale.engine], is: 'at least' }
}

const GOALS: Readonly<Record<StoreScale['engine'], number>> = { sqlite: 0.6, postgres: 0.7 }

function simulatedClock(): BenchClock {
  let now = Date.now()
  return {
    now: () => now,
    monotonic: () => performance.now(),
    wait: () => Promise.resolve(),
    advance: (ms) => void (now += ms),
  }
}

export async function createMonitors(store: Store, monitors: number, organizations: number): Promise<void> {
  const each = Math.ceil(monitors / organizations)
  for (let at = 0; at < organizations; at += 1) {
    const organization =
      at === 0
        ? (await store.accounts.ensureDefaultOrganization(null)).organization
        : await store.accounts.createOrganization({ name: `customer ${at}`, plan: 'unlimited' })
    for (let made = 0; made < each; made += 1000) {
      const count = Math.min(1000, each - made)
      await store.monitors.create(
        organization.id,
        Array.from({ length: count }, (_, i) => monitorOf(made + i)),
      )
    }
  }
}

function monitorOf(number: number) {
  const domain = `customer${Math.floor(number / 4)}.example`
  return {
    group: null,
    domain,
    subdomain: `www${number}`,
    ownerName: `www${number}.${domain}`,
    registrable: domain,
    type: 'A',
    match: 'exact',
    expected: ['192.0.2.1'],
    intervalMinutes: MINUTES,
    notify: 'immediately',
    isActive: true,
    externalId: null,
    metadata: {},
  } as const
}

async function rated(forMs: number, turn: () => Promise<number>): Promise<Rate> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  let count = 0
  while (performance.now() - started < forMs) count += await turn()
  const { user, system } = process.cpuUsage(cpu)
  return { rate: (count / (performance.now() - started)) * 1000, cpuMicros: (user + system) / count }
}

/** One claim and its results; when too little was due, time goes on. */
async function turn({ checks }: Store, node: DueCheck['lease']['node'], clock: BenchClock): Promise<number> {
  const claimed = await checks.claimDue({ node, limit: BATCH, leaseMs: LEASE_MS })
  await checks.record(claimed.map((check) => seenAgain(check, clock.now())))
  if (claimed.length < BATCH) clock.advance(1000)
  return claimed.length
}

/** The look that finds what is expected: the first one changes the status, the others its times. */
export function seenAgain(check: DueCheck, now: number): CheckResult {
  const { monitor, status } = check
  const isFirst = status.state === 'UNSET'
  const seen = isFirst
    ? ({ state: 'VALID', current: ['192.0.2.1'], answerHash: '0123456789abcdef', wasValid: true } as const)
    : {}
  const times = { lastChecked: now, nextCheck: nextDue(monitor.id, monitor.intervalMinutes, now) }
  return {
    check,
    status: { ...status, ...seen, ...times },
    change: null,
    baseline: null,
    unchanged: !isFirst,
    look: null,
  }
}

/** An empty database, and the bare statements on it once it has its tables. */
interface Place extends AsyncDisposable {
  readonly url: string
  /** The answer does one batch, and says how many checks it held. */
  bare(): Promise<() => Promise<number>>
}

async function onSqlite(clock: BenchClock): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-bench-'))
  const path = join(folder, 'bench.db')
  return {
    url: `sqlite:${path}`,
    bare: async () => bareOnSqlite(path, clock),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function onPostgres(clock: BenchClock): Promise<Place> {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startPostgres())
  await server.query('postgres', 'create database bench')
  const held = stack.move()
  return {
    url: server.url('bench'),
    async bare() {
      const client = await server.connect('bench')
      held.defer(() => client.end())
      return bareOnPostgres(client, clock)
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

type Key = { org_id: Uint8Array; phase: number; monitor_id: Uint8Array; next_check: number }

function bareOnSqlite(path: string, clock: BenchClock): () => Promise<number> {
  const handle = new DatabaseSync(path)
  handle.exec('pragma synchronous = full; pragma cache_size = -32768')
  const due = handle.prepare(
    `select * from checks where is_active = 1 and next_check <= ? order by next_check limit ${BATCH}`,
  )
  const write = handle.prepare(
    `update checks set next_check = ?, last_checked = ? where org_id = ? and phase = ? and monitor_id = ?`,
  )
  return async () => {
    const rows = due.all(clock.now()) as Key[]
    handle.exec('begin immediate')
    for (const { org_id, phase, monitor_id } of rows) {
      write.run(gridAfter(phase, clock.now()), clock.now(), org_id, phase, monitor_id)
    }
    handle.exec('commit')
    if (rows.length < BATCH) clock.advance(1000)
    return rows.length
  }
}

type Client = Awaited<ReturnType<PostgresServer['connect']>>

function bareOnPostgres(client: Client, clock: BenchClock): () => Promise<number> {
  const claim = `
    with due as (
      select org_id, phase, monitor_id from checks
       where is_active and next_check <= $1 and (lease_until is null or lease_until <= $1)
       order by next_check limit ${BATCH} for update skip locked),
    leased as (
      update checks c set lease_until = $2, lease_token = c.lease_token + 1 from due
       where c.org_id = due.org_id and c.phase = due.phase and c.monitor_id = due.monitor_id
      returning c.*)
    select * from leased`
  const write = `
    update checks c set next_check = r.next_check, last_checked = $5, lease_until = null
      from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::bigint[]) as r (org_id, phase, monitor_id, next_check)
     where c.org_id = r.org_id and c.phase = r.phase and c.monitor_id = r.monitor_id`
  return async () => {
    const now = clock.now()
    type Row = { org_id: string; phase: number; monitor_id: string }
    const { rows } = await client.query<Row>(claim, [now, now + LEASE_MS])
    const columns = [rows.map((row) => row.org_id), rows.map((row) => row.phase), rows.map((row) => row.monitor_id)]
    const values = [...columns, rows.map(({ phase }) => gridAfter(phase, now)), now]
    await client.query(write, values)
    if (rows.length < BATCH) clock.advance(1000)
    return rows.length
  }
}

function gridAfter(phase: number, now: number): number {
  const interval = MINUTES * 60_000
  const offset = (phase * 1000 + Math.floor(phase / SLOT_SECONDS) * SLOT_MS) % interval
  return Math.floor((now - offset) / interval) * interval + interval + offset
}
