/**
 * Three processes on one PostgreSQL, and work for them: records that break and mend all the time, looked at by whoever
 * comes first and told to one receiver. What was promised to that receiver can be counted at the end.
 */
import { setTimeout as pass } from 'node:timers/promises'
import { generateKey } from '@dnsradar/store'
import { expect, vi } from 'vitest'
import { type PostgresServer, startPostgres } from '../../packages/store/test/postgres-server.ts'
import { deliveryIn, sequencesOf } from './delivered.ts'
import { type RadarProcess, spawnRadar } from './radar-process.ts'
import { surround, type Surroundings } from './radar.ts'

export interface Cluster extends AsyncDisposable {
  readonly world: Surroundings
  readonly server: PostgresServer
  /** By which the server knows it. */
  readonly database: string
  /** All alive; a test may put another process in the place of one. */
  readonly processes: RadarProcess[]
  start(): Promise<RadarProcess>
  /** As superuser, past the product. */
  sql<Row>(text: string, values?: unknown[]): Promise<Row[]>
}

const PROCESSES = 3
const DATABASE = 'cluster'
const SETTINGS = {
  DNSRADAR_CONFIRM: '0',
  DNSRADAR_AUTHORITATIVE: 'off',
  DNSRADAR_LOG: 'error',
  DNSRADAR_WEBHOOK_TIMEOUT: '2s',
  DNSRADAR_RETRY_DELAYS: Array.from({ length: 100 }, () => '200ms').join(','),
}

export async function startCluster(): Promise<Cluster> {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startPostgres())
  await server.query('postgres', `create database ${DATABASE}`)
  const settings = { DATABASE_URL: server.url(DATABASE), DNSRADAR_SECRET_KEY: generateKey() }
  const world = stack.use(
    await surround({ database: { settings, async [Symbol.asyncDispose]() {} }, settings: SETTINGS }),
  )
  const processes: RadarProcess[] = []
  stack.defer(async () => void (await Promise.all(processes.map((one) => one[Symbol.asyncDispose]()))))
  const start = (): Promise<RadarProcess> => spawnRadar(world.settings)
  processes.push(...(await Promise.all(Array.from({ length: PROCESSES }, start))))
  const held = stack.move()
  return {
    world,
    server,
    database: DATABASE,
    processes,
    start,
    sql: (text, values) => server.query(DATABASE, text, values),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** What `clock_timestamp` is in rows. */
export const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

/** Changes all rows of `checks` in the order in which the product locks them. Wakes every process at once. */
export async function touchChecks({ sql }: Cluster, assignments: string): Promise<void> {
  await sql(
    `with held as (select org_id, phase, monitor_id from checks order by org_id, phase, monitor_id for update)
     update checks c set ${assignments} from held
      where c.org_id = held.org_id and c.phase = held.phase and c.monitor_id = held.monitor_id`,
  )
  await wakeCheckers({ sql })
}

/** Has every process look for due monitors now, at the same moment. */
export async function wakeCheckers({ sql }: Pick<Cluster, 'sql'>): Promise<void> {
  await sql("select pg_notify('dnsradar', 'nobody check')")
}

/** Leases of monitors end now. A look that could not be recorded keeps its own for a minute, which nobody has here. */
export function endLeases(cluster: Cluster): Promise<void> {
  return touchChecks(cluster, 'lease_until = null')
}

/** They expect `RIGHT`, and would be looked at every two hours. */
export async function createMonitors({ processes }: Cluster, names: readonly string[], group: string): Promise<void> {
  const input = { record_type: 'A', expected_value: RIGHT, frequency: 120, group } as const
  await one(processes).client.createMonitors({ monitors: names.map((domain) => ({ domain, ...input })) })
}

export interface Load {
  /** Mends all, waits until all is told, and says what the receiver was told. */
  finish(): Promise<Told>
}

export interface Told {
  /** How many requests came, without repetitions. */
  readonly count: number
  /** Sequences that came for the first time after a higher one. */
  readonly overtaken: readonly number[]
  /** Events that were recorded and not told. */
  readonly lost: readonly string[]
  /** Requests that came again although they had been accepted. */
  readonly repeated: readonly string[]
  /** Events that do not begin where the one before them, of the same monitor, ended. */
  readonly torn: readonly string[]
}

export const RIGHT = '192.0.2.1'
const WRONG = '192.0.2.2'
const MONITORS = 12
const TURN_MS = 250
const PATIENCE = { timeout: 45_000, interval: 200 }

let loads = 0

/** Breaks or mends all records several times a second, until it is finished. */
export async function startLoad(cluster: Cluster): Promise<Load> {
  const { world, processes } = cluster
  const mark = `load${++loads}`
  const names = Array.from({ length: MONITORS }, (_, i) => `n${i}.${mark}.example`)
  const set = (value: string): void => names.forEach((name) => world.dns.set(name, 'A', [value], 0))
  set(RIGHT)
  const { uuid: webhook } = await one(processes).client.createWebhook({
    url: `${world.receiver.origin}/${mark}`,
    groups: [mark],
  })
  await createMonitors(cluster, names, mark)

  let isOver = false
  const turning = (async () => {
    for (let turn = 0; !isOver; turn++) {
      set(turn % 2 === 0 ? WRONG : RIGHT)
      // There are moments without a database.
      await touchChecks(cluster, `next_check = ${NOW}`).catch(() => {})
      await pass(TURN_MS)
    }
  })()

  return {
    async finish() {
      isOver = true
      await turning
      set(RIGHT)
      await touchChecks(cluster, `next_check = ${NOW}`)
      const { client } = one(processes)
      await vi.waitFor(async () => {
        const { data } = await client.listMonitors({ group: mark, limit: 100 })
        expect(data.map(({ state }) => state)).toEqual(names.map(() => 'VALID'))
        expect(await client.getWebhook(webhook)).toMatchObject({ pending: 0, is_active: true })
      }, PATIENCE)
      return whatWasTold(cluster, mark)
    },
  }
}

async function whatWasTold(cluster: Cluster, mark: string): Promise<Told> {
  const requests = cluster.world.receiver.requests.filter(({ path }) => path === `/${mark}`)
  const byId = new Map(requests.toReversed().map((request) => [request.headers['webhook-id'], request]))
  const first = requests.filter((request) => byId.get(request.headers['webhook-id']) === request)
  const events = first.map((request) => deliveryIn(request).event)
  const told = new Set(events.map(({ event_uuid }) => event_uuid))
  const sequences = sequencesOf(first)
  const lastOf = new Map<string, string>()
  const torn = events.filter(({ monitor_uuid, old_state, new_state }) => {
    const before = lastOf.get(monitor_uuid) ?? 'UNSET'
    lastOf.set(monitor_uuid, new_state)
    // The first verdict makes no event when it is VALID.
    return old_state !== before && !(before === 'UNSET' && old_state === 'VALID')
  })
  return {
    count: first.length,
    overtaken: sequences.filter((sequence, at) => sequence !== at + 1),
    lost: (await recordedOf(cluster, mark)).filter((event) => !told.has(event)),
    repeated: requests
      .filter((request) => !first.includes(request))
      .map(({ headers }) => String(headers['webhook-id'])),
    torn: torn.map(({ event_uuid }) => event_uuid),
  }
}

/** The ids of all events of the group. */
async function recordedOf({ processes }: Cluster, group: string): Promise<readonly string[]> {
  const found: string[] = []
  for (let after: string | undefined; ; ) {
    const page = await one(processes).client.listEvents({
      group,
      limit: 100,
      order_way: 'asc',
      ...(after && { after }),
    })
    found.push(...page.data.map(({ uuid }) => uuid))
    if (page.after === null) return found
    after = page.after
  }
}

export function one(processes: readonly RadarProcess[]): RadarProcess {
  const process = processes.at(-1)
  if (process === undefined) throw new Error('no process is left')
  return process
}
