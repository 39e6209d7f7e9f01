/**
 * What a check costs up to its verdict: name, query, transport, decoding, answer, matching.
 *
 *     node bench/resolve.ts [--server nsd|responder] [--seconds 2] [--rounds 5]
 *
 * Against NSD (the default where NSD and dnsperf are installed) 20,000 names of five types are asked for, and the
 * ceiling is dnsperf. Against the responder, a process of Node's that answers everything with one address, the ceiling
 * is a bare loop over sockets that sends one prepared query and counts datagrams. CPU is this process's own.
 */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { systemClock } from '@dnsradar/core/clock'
import { judge } from '@dnsradar/core/monitor/judge'
import type { Resolver } from '@dnsradar/core/ports/resolve'
import { createResolver } from '@dnsradar/core/resolve/resolver'
import { parseUpstream } from '@dnsradar/core/resolve/upstream'
import { findProgram, startNsd } from '@dnsradar/test/name-servers'
import { bareLoop, dnsperf, startResponder } from './dns-ceilings.ts'
import { queryFile, type Watched, watchedNames, ZONE, zoneFile } from './dns-zone.ts'
import { type Contender, inTurns, medianOf, medianRatio, shown } from './rounds.ts'
import { measured, type Run } from './run.ts'
import { TARGETS_OPTION, tellTargets } from './targets.ts'

const INSTALLED = findProgram('nsd') !== null && findProgram('dnsperf') !== null
const { values: flags } = parseArgs({
  options: {
    server: { type: 'string', default: INSTALLED ? 'nsd' : 'responder' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    ...TARGETS_OPTION,
  },
})
const RUN_MS = Number(flags.seconds) * 1000
const ROUNDS = Number(flags.rounds)
/** What one upstream has in flight at most: four sockets with a hundred each. */
const CONCURRENCY = 400
const NAMES = 20_000
const QUIET = { debug() {}, info() {}, warn() {}, error() {} }
/** Every look of a checker carries the signal that stops it. */
const { signal } = new AbortController()

function open(upstream: string): Resolver {
  return createResolver({ upstreams: [parseUpstream(upstream)], clock: systemClock, randomBytes, log: QUIET })
}

async function check(resolver: Resolver, { question, expectation }: Watched): Promise<boolean> {
  const answer = await resolver.look(question, { budgetMs: 5000, fresh: true, signal })
  return judge(expectation, answer)?.state === 'VALID'
}

/** Keeps `CONCURRENCY` checks going until the time is over. */
async function sustained(upstream: string, watched: readonly Watched[]): Promise<Run> {
  await using resolver = open(upstream)
  let count = 0
  let failed = 0
  return await measured(async () => {
    const started = performance.now()
    const worker = async (): Promise<void> => {
      while (performance.now() - started < RUN_MS) {
        count += 1
        if (!(await check(resolver, watched[count % watched.length] as Watched))) failed += 1
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, worker))
    return { count, failed }
  })
}

/** Everything due at once: how long the loop is blocked, and whether anybody is called silent who is not. */
async function backlog(upstream: string, watched: readonly Watched[]): Promise<Run> {
  await using resolver = open(upstream)
  await check(resolver, watched[0] as Watched)
  return await measured(async () => {
    const checks = await Promise.all(watched.map((each) => check(resolver, each)))
    return { count: checks.length, failed: checks.filter((valid) => !valid).length }
  })
}

interface Arena extends AsyncDisposable {
  readonly port: number
  readonly watched: readonly Watched[]
}

async function openArena(): Promise<Arena> {
  if (flags.server === 'responder')
    return Object.assign(await startResponder(), { watched: watchedNames(NAMES, 'constant') })
  const watched = watchedNames(NAMES, 'mixed')
  return Object.assign(await startNsd({ [ZONE]: zoneFile(NAMES) }), { watched })
}

await using arena = await openArena()
const { port, watched } = arena
const address = `127.0.0.1:${port}`
const queries = queryFile(watched)

const BARE = 'bare UDP loop'
const DNSPERF = 'dnsperf -c 4 -q 100'
const contenders: Contender<Run>[] = [
  { name: BARE, run: () => bareLoop(port, CONCURRENCY, RUN_MS) },
  { name: DNSPERF, run: () => dnsperf(port, queries, RUN_MS) },
  { name: 'checks, UDP', run: () => sustained(address, watched) },
  { name: 'checks, TCP', run: () => sustained(`tcp://${address}`, watched) },
  { name: `${NAMES} checks at once, UDP`, run: () => backlog(address, watched) },
  { name: `${NAMES} checks at once, TCP`, run: () => backlog(`tcp://${address}`, watched) },
]
const results = await inTurns(contenders, ROUNDS)
const against = (name: string) => results.get(name) ?? []

console.log(`against ${flags.server}: medians of ${ROUNDS} rounds of ${RUN_MS / 1000} s, node ${process.version}`)
console.table(
  Object.fromEntries(
    [...results]
      .filter(([, runs]) => runs.some((run) => run !== null))
      .map(([name, runs]) => [
        name,
        {
          'to dnsperf': shown(
            medianRatio(runs, against(DNSPERF), ({ rate }) => rate),
            2,
          ),
          'to bare loop': shown(
            medianRatio(runs, against(BARE), ({ rate }) => rate),
            2,
          ),
          'per second': shown(
            medianOf(runs, ({ rate }) => rate),
            0,
          ),
          'CPU us': shown(
            medianOf(runs, ({ cpuMicros }) => cpuMicros),
            1,
          ),
          'stall p99 ms': shown(
            medianOf(runs, ({ stallP99 }) => stallP99),
            1,
          ),
          'stall max ms': shown(
            medianOf(runs, ({ stallMax }) => stallMax),
            1,
          ),
          failed: runs.reduce((sum, run) => sum + (run?.failed ?? 0), 0),
        },
      ]),
  ),
)

const toDnsperf = (name: string): number => medianRatio(against(name), against(DNSPERF), ({ rate }) => rate)
const atOnce = [`${NAMES} checks at once, UDP`, `${NAMES} checks at once, TCP`].flatMap(against)
tellTargets(flags.targets, [
  { what: 'checks over UDP to dnsperf', value: toDnsperf('checks, UDP'), goal: 0.5, is: 'at least' },
  { what: 'checks over TCP to dnsperf', value: toDnsperf('checks, TCP'), goal: 0.55, is: 'at least' },
  {
    what: 'CPU of a check over UDP, us',
    value: medianOf(against('checks, UDP'), ({ cpuMicros }) => cpuMicros),
    goal: 16,
    is: 'at most',
  },
  {
    what: `stall p99 with ${NAMES} due at once, ms`,
    value: medianOf(atOnce, ({ stallP99 }) => stallP99),
    goal: 20,
    is: 'at most',
  },
  {
    what: `false timeouts among ${NAMES} due at once`,
    value: atOnce.reduce((sum, run) => sum + (run?.failed ?? 0), 0),
    goal: 0,
    is: 'at most',
  },
])
