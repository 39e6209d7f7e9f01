/**
 * What the API costs, over HTTP on loopback: `node bench/api.ts [--events 5000000] [--seconds 2] [--rounds 5]`.
 *
 *   bulk    1000 monitors in one request, with every write that belongs to it; the goal is 100 ms at the median
 *   pages   100 monitors and 100 events beside the raw statement and `JSON.stringify` behind bare Express; 0.5 of it
 *   cursors 100 events from anywhere among many and among 5000; at most twice the time
 *
 * Servers, ceiling and load are processes of their own; the CPU time is the server's.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { parseArgs, promisify } from 'node:util'
import { createMint } from '@dnsradar/core'
import { spawnRadar, type Surroundings, surround } from '@dnsradar/test/radar'
import type { RadarProcess } from '@dnsradar/test/radar-process'
import { fill, type Filled } from './api-data.ts'
import type { Load } from './http-load.ts'
import { cpuSeconds } from './process-figures.ts'
import { inTurns, median, medianOf, medianRatio, shown } from './rounds.ts'
import { type Target, TARGETS_OPTION, tellTargets } from './targets.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '5000000' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    ...TARGETS_OPTION,
  },
})
const ROUNDS = Number(values.rounds)
const MANY = Number(values.events)
const FEW = 5000
const MONITORS = 1000
const BULKS = 15
const CONNECTIONS = 8

console.log(`Node ${process.version}, ${availableParallelism()} processors`)
await using small = await installed(FEW)
tellTargets(values.targets, [
  ...(await measurePages(small)),
  await measureCursors(small),
  ...(await measureBulk(small)),
])

interface Installed extends AsyncDisposable {
  readonly radar: RadarProcess
  readonly key: string
  readonly file: string
  readonly filled: Filled
}

/** A server with `MONITORS` monitors that are at rest and `events` events. */
async function installed(events: number): Promise<Installed> {
  await using stack = new AsyncDisposableStack()
  const around = stack.use(await surround())
  const file = (around.settings['DATABASE_URL'] ?? '').replace('sqlite:', '')
  const empty = await spawnRadar(around.settings)
  await createBulk(empty, around, '', 'first')
  await empty.stop('SIGTERM')
  const filled = fill(file, events)
  console.log(`${events} events were written in ${filled.seconds.toFixed(0)} s`)
  const radar = stack.use(await spawnRadar(around.settings))
  const held = stack.move()
  return { radar, key: around.key, file, filled, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

interface Asked extends Load {
  readonly cpuMicros: number
}

interface Server {
  readonly url: string
  readonly pid: number
  readonly key: string
}

async function load(server: Server, connections: number, paths: readonly string[]): Promise<Asked> {
  const before = cpuSeconds(server.pid)
  const script = new URL('http-load.ts', import.meta.url).pathname
  const args = [script, server.url, server.key, String(connections), values.seconds, ...paths]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const done = JSON.parse(stdout) as Load
  return { ...done, cpuMicros: ((cpuSeconds(server.pid) - before) / done.count) * 1e6 }
}

async function measurePages({ radar, key, file }: Installed): Promise<readonly Target[]> {
  await using bare = await startBare(file)
  const ours: Server = { url: radar.url, pid: radar.pid, key }
  const results = await inTurns<Asked>(
    ['monitors', 'events'].flatMap((list) => [
      { name: `bare ${list}`, run: () => load(bare, CONNECTIONS, [`/${list}`]) },
      { name: list, run: () => load(ours, CONNECTIONS, [`/${list}?limit=100`]) },
    ]),
    ROUNDS,
  )
  const rows = ['monitors', 'events'].flatMap((list) =>
    [`bare ${list}`, list].map((name) => {
      const runs = results.get(name) ?? []
      const ceiling = results.get(`bare ${list}`) ?? []
      return {
        page: name,
        'per second': shown(
          medianOf(runs, ({ rate }) => rate),
          0,
        ),
        'to bare': shown(
          medianRatio(runs, ceiling, ({ rate }) => rate),
          2,
        ),
        'CPU us': shown(
          medianOf(runs, ({ cpuMicros }) => cpuMicros),
          0,
        ),
        'CPU to bare': shown(
          medianRatio(runs, ceiling, ({ cpuMicros }) => cpuMicros),
          2,
        ),
        octets: shown(
          medianOf(runs, ({ size }) => size),
          0,
        ),
      }
    }),
  )
  console.table(rows)
  return ['monitors', 'events'].map((list) => ({
    what: `page of 100 ${list} to bare`,
    value: medianRatio(results.get(list) ?? [], results.get(`bare ${list}`) ?? [], ({ rate }) => rate),
    goal: 0.5,
    is: 'at least',
  }))
}

async function startBare(file: string): Promise<Server & AsyncDisposable> {
  const script = new URL('bare-pages.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  return {
    url: line.trim(),
    pid: child.pid ?? 0,
    key: '-',
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    },
  }
}

async function measureCursors(few: Installed): Promise<Target> {
  await using many = await installed(MANY)
  const contender = (name: string, { radar, key, filled }: Installed) => ({
    name,
    run: () =>
      load(
        { url: radar.url, pid: radar.pid, key },
        1,
        cursors(filled).map((id) => `/events?limit=100&after=${id}`),
      ),
  })
  const names = [`${FEW} events`, `${MANY} events`] as const
  const results = await inTurns([contender(names[0], few), contender(names[1], many)], ROUNDS)
  const rows = names.map((name) => ({
    'cursor page of 100 among': name,
    'median ms': shown(
      medianOf(results.get(name) ?? [], ({ medianMs }) => medianMs),
      2,
    ),
    'to few': shown(
      medianRatio(results.get(name) ?? [], results.get(names[0]) ?? [], ({ medianMs }) => medianMs),
      2,
    ),
    'CPU us': shown(
      medianOf(results.get(name) ?? [], ({ cpuMicros }) => cpuMicros),
      0,
    ),
  }))
  console.table(rows)
  const [one, other] = names.map((name) => results.get(name) ?? [])
  return {
    what: `cursor page among ${MANY} events to one among ${FEW}`,
    value: medianRatio(other ?? [], one ?? [], ({ medianMs }) => medianMs),
    goal: 2,
    is: 'at most',
  }
}

/** Ids from all over the history, so that no page is always the same. */
function cursors({ first, last }: Filled): readonly string[] {
  const places = 200
  return Array.from({ length: places }, (_, at) => {
    const ms = first + ((at * 77) % places) * ((last - first) / places) + 1000
    return createMint(
      () => ms,
      (length) => new Uint8Array(length),
    )('evt')
  })
}

async function measureBulk({ radar, key }: Installed): Promise<readonly Target[]> {
  const targets: Target[] = []
  for (const query of ['', '?dry_run=true']) {
    const times: number[] = []
    const cpu: number[] = []
    for (let round = 0; round < BULKS; round++) {
      const before = cpuSeconds(radar.pid)
      times.push(await createBulk(radar, { key }, query, `${query}${round}`))
      cpu.push((cpuSeconds(radar.pid) - before) * 1000)
    }
    const [worst, spent] = [Math.max(...times), median(cpu)]
    const took = `median ${median(times).toFixed(1)} ms, worst ${worst.toFixed(1)} ms, CPU ${spent.toFixed(0)} ms`
    console.log(`POST /monitors/bulk${query}, ${MONITORS}: ${took}`)
    targets.push({
      what: `POST /monitors/bulk${query} of ${MONITORS}, ms`,
      value: median(times),
      goal: 100,
      is: 'at most',
    })
  }
  return targets
}

/** Milliseconds until the whole answer is there. */
async function createBulk(
  { url }: RadarProcess,
  { key }: Pick<Surroundings, 'key'>,
  query: string,
  name: string,
): Promise<number> {
  const monitors = Array.from({ length: MONITORS }, (_, i) => ({
    domain: `customer${i}.example.com`,
    subdomain: 'mail',
    record_type: 'MX',
    expected_value: ['10 mx1.example.net', '20 mx2.example.net'],
    external_id: `${name}-${i}`,
    metadata: { customer: `${i}` },
  }))
  const body = JSON.stringify({ group: 'bench', is_active: false, monitors })
  const started = performance.now()
  const response = await fetch(`${url}/monitors/bulk${query}`, {
    method: 'POST',
    headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
    body,
  })
  const answer = await response.text()
  if (!response.ok) throw new Error(`the bulk was answered ${response.status}: ${answer}`)
  return performance.now() - started
}
