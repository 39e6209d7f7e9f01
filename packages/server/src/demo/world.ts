/** The demo's world: name servers, the whole product on a database of its own, a receiver. All of it on loopback. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, connect } from '@dnsradar/client'
import { generateSecret } from '@dnsradar/core/delivery/sign'
import { readConfig } from '../config.ts'
import { startServer } from '../server.ts'
import { startNameServer } from './dns/name-server.ts'
import { Zone } from './dns/zone.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { ZONE } from './story.ts'

export interface World extends AsyncDisposable {
  readonly zone: Zone
  /** Two upstreams, so that one can confirm what the other says. */
  readonly nameServers: readonly string[]
  readonly receiver: Receiver
  readonly client: Client
  readonly address: string
  readonly key: string
}

export interface WorldOptions {
  /** 0 picks a free one. */
  readonly port: number
  /** Milliseconds until a delivery that failed is tried again. */
  readonly retryMs: number
}

/** The rest of a list of delays, so that a slow machine does not run out of tries. */
const RETRIES = 9

export async function openWorld({ port, retryMs }: WorldOptions): Promise<World> {
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-demo-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
  const zone = new Zone()
  for (const { name, type, values } of ZONE) zone.set(name, type, values)
  const first = opening.use(await startNameServer(zone))
  const second = opening.use(await startNameServer(zone))
  const nameServers = [first.address, second.address]
  const secret = generateSecret(randomBytes)
  const receiver = opening.use(await startReceiver(secret))
  // None of the environment: the demo is the same wherever it runs, and touches nothing that is there.
  const { config } = readConfig({
    PORT: String(port),
    DATABASE_URL: `sqlite:${join(folder, 'demo.db')}`,
    DNSRADAR_RESOLVERS: nameServers.join(','),
    DNSRADAR_AUTHORITATIVE: 'off',
    DNSRADAR_WEBHOOK_ALLOW: `127.0.0.1:${receiver.port}`,
    DNSRADAR_RETRY_DELAYS: Array.from({ length: RETRIES }, () => `${retryMs}ms`).join(','),
    DNSRADAR_LOG: 'error',
  })
  const server = opening.use(await startServer(config))
  const { address, key } = server
  if (address === null || key === null) throw new Error('a new database has no address or no key')
  const client = connect({ url: address, key })
  await client.createWebhook({ url: receiver.url, secret })
  const opened = opening.move()
  return { zone, nameServers, receiver, client, address, key, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
