/**
 * Every benchmark that has a target, one after the other, and at the end all targets in one table: `pnpm bench [--quick]`.
 *
 * Takes about a quarter of an hour; `--quick` takes fewer rounds, events and monitors, and says less.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { rowOf, type Target } from './targets.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, bullmq: { type: 'string' } } })
const bullmq = values.bullmq === undefined ? [] : ['--bullmq', values.bullmq]

const BENCHMARKS: readonly (readonly [args: readonly string[], quick: readonly string[]])[] = [
  [['resolve.ts'], ['--rounds', '1']],
  [['api.ts'], ['--rounds', '2', '--events', '200000']],
  [['dashboard.ts'], ['--rounds', '1', '--looks', '3']],
  [
    ['deliver.ts', ...bullmq],
    ['--rounds', '1'],
  ],
  [
    ['scale.ts', 'server'],
    ['--monitors', '100000', '--seconds', '30'],
  ],
  [
    ['scale.ts', 'store'],
    ['--rounds', '2', '--monitors', '20000'],
  ],
  [
    ['scale.ts', 'processes'],
    ['--rounds', '2', '--monitors', '20000'],
  ],
]

const folder = await mkdtemp(join(tmpdir(), 'dnsradar-bench-'))
const file = join(folder, 'targets')
const load = loadavg().map((value) => value.toFixed(1))
console.log(`Node ${process.version}, ${availableParallelism()} processors, load average ${load.join(' ')}`)
for (const [args, quick] of BENCHMARKS) await run([...args, ...(values.quick ? quick : []), '--targets', file])
const lines = (await readFile(file, 'utf8')).trim().split('\n')
console.log('\nAll targets')
console.table(lines.map((line) => rowOf(JSON.parse(line) as Target)))
await rm(folder, { recursive: true })

/** What fails is said by what failed; the others go on. */
async function run([script = '', ...args]: readonly string[]): Promise<void> {
  console.log(`\n== ${[script, ...args.slice(0, -2)].join(' ')}`)
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) console.log(`${script} ended with ${code}`)
}
