/**
 * What a look costs: name, query, transport, decoding, answer.
 *
 *     node bench/resolve.ts [--seconds 2] [--rounds 5]
 *
 * The ceiling is a bare loop over the same kind of sockets that sends one prepared query and counts datagrams; where
 * dnsperf is installed it is a second one. Everything runs against one responder in a process of its own, in turns, so
 * that a noisy machine shifts all of them: read the ratios, not the rates.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { encodeQuery, setId } from '@dnsradar/core/dns/query'
import type { Resolver } from '@dnsradar/core/ports/resolve'
import { createResolver } from '@dnsradar/core/resolve/resolver'
import { parseUpstream } from '@dnsradar/core/resolve/upstream'
import { systemClock } from '@dnsradar/core/clock'

const { values: flags } = parseArgs({
  options: { seconds: { type: 'string', default: '2' }, rounds: { type: 'string', default: '5' } },
})
const RUN_MS = Number(flags.seconds) * 1000
const ROUNDS = Number(flags.rounds)
/** What one UDP upstream has in flight at most: four sockets, a hundred each. */
const CONCURRENCY = 400
const NAMES = 20_000
const BACKLOG = 20_000
const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

interface Run {
  /** Per second. */
  readonly rate: number
  /** Of this process, per query; null when another process did the work, as for the next two. */
  readonly cpuMicros: number | null
  /** Of the event loop, in milliseconds. */
  readonly stallP99: number | null
  readonly stallMax: number | null
  readonly failed: number
}

/** Keeps `CONCURRENCY` calls of `once` going until the time is over. */
async function measure(ask: (count: number) => Promise<boolean>): Promise<Run> {
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  let count = 0
  let failed = 0
  const cpu = process.cpuUsage()
  const started = performance.now()
  stalls.enable()
  const worker = async (): Promise<void> => {
    while (performance.now() - started < RUN_MS) {
      count += 1
      if (!(await ask(count))) failed += 1
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  stalls.disable()
  return summarise(count, failed, performance.now() - started, process.cpuUsage(cpu), stalls)
}

function summarise(
  count: number,
  failed: number,
  ms: number,
  cpu: NodeJS.CpuUsage,
  stalls: ReturnType<typeof monitorEventLoopDelay>,
): Run {
  return {
    rate: (count / ms) * 1000,
    cpuMicros: (cpu.user + cpu.system) / count,
    stallP99: stalls.percentile(99) / 1e6,
    stallMax: stalls.max / 1e6,
    failed,
  }
}

/** The ceiling: connected sockets and callbacks, nothing encoded, nothing decoded, nothing that could be lost. */
async function bareLoop(port: number): Promise<Run> {
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  const sockets = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const socket = createSocket('udp4')
      socket.connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }),
  )
  let count = 0
  const cpu = process.cpuUsage()
  const started = performance.now()
  stalls.enable()
  for (const socket of sockets) {
    socket.on('message', () => {
      count += 1
      send()
    })
    const query = encodeQuery('n1.bench.test', 1, { recursion: true, edns: true })
    let id = 0
    const send = (): void => {
      setId(query, (id = (id + 1) & 0xffff))
      socket.send(query.wire)
    }
    for (let i = 0; i < CONCURRENCY / 4; i += 1) send()
  }
  await pause(RUN_MS)
  const run = summarise(count, 0, performance.now() - started, process.cpuUsage(cpu), stalls)
  for (const socket of sockets) socket.close()
  return run
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function dnsperf(port: number): Run | null {
  if (spawnSync('dnsperf', ['-h']).error !== undefined) return null
  const folder = mkdtempSync(join(tmpdir(), 'dnsradar-bench-'))
  try {
    const file = join(folder, 'queries')
    writeFileSync(file, Array.from({ length: NAMES }, (_, at) => `n${at}.bench.test A`).join('\n'))
    const args = [
      '-s',
      '127.0.0.1',
      '-p',
      String(port),
      '-d',
      file,
      '-c',
      '4',
      '-q',
      '100',
      '-l',
      String(RUN_MS / 1000),
    ]
    const output = execFileSync('dnsperf', args, { encoding: 'utf8' })
    const rate = Number(/Queries per second:\s+([\d.]+)/.exec(output)?.[1] ?? Number.NaN)
    return { rate, cpuMicros: null, stallP99: null, stallMax: null, failed: 0 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function open(upstream: string): Resolver {
  return createResolver({ upstreams: [parseUpstream(upstream)], clock: systemClock, randomBytes, log: QUIET })
}

function looks(resolver: Resolver): Promise<Run> {
  return measure(async (count) => {
    const question = { name: `n${count % NAMES}.bench.test`, type: 'A' } as const
    const answer = await resolver.look(question, { budgetMs: 5000, fresh: true })
    return answer.kind === 'rrset'
  })
}

/** Everything due at once: how long the loop is blocked, and whether anybody is called silent who is not. */
async function backlog(upstream: string): Promise<Run> {
  await using resolver = open(upstream)
  await resolver.look({ name: 'warm.bench.test', type: 'A' }, { budgetMs: 5000 })
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  const cpu = process.cpuUsage()
  const started = performance.now()
  stalls.enable()
  const answers = await Promise.all(
    Array.from({ length: BACKLOG }, (_, at) =>
      resolver.look({ name: `n${at}.bench.test`, type: 'A' }, { budgetMs: 5000, fresh: true }),
    ),
  )
  stalls.disable()
  const failed = answers.filter(({ kind }) => kind !== 'rrset').length
  return summarise(BACKLOG, failed, performance.now() - started, process.cpuUsage(cpu), stalls)
}

async function startResponder(): Promise<{ port: number; stop: () => void }> {
  const responder = spawn(process.execPath, [join(import.meta.dirname, 'dns-responder.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(responder.stdout), 'line')) as [string]
  return { port: Number(line), stop: () => responder.kill() }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const BARE = 'bare UDP loop'
const DNSPERF = 'dnsperf -c 4 -q 100'

const { port, stop } = await startResponder()
const address = `127.0.0.1:${port}`
const contenders: { readonly name: string; readonly run: () => Promise<Run | null> }[] = [
  { name: BARE, run: () => bareLoop(port) },
  { name: DNSPERF, run: async () => dnsperf(port) },
  { name: 'look, UDP', run: () => looksThrough(address) },
  { name: 'look, TCP', run: () => looksThrough(`tcp://${address}`) },
  { name: `${BACKLOG} looks at once, UDP`, run: () => backlog(address) },
]

async function looksThrough(upstream: string): Promise<Run> {
  await using resolver = open(upstream)
  return await looks(resolver)
}

const runs = new Map<string, Run[]>(contenders.map(({ name }) => [name, []]))
// The first round only warms up.
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const { name, run } of contenders) {
    const result = await run()
    if (round > 0 && result !== null) runs.get(name)?.push(result)
  }
}
stop()

const rateOf = (name: string): number => median((runs.get(name) ?? []).map(({ rate }) => rate))
const ratio = (rate: number, to: number): number | string =>
  Number.isNaN(to) ? 'not installed' : Number((rate / to).toFixed(2))
const rounded = (all: readonly Run[], pick: (run: Run) => number | null, digits: number): number | string => {
  const known = all.flatMap((run) => pick(run) ?? [])
  return known.length === 0 ? '' : Number(median(known).toFixed(digits))
}

console.log(`medians of ${ROUNDS} rounds of ${RUN_MS / 1000} s, node ${process.version}`)
console.table(
  Object.fromEntries(
    [...runs]
      .filter(([, all]) => all.length > 0)
      .map(([name, all]) => [
        name,
        {
          'to bare loop': ratio(rateOf(name), rateOf(BARE)),
          'to dnsperf': ratio(rateOf(name), rateOf(DNSPERF)),
          'per second': rounded(all, (run) => run.rate, 0),
          'CPU us': rounded(all, (run) => run.cpuMicros, 1),
          'stall p99 ms': rounded(all, (run) => run.stallP99, 1),
          'stall max ms': rounded(all, (run) => run.stallMax, 1),
          failed: all.reduce((sum, run) => sum + run.failed, 0),
        },
      ]),
  ),
)
