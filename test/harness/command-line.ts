/**
 * The command line in this process: as an operator runs it, without the wait for a process of its own.
 *
 * Commands see `env` and nothing else of what is set in this process.
 */
import { PassThrough } from 'node:stream'
import { runCli } from '@dnsradar/server/cli'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Running extends AsyncDisposable {
  readonly ended: Promise<Ran>
  /** Everything printed so far. */
  readonly stdout: string
  readonly stderr: string
  /** Resolves once stdout or stderr has something that matches. Rejects when the command ends before. */
  printed(pattern: RegExp): Promise<void>
  type(keys: string): void
  /** What Ctrl-C does. */
  interrupt(): void
}

type Settings = Readonly<Record<string, string>>

/** `DNSRADAR_URL` and `DNSRADAR_TOKEN` of a server that runs. */
export function settingsFor({ url, key }: { readonly url: string; readonly key: string }): Settings {
  return { DNSRADAR_URL: url, DNSRADAR_TOKEN: key }
}

/** Runs a command that is expected to end by itself. No terminal is there. */
export async function runCommand(args: readonly string[], env: Settings = {}): Promise<Ran> {
  await using running = startCommand(args, env)
  return await running.ended
}

/** `terminal`: somebody looks, and can type. */
export function startCommand(
  args: readonly string[],
  env: Settings = {},
  { terminal = false }: { readonly terminal?: boolean } = {},
): Running {
  const input = Object.assign(new PassThrough(), { isTTY: terminal })
  const asked = new AbortController()
  const watchers = new Set<() => void>()
  const written = { stdout: '', stderr: '' }
  const write = (to: keyof typeof written) => (line: string) => {
    written[to] += `${line}\n`
    for (const look of watchers) look()
  }
  const screen = { isTerminal: terminal, hasColours: false, columns: terminal ? 120 : Number.POSITIVE_INFINITY }
  const output = { out: write('stdout'), err: write('stderr'), redraw: write('stderr'), screen, notes: screen }
  const ended = runCli(args, { output, input, env, interrupted: () => asked.signal }).then((code) => ({
    code,
    ...written,
  }))
  return {
    ended,
    get stdout() {
      return written.stdout
    },
    get stderr() {
      return written.stderr
    },
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(written.stdout) && !pattern.test(written.stderr)) return
          watchers.delete(look)
          resolve()
        }
        watchers.add(look)
        look()
        void ended.then(({ code }) => {
          look()
          reject(
            new Error(`ended with ${code} and printed nothing like ${pattern}:\n${written.stdout}${written.stderr}`),
          )
        })
      }),
    type: (keys) => void input.write(keys),
    interrupt: () => asked.abort(),
    async [Symbol.asyncDispose]() {
      asked.abort()
      await ended
    },
  }
}
