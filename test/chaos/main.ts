/**
 * The kill test for as long as you like: `pnpm test:chaos --minutes N [--seed S] [--engine sqlite|postgres] [--seconds T]`.
 *
 * Every run makes trouble for T seconds and prints its seed and its figures. With `--seed` the same trouble is made
 * again, all the time; processes race as they like, so a rare failure may need some repetitions.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../packages/store/test/postgres-server.ts'
import type { Engine } from '../harness/databases.ts'
import { type ChaosDatabase, openPostgresDatabase, openSqliteDatabase } from './database.ts'
import { figuresOf, violations } from './judge.ts'
import { runChaos } from './run.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    engine: { type: 'string' },
    seconds: { type: 'string', default: '10' },
  },
})

await using made = new AsyncDisposableStack()
const databases: Record<Engine, () => Promise<ChaosDatabase>> = { sqlite: openSqliteDatabase, postgres: noPostgres }
const engines = (['sqlite', 'postgres'] as const).filter((engine) => (values.engine ?? engine) === engine)
if (engines.includes('postgres')) {
  const server = made.use(await startPostgres())
  databases.postgres = () => openPostgresDatabase(server)
}

if (engines.length === 0) throw new Error('--engine is sqlite or postgres')

const until = Date.now() + Number(values.minutes) * 60_000
let failures = 0
do {
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
  for (const engine of engines) failures += await oneRun(engine, seed)
} while (Date.now() < until)
process.exitCode = failures === 0 ? 0 : 1

async function oneRun(engine: Engine, seed: number): Promise<number> {
  await using database = await databases[engine]()
  const durationMs = Number(values.seconds) * 1000
  const evidence = await runChaos(database, { seed, durationMs, calmMs: 60_000, mutant: null })
  const found = violations(evidence)
  console.log(JSON.stringify({ engine, seed, ...figuresOf(evidence), violations: found.length }))
  for (const violation of found) console.log(`  ${violation}`)
  return found.length
}

function noPostgres(): never {
  throw new Error('PostgreSQL was not started')
}
