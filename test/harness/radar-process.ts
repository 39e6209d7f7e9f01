/**
 * The product as a process of its own, as an operator starts it: for what only a process can show, such as its death.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { type Client, connect } from '@dnsradar/client'
import { describedFetch } from './described.ts'

/** As `start` says it: with a larger one V8 pauses for 20 ms instead of 4, and takes 100 MB more. */
const YOUNG_GENERATION = '--max-semi-space-size=16'
const MAIN = new URL('../../packages/server/src/main.ts', import.meta.url).pathname

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A process that runs some parts of the product. */
export interface Part extends AsyncDisposable {
  readonly pid: number
  /** Everything printed so far. */
  readonly stdout: string
  readonly stderr: string
  /** Sends the signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<Exit>
}

/** One that serves the API among them. */
export interface RadarProcess extends Part {
  readonly url: string
  /** The key that it printed while it started. */
  readonly printedKey: string | null
  readonly client: Client
}

export type Settings = Readonly<Record<string, string>>

type Child = ChildProcessByStdio<null, Readable, Readable>

const START_TIMEOUT = 20_000

/** Starts `serve` on a free port and waits until it is ready. Without a `key` that is known, one has to be printed. */
export async function spawnRadar(settings: Settings, key?: string): Promise<RadarProcess> {
  const known = settings['DNSRADAR_API_KEY'] ?? key
  const part = await spawnPart(settings, known === undefined ? /^Try it.*\n/m : undefined)
  const url = /https?:\/\/\S+:\d+/.exec(part.stdout)?.[0] ?? ''
  const printedKey = /\bsk_\w+/.exec(part.stdout)?.[0] ?? null
  try {
    const client = connect({ url, ...keyOf(known ?? printedKey), fetch: describedFetch })
    await untilReady(url)
    return Object.assign(part, { url, printedKey, client })
  } catch (error) {
    await part[Symbol.asyncDispose]()
    throw error
  }
}

/** Starts `serve` and waits for a line that it prints. Lines may arrive one by one, so wait for the last that is needed. */
export async function spawnPart(settings: Settings, printed: RegExp = /^Data.*\n/m): Promise<Part> {
  const child = run(['serve'], { PORT: '0', ...settings })
  const output = collect(child)
  const exit = exitOf(child, output)
  const stop = (signal: NodeJS.Signals): Promise<Exit> => {
    child.kill(signal)
    return exit
  }
  try {
    await untilPrinted(output, exit, printed)
  } catch (error) {
    await stop('SIGKILL')
    throw error
  }
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL')
    },
  }
}

/** Runs a command that is expected to end by itself. */
export function runRadar(args: readonly string[], settings: Settings): Promise<Exit> {
  const child = run(args, settings)
  return exitOf(child, collect(child))
}

function run(args: readonly string[], settings: Settings): Child {
  // Nothing of this process's own environment: a developer's settings are none of the tests'.
  const env = { PATH: process.env['PATH'] ?? '', ...settings }
  return spawn(process.execPath, [YOUNG_GENERATION, MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

interface Output {
  stdout: string
  stderr: string
  /** Called after every piece. */
  heard: () => void
}

function collect(child: Child): Output {
  const output: Output = { stdout: '', stderr: '', heard: () => {} }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      output.heard()
    })
  }
  return output
}

async function exitOf(child: Child, output: Output): Promise<Exit> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, stdout: output.stdout, stderr: output.stderr }
}

function untilPrinted(output: Output, exit: Promise<Exit>, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}\n${output.stdout}\n${output.stderr}`))
    const timer = setTimeout(() => fail(`nothing like ${pattern} was printed in time`), START_TIMEOUT)
    output.heard = () => {
      if (!pattern.test(output.stdout)) return
      clearTimeout(timer)
      resolve()
    }
    void exit.then(({ code }) => {
      clearTimeout(timer)
      fail(`the process ended with ${code}`)
    })
  })
}

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT
  for (;;) {
    const response = await fetch(`${url}/readyz`).catch(() => null)
    await response?.body?.cancel()
    if (response?.ok) return
    if (Date.now() > deadline) throw new Error(`${url} did not become ready in time`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function keyOf(key: string | null): { key: string } | Record<string, never> {
  return key === null ? {} : { key }
}
