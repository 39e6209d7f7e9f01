/** n8n as a process on loopback, and the way of its editor into it. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../harness/free-port.ts'

export interface N8n extends AsyncDisposable {
  readonly origin: string
  /** What it wrote on stdout and stderr. */
  readonly log: () => string
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface N8nSetting {
  readonly command: string
  readonly userFolder: string
  readonly port: number
  /** Where others are told to reach it. */
  readonly publicUrl: string
}

const READY_WITHIN_MS = 180_000

export async function startN8n({ command, userFolder, port, publicUrl }: N8nSetting): Promise<N8n> {
  const origin = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [command, 'start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${process.execPath.replace(/\/node$/, '')}:/usr/bin:/bin`,
      HOME: userFolder,
      N8N_USER_FOLDER: userFolder,
      N8N_LISTEN_ADDRESS: '127.0.0.1',
      N8N_PORT: String(port),
      N8N_RUNNERS_BROKER_PORT: String(await freePort()),
      N8N_WEBHOOK_URL: publicUrl,
      N8N_SECURE_COOKIE: 'false',
      N8N_DIAGNOSTICS_ENABLED: 'false',
      N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
      N8N_TEMPLATES_ENABLED: 'false',
      // It asks a server of n8n's own for its list at every start.
      N8N_DISABLED_MODULES: 'mcp-registry',
      N8N_PERSONALIZATION_ENABLED: 'false',
      N8N_LOG_LEVEL: 'warn',
    },
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += String(chunk)))
  const ended = once(child, 'exit')
  const stop = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await isReady(origin))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop('SIGKILL')
      throw new Error(`n8n did not start:\n${log}`)
    }
    await pause(250)
  }
  return { origin, log: () => log, stop, [Symbol.asyncDispose]: () => stop('SIGTERM') }
}

async function isReady(origin: string): Promise<boolean> {
  return fetch(`${origin}/healthz/readiness`).then(
    ({ ok }) => ok,
    () => false,
  )
}

/** The editor's own interface. */
export interface Editor {
  /** The member `data` of the answer; throws for a status that is no success. */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
}

export async function signIn(origin: () => string): Promise<Editor> {
  const browser = randomBytes(8).toString('hex')
  let cookie = ''
  const editor: Editor = {
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(`${origin()}${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'browser-id': browser, cookie },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      cookie = response.headers.getSetCookie().find((one) => one.startsWith('n8n-auth=')) ?? cookie
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`)
      const answer: unknown = text === '' ? null : JSON.parse(text)
      const isWrapped = typeof answer === 'object' && answer !== null && 'data' in answer && path.startsWith('/rest/')
      return (isWrapped ? answer.data : answer) as T
    },
  }
  const owner = { email: 'owner@example.com', firstName: 'O', lastName: 'W', password: 'Passw0rd-for-a-test' }
  await editor.call('POST', '/rest/owner/setup', owner)
  return editor
}
