/** What a command has around it. Tests bring their own. */
import { type Environment, environment } from '../config/environment.ts'
import { type Output, processOutput } from './output.ts'

/** What a command works with that neither asks nor waits for anybody. */
export type BatchContext = Pick<Context, 'output' | 'env'>

export interface Context {
  readonly output: Output
  readonly input: Input
  readonly env: Environment
  /** Aborts when somebody asks the command to end. Without a call of this a signal ends the process at once. */
  interrupted(): AbortSignal
}

/** What is typed, or what comes through a pipe. */
export type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean
  /** Keys one by one, without Enter; terminals only. */
  setRawMode?(isRaw: boolean): unknown
}

export const processContext: Context = {
  output: processOutput,
  get input() {
    return process.stdin
  },
  env: environment,
  interrupted,
}

let interruption: AbortController | null = null

/** A second signal ends the process at once. */
function interrupted(): AbortSignal {
  if (interruption === null) {
    const asked = new AbortController()
    interruption = asked
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked.signal.aborted) process.exit(130)
        asked.abort()
      })
    }
  }
  return interruption.signal
}

/** Whoever reads our output may stop reading: `dnsradar events list | head`. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    // Whoever listens for the end has something to put away first.
    if (interruption === null) process.exit(0)
    interruption.abort()
  })
}
