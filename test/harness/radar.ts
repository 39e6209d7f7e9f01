/**
 * The whole product in this process, between a name server and a webhook receiver of the test's own: every socket is
 * real and on loopback, and the clock may be the test's.
 */
import { randomBytes } from 'node:crypto'
import { type Client, connect } from '@dnsradar/client'
import { type Overrides, readConfig, type RunningServer, startServer } from '@dnsradar/server'
import { accompany } from './clock.ts'
import { anyDatabase, type Database } from './databases.ts'
import { describedFetch } from './described.ts'
import { type DnsServer, startDnsServer } from './dns-server.ts'
import { type Receiver, startReceiver } from './webhook-receiver.ts'

export { runRadar, spawnPart, spawnRadar } from './radar-process.ts'

/** What a server needs outside itself. */
export interface Surroundings extends AsyncDisposable {
  readonly dns: DnsServer
  readonly receiver: Receiver
  readonly database: Database
  /** An admin key that every server of these settings accepts. */
  readonly key: string
  /** Point a server at all of the above; its port is a free one. */
  readonly settings: Readonly<Record<string, string>>
}

export interface Radar extends Surroundings {
  readonly url: string
  readonly client: Client
  readonly server: RunningServer
}

export interface RadarOptions {
  readonly settings?: Readonly<Record<string, string>>
  readonly overrides?: Overrides
  /** An empty one when left out, of the engine that tests run on. */
  readonly database?: Database
}

export async function startRadar(options: RadarOptions = {}): Promise<Radar> {
  await using stack = new AsyncDisposableStack()
  const surroundings = stack.use(await surround(options))
  const { config } = readConfig(surroundings.settings)
  const server = stack.use(await startServer(config, options.overrides))
  stack.defer(accompany(options.overrides?.clock, config.databaseUrl))
  if (server.address === null) throw new Error('these settings do not serve the API')
  const client = connect({ url: server.address, key: surroundings.key, fetch: describedFetch })
  const held = stack.move()
  return { ...surroundings, url: server.address, client, server, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

/** Name server, receiver, database and settings without a server: for tests that start one as a process. */
export async function surround(options: Pick<RadarOptions, 'settings' | 'database'> = {}): Promise<Surroundings> {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(options.database ?? (await anyDatabase()))
  const dns = stack.use(await startDnsServer())
  const receiver = stack.use(await startReceiver())
  const key = `sk_${randomBytes(20).toString('hex')}`
  const settings = {
    PORT: '0',
    DNSRADAR_API_KEY: key,
    DNSRADAR_RESOLVERS: dns.address,
    DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1',
    DNSRADAR_LOG: 'silent',
    // A test that polls asks more often than a person would.
    DNSRADAR_RATE_LIMIT: '0',
    ...database.settings,
    ...options.settings,
  }
  const held = stack.move()
  return { dns, receiver, database, key, settings, [Symbol.asyncDispose]: () => held.disposeAsync() }
}
