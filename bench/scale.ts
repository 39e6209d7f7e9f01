/**
 * How far one process, one SQLite file and one PostgreSQL reach.
 *
 *   node bench/scale.ts server     a whole server with many monitors: lag, API, memory, CPU, restart
 *   node bench/scale.ts store      the store alone beside bare statements, on both engines
 *   node bench/scale.ts processes  two processes on one PostgreSQL beside one
 *   node bench/scale.ts layout     the order of the rows of checks, on both engines
 *
 *   [--monitors N] [--seconds N] [--rounds N] [--organizations N] [--changing 0.01] [--profile FOLDER]
 */
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { measureLayouts } from './scale-layout.ts'
import { measureProcesses } from './scale-processes.ts'
import { measureServer } from './scale-server.ts'
import { measureStore } from './scale-store.ts'
import { type Target, TARGETS_OPTION, tellTargets } from './targets.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    monitors: { type: 'string' },
    seconds: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    organizations: { type: 'string' },
    changing: { type: 'string', default: '0.01' },
    profile: { type: 'string' },
    ...TARGETS_OPTION,
  },
})
const rounds = Number(values.rounds)
const monitors = (fallback: number): number => Number(values.monitors ?? fallback)
const seconds = (fallback: number): number => Number(values.seconds ?? fallback)
const organizations = (fallback: number): number => Number(values.organizations ?? fallback)

const BENCHMARKS: Readonly<Record<string, () => Promise<readonly Target[]>>> = {
  server: () =>
    measureServer({
      monitors: monitors(1_000_000),
      seconds: seconds(60),
      changingShare: Number(values.changing),
      profile: values.profile ?? null,
    }),
  async store() {
    const scale = { monitors: monitors(100_000), organizations: organizations(1), rounds, seconds: seconds(3) }
    return [await measureStore({ ...scale, engine: 'sqlite' }), await measureStore({ ...scale, engine: 'postgres' })]
  },
  processes: async () => [await measureProcesses({ monitors: monitors(100_000), seconds: seconds(5), rounds })],
  async layout() {
    await measureLayouts({ monitors: monitors(200_000), organizations: organizations(2000), seconds: seconds(60) })
    return []
  },
}

const [name = 'server'] = positionals
const benchmark = BENCHMARKS[name]
if (benchmark === undefined) throw new Error(`there is no ${name}; choose of ${Object.keys(BENCHMARKS).join(', ')}`)
const load = loadavg().map((value) => value.toFixed(1))
console.log(`Node ${process.version}, ${availableParallelism()} processors, load average ${load.join(' ')} before`)
tellTargets(values.targets, await benchmark())
