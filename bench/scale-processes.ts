/** Two processes on one PostgreSQL beside one: what leases and shared tables cost them. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { systemClock } from '@dnsradar/core'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { startPostgres } from '../packages/store/test/postgres-server.ts'
import { inTurns, medianOf, medianRatio, shown } from './rounds.ts'
import { createMonitors } from './scale-store.ts'
import type { Worked } from './scale-worker.ts'
import type { Target } from './targets.ts'

export interface ProcessesScale {
  readonly monitors: number
  readonly seconds: number
  readonly rounds: number
}

interface Together extends Worked {
  /** Of all processors, by whatever runs on the machine. */
  readonly busy: number
}

const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

export async function measureProcesses({ monitors, seconds, rounds }: ProcessesScale): Promise<Target> {
  await using server = await startPostgres()
  await server.query('postgres', 'create database bench')
  const url = server.url('bench')
  const keyRing = generateKey()
  const options = { clock: systemClock, random: (length: number) => randomBytes(length), serving: true, log: QUIET }
  await using store = await openStore(url, { ...options, keyRing: parseKeyRing(keyRing) })
  await createMonitors(store, monitors, 1)
  const run = (processes: number) => () => together(processes, [url, keyRing, String(seconds)])
  const one = '1 process'
  const results = await inTurns(
    [
      { name: one, run: run(1) },
      { name: '2 processes', run: run(2) },
    ],
    rounds,
  )
  console.table(
    [...results].map(([name, runs]) => ({
      'on one PostgreSQL': name,
      'checks per second': shown(
        medianOf(runs, ({ perSecond }) => perSecond),
        0,
      ),
      'to one': shown(
        medianRatio(runs, results.get(one) ?? [], ({ perSecond }) => perSecond),
        2,
      ),
      'CPU us a check, of the processes': shown(
        medianOf(runs, ({ cpuMicros }) => cpuMicros),
        1,
      ),
      'processors busy': shown(
        medianOf(runs, ({ busy }) => busy),
        2,
      ),
    })),
  )
  const value = medianRatio(results.get('2 processes') ?? [], results.get(one) ?? [], ({ perSecond }) => perSecond)
  return { what: 'two processes on one PostgreSQL to one', value, goal: 1.7, is: 'at least' }
}

async function together(processes: number, args: readonly string[]): Promise<Together> {
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(args)))
  const before = processorTime()
  const worked = await Promise.all(workers.map((work) => work()))
  const after = processorTime()
  const perSecond = worked.reduce((sum, one) => sum + one.perSecond, 0)
  const cpuMicros = worked.reduce((sum, one) => sum + one.cpuMicros, 0) / processes
  return { perSecond, cpuMicros, busy: 1 - (after.idle - before.idle) / (after.all - before.all) }
}

async function startWorker(args: readonly string[]): Promise<() => Promise<Worked>> {
  const script = new URL('scale-worker.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  await once(lines, 'line')
  return async () => {
    child.stdin.write('\n')
    const [line] = (await once(lines, 'line')) as [string]
    await once(child, 'close')
    return JSON.parse(line) as Worked
  }
}

function processorTime(): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0]
  for (const { times } of cpus()) {
    idle += times.idle
    all += times.idle + times.user + times.sys + times.nice + times.irq
  }
  return { idle, all }
}
