/**
 * Hostile requests to every route of a server in a process of its own, some tens at a time:
 *
 *   pnpm test:hostile [--seconds 60] [--seed N]
 *
 * Fails when anything is answered that no route documents, when nothing is answered within ten seconds, when the process
 * dies, when a route lets nobody in, and when memory or open files grow from the first third to the end. The same
 * seed sends the same requests to each route; which of them meet in the server is up to the machine.
 */
import { randomInt } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { residentMegabytes } from '../../bench/process-figures.ts'
import { type RadarProcess, spawnRadar } from '../harness/radar-process.ts'
import { attack } from './attack.ts'
import { confine } from './confined.ts'
import { titleOf } from './judge.ts'
import { TARGETS } from './surface.ts'
import { createTally } from './tally.ts'
import { openWorld, type World } from './world.ts'

/** Routes that are attacked at the same time, one request each. */
const AT_ONCE = 32
/** Requests before the next route gets its turn. */
const TURN = 8
/** So often asked, a route has to let a request in: else what is behind its door was not tried. */
const ENOUGH = 200
/** How much more the process may have in use at the end than after the first third, garbage not counted. */
const HEAP_RATIO = 1.25
/** The same of what it holds of the machine, which the collector gives back late. */
const RESIDENT_RATIO = 1.5
/** Connections to the database's files and to receivers come and go. */
const MORE_FILES = 20
/** Long enough for deliveries, timeouts and the collector to come to rest. */
const SETTLE_MS = 5_000
const MOST_REPORTS = 5
/** In a row, of making anew what requests took away. */
const MOST_FAILURES = 60
/** A prime: neighbours in the table, of which one deletes what the others need, are not attacked at the same time. */
const STRIDE = 37

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
})
const seconds = Number(values.seconds)
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
console.log(`seed ${seed}, ${seconds} s, ${TARGETS.length} routes`)

await using surroundings = await confine()
const COLLECTED = `--import=${new URL('collected.ts', import.meta.url).href}`
await using radar = await spawnRadar({ ...surroundings.settings, DNSRADAR_LOG: 'error', NODE_OPTIONS: COLLECTED })
const world = await openWorld({ origin: radar.url, key: surroundings.key, receiver: surroundings.receiver.url })
const tally = createTally()
const faults: string[] = []
let turn = 0

await attackAll(seconds / 3)
const early = await figuresOf('after a third', radar)
await attackAll((seconds * 2) / 3)
const late = await figuresOf('at the end', radar)

console.log(tally.table())
for (const { name, heap, resident, files } of [early, late]) {
  console.log(`${name}: ${heap.toFixed(1)} MB in use, ${resident.toFixed(0)} MB resident, ${files} files and sockets`)
}
if (late.heap > early.heap * HEAP_RATIO) faults.push(`memory in use grew by more than ${HEAP_RATIO}`)
if (late.resident > early.resident * RESIDENT_RATIO) faults.push(`resident memory grew by more than ${RESIDENT_RATIO}`)
if (late.files > early.files + MORE_FILES) faults.push(`more than ${MORE_FILES} files and sockets were left open`)
const shut = tally.shut(ENOUGH)
if (shut.length > 0) faults.push(`asked ${ENOUGH} times and more, and never let in: ${shut.join(', ')}`)
const ready = await fetch(`${radar.url}/readyz`).catch(() => null)
if (ready?.status !== 200) faults.push('the process is not ready at the end')
for (const fault of faults) console.error(`\nFAULT ${fault}`)
if (faults.length > 0) console.error(`\nseed ${seed}; the log of the process ends in\n${radar.stderr.slice(-5000)}`)
else console.log(`${tally.total} requests, no fault`)
process.exitCode = faults.length === 0 ? 0 : 1

/** For so long, and until every route had its turn: a machine may be busy. */
async function attackAll(forSeconds: number): Promise<void> {
  const until = performance.now() + forSeconds * 1000
  const last = turn + TARGETS.length
  const goesOn = (): boolean => (performance.now() < until || turn < last) && faults.length < MOST_REPORTS
  const keeping = keepWhile(world, goesOn)
  await Promise.all(Array.from({ length: AT_ONCE }, () => attackWhile(goesOn)))
  await keeping
}

async function attackWhile(goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const number = turn++
    const target = TARGETS[(number * STRIDE) % TARGETS.length]
    if (target === undefined) return
    const onOutcome = tally.count.bind(null, target)
    const found = await attack({ world, target, seed: seed + number, runs: TURN, onOutcome })
    if (found !== null) faults.push(`${titleOf(target)}: ${found}`)
  }
}

/** What requests take away is soon there again, unless they take it away in between. */
async function keepWhile(kept: World, goesOn: () => boolean): Promise<void> {
  let failures = 0
  while (goesOn()) {
    failures = await kept.keep().then(
      () => 0,
      (error: unknown) => {
        if (failures === MOST_FAILURES) faults.push(`what is attacked cannot be made: ${String(error)}`)
        return failures + 1
      },
    )
    await wait(250)
  }
}

interface Figures {
  readonly name: string
  /** Megabytes that are in use once garbage is collected. */
  readonly heap: number
  /** Megabytes. */
  readonly resident: number
  readonly files: number
}

async function figuresOf(name: string, part: RadarProcess): Promise<Figures> {
  await wait(SETTLE_MS)
  const said = part.stderr.length
  process.kill(part.pid, 'SIGUSR2')
  const left = /left after collection: (\d+)\n/
  for (let tries = 0; tries < 100 && !left.test(part.stderr.slice(said)); tries += 1) await wait(50)
  const heap = Number(left.exec(part.stderr.slice(said))?.[1]) / 1e6
  return { name, heap, resident: residentMegabytes(part.pid), files: readdirSync(`/proc/${part.pid}/fd`).length }
}
