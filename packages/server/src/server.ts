/** The process: listens, runs the loops, and stops without losing what is in flight. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import type { Log, Store } from '@dnsradar/core'
import { compose, type Overrides, ownListen, type Parts } from './compose.ts'
import { type Config, servesApi } from './config.ts'
import { bootstrapApplication } from './entri/bootstrap.ts'
import { bootstrap } from './keys.ts'
import { createLog } from './log.ts'
import { keepHouse } from './retention.ts'
import { StartError } from './start-error.ts'

export interface RunningServer extends AsyncDisposable {
  /** `http://127.0.0.1:8053`; null when this process does not serve the API. */
  readonly address: string | null
  /** Where `/healthz`, `/readyz` and `/metrics` answer; null when nothing listens. */
  readonly probes: string | null
  /** The API key, when it was made by this start: it can be shown only now. */
  readonly key: string | null
  readonly store: Store
  /** Upstreams in use, as people write them. */
  readonly resolvers: readonly string[]
  /** Stops accepting, finishes what is in flight, gives back what is leased. Twice is once. */
  close(): Promise<void>
}

/** Throws `StartError` or the store's own refusal. */
export async function startServer(config: Config, overrides: Overrides = {}): Promise<RunningServer> {
  const log = overrides.log ?? createLog(config.log, process.stderr)
  const parts = await compose(config, log, overrides)
  try {
    const { key, organization } = await bootstrap(parts.store, config, randomBytes)
    await bootstrapApplication(parts, organization, config)
    const port = portOf(config)
    const http = port === null ? null : await listen(parts, config.host, port)
    await parts.presence.join()
    const loops = runLoops(parts, config, log)
    parts.state.isServing = true
    let closing: Promise<void> | null = null
    const close = (): Promise<void> => (closing ??= shutDown(parts, http, loops))
    return {
      address: http !== null && servesApi(config) ? addressOf(http) : null,
      probes: http === null ? null : addressOf(http),
      key,
      store: parts.store,
      resolvers: parts.resolver.servers,
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await parts[Symbol.asyncDispose]()
    throw error
  }
}

const API_PORT = 8053

/** Processes of other roles may share a machine, so only one that is told where listens, for those who look after it. */
function portOf(config: Config): number | null {
  return servesApi(config) ? (config.port ?? API_PORT) : config.port
}

/**
 * Whoever sends a request drop by drop holds a connection and what it sent so far. Shorter than Node's own minutes, and
 * enough for the largest body at 3 Mbit/s.
 */
const PATIENCE = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 }

/** About 250 MB when each holds as much as a stranger can make it hold. */
const MOST_CONNECTIONS = 10_000

async function listen({ app, state }: Parts, host: string, port: number): Promise<Server> {
  const http = createServer(PATIENCE, app)
  http.maxConnections = MOST_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(startError(error, host, port)))
    http.listen(port, host, resolve)
  })
  // A connection kept alive after its last answer would hold up the stop until it times out.
  http.on('request', (_req, res) => {
    res.once('close', () => state.stopping.signal.aborted && setImmediate(() => http.closeIdleConnections()))
  })
  const bound = http.address() as AddressInfo
  state.listen = ownListen(bound.address, bound.port)
  return http
}

function startError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} of ${host} is in use by another program; stop it, or set PORT to another one (0 picks a free one).`,
      )
    case 'EACCES':
      return new StartError(`Port ${port} of ${host} may not be used by this user; set PORT to one above 1023.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(
        `HOST ${JSON.stringify(host)} is no address of this machine; use 127.0.0.1, ::1, 0.0.0.0 or one of its own.`,
      )
    default:
      return error
  }
}

function addressOf(http: Server): string {
  const { address, family, port } = http.address() as AddressInfo
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address
  return `http://${family === 'IPv6' && host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Resolves when the loops have ended: they stop with the process and finish what is in flight. */
async function runLoops(parts: Parts, config: Config, log: Log): Promise<void> {
  const { roles, retentionMs } = config
  const { store, checker, deliverer, batches, notifier, presence, state, pulse } = parts
  const { signal } = state.stopping
  const loops: readonly (readonly [name: string, loop: Promise<void>])[] = [
    ...(servesApi(config) ? ([['batch', batches.run(signal)]] as const) : []),
    ...(roles.includes('check') ? ([['check', checker.run(signal)]] as const) : []),
    ...(roles.includes('deliver')
      ? ([
          ['deliver', deliverer.run(signal)],
          ['notice', notifier.run(signal)],
        ] as const)
      : []),
    // Whichever parts there are: in an installation of several processes none is the one that always lives.
    ['housekeeping', keepHouse({ store, clock: store.clock, log }, retentionMs, signal)],
    ['presence', presence.run(signal)],
  ]
  for (const [name, loop] of loops) {
    pulse.follow(name, loop, signal)
    loop.catch((error: unknown) => log.error({ err: error, loop: name }, 'a loop of the process ended'))
  }
  await Promise.allSettled(loops.map(([, loop]) => loop))
}

async function shutDown(parts: Parts, http: Server | null, loops: Promise<void>): Promise<void> {
  parts.state.isServing = false
  parts.state.stopping.abort()
  await Promise.all([http === null ? undefined : closeHttp(http), loops])
  // Everything leased is given back by now.
  await parts.presence.leave()
  await parts[Symbol.asyncDispose]()
}

/** Requests in flight are short once checks have been called off; what takes longer is a client that does not read. */
const HTTP_GRACE_MS = 5_000

async function closeHttp(http: Server): Promise<void> {
  const grace = setTimeout(() => http.closeAllConnections(), HTTP_GRACE_MS)
  await new Promise((resolve) => {
    http.close(resolve)
    http.closeIdleConnections()
  })
  clearTimeout(grace)
}
