/** One worker process: started, told what to do, killed, stopped and continued. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { endLife, type Ledger, type Life } from './ledger.ts'
import { type Done, type Line, LINES_FD, type Order, type WorkerSettings } from './protocol.ts'

const SCRIPT = new URL('worker.ts', import.meta.url).pathname

export interface Worker {
  readonly name: string
  readonly isAlive: boolean
  readonly isPaused: boolean
  readonly isReady: boolean
  /** Resolves when it serves; also when it ends before. */
  readonly ready: Promise<void>
  readonly ended: Promise<void>
  /** Until then it is only loaded. */
  serve(): void
  /** Null when it dies before it answers, or refuses. */
  ask(order: Order): Promise<Done | null>
  kill(): Promise<void>
  /** Stands still for longer than a lease, unless it is killed meanwhile. */
  pause(): Promise<void>
  /** The first thing that is made of a line from now on; null when it ends before. */
  listen<T>(answer: (line: Line) => T | undefined): Promise<T | null>
}

export function startWorker(settings: WorkerSettings, ledger: Ledger): Worker {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc', 'pipe'],
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(tmpdir(), 'dnsradar-chaos-cache') },
  })
  // An order to a process that has just died; its end is heard of below.
  child.on('error', () => {})
  const life: Life = { worker: settings.name, ended: null, pauses: [] }
  const dying = { since: null as number | null, why: '' }
  const ended = untilEnded(child, life, ledger, dying)
  const ears = createEars(ended)
  const pauseMs = Math.round(settings.leaseMs * PAUSE_PER_LEASE)
  let isReady = false
  let asked = 0

  createInterface(child.stdio[LINES_FD] as Readable).on('line', (text) => {
    const line = JSON.parse(text) as Line
    if (line.is === 'at' && line.fault === 'kill') dying.since = line.at
    ledger.hear(settings.name, line)
    ears.hear(line)
    if (line.is === 'at' && line.fault === 'pause') void standStill(line.at)
  })

  async function standStill(from: number): Promise<void> {
    const pause = { from, until: null as number | null }
    life.pauses.push(pause)
    await Promise.race([new Promise((resolve) => setTimeout(resolve, pauseMs)), ended])
    pause.until = Date.now()
    child.kill('SIGCONT')
  }

  const ready = ears.listen((line) => (line.is === 'ready' ? (isReady = true) : undefined))
  return {
    name: settings.name,
    get isAlive() {
      return life.ended === null && dying.since === null
    },
    get isPaused() {
      return life.pauses.some(({ until }) => until === null)
    },
    get isReady() {
      return isReady
    },
    ready: ready.then(() => {}),
    ended,
    serve() {
      ledger.lives.push(life)
      child.send('serve', () => {})
    },
    async ask(order) {
      await ready
      if (life.ended !== null) return null
      const id = ++asked
      if (order.do === 'stop') dying.why = 'stopped'
      const answer = ears.listen((line) => {
        if (line.is === 'done' && line.order === id) return line.done
        return line.is === 'refused' && line.order === id ? 'refused' : undefined
      })
      child.send({ id, order }, () => {})
      const done = await answer
      return done === 'refused' ? null : done
    },
    async kill() {
      dying.since ??= Date.now()
      child.kill('SIGKILL')
      await ended
    },
    async pause() {
      child.kill('SIGSTOP')
      await standStill(Date.now())
    },
    listen: ears.listen,
  }
}

interface Ears {
  hear(line: Line): void
  listen: Worker['listen']
}

function createEars(ended: Promise<void>): Ears {
  const listeners = new Set<(line: Line) => boolean>()
  return {
    hear(line) {
      for (const listener of listeners) if (listener(line)) listeners.delete(listener)
    },
    listen<T>(answer: (line: Line) => T | undefined) {
      const spoken = new Promise<T>((resolve) => {
        listeners.add((line) => {
          const value = answer(line)
          if (value !== undefined) resolve(value)
          return value !== undefined
        })
      })
      return Promise.race([spoken, ended.then(() => null)])
    },
  }
}

/** A pause must outlast the lease by so much that somebody else can have taken the work and be done with it. */
const PAUSE_PER_LEASE = 1.4

/** Resolves once its last lines are read as well. */
async function untilEnded(
  child: ChildProcess,
  life: Life,
  ledger: Ledger,
  dying: { readonly since: number | null; readonly why: string },
): Promise<void> {
  const complaints: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  const at = dying.since ?? Date.now()
  const how = signal === 'SIGKILL' ? 'killed' : code === 0 && dying.why === 'stopped' ? 'stopped' : 'crashed'
  endLife(ledger, life, { at, how, why: complaints.join('') })
}
