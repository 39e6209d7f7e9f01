/** A deliverer at work: a store of its own, the real sender, real receivers, and time that the test moves. */
import { randomBytes } from 'node:crypto'
import {
  createMint,
  type Delivery,
  type Log,
  type NewWebhook,
  type OrganizationId,
  RETRY_DELAYS,
  type Store,
  type Webhook,
} from '@dnsradar/core'
import { createDeliverer, type DelivererDeps } from '@dnsradar/core/deliver'
import { parseAllowList } from '@dnsradar/core/send/guard'
import { createSender } from '@dnsradar/core/send/http'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { expect, vi } from 'vitest'
import { createTestClock, type TestClock } from './clock.ts'
import { aMonitor, aWebhook } from './new-rows.ts'
import { passingDatabase } from './databases.ts'

export interface LogLine {
  readonly level: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly message: string
}

export interface DeliveryBench extends AsyncDisposable {
  readonly store: Store
  readonly clock: TestClock
  readonly orgId: OrganizationId
  readonly logged: readonly LogLine[]
  /** A webhook on the default group. */
  webhook(change: Partial<NewWebhook> & Pick<NewWebhook, 'url'>): Promise<Webhook>
  /** Records so many events of one monitor, one per transaction; every webhook of the default group hears of them. */
  record(count: number): Promise<void>
  /** Starts a deliverer; disposing of the bench stops it. */
  deliver(change?: Partial<DelivererDeps>): RunningDeliverer
}

export interface RunningDeliverer {
  poke(): void
  /** Finishes what is in flight. */
  stop(): Promise<void>
}

export async function openDeliveryBench(): Promise<DeliveryBench> {
  const clock = createTestClock()
  const logged: LogLine[] = []
  const log = recordingLog(logged)
  const { settings } = await passingDatabase()
  const store = await openStore(settings['DATABASE_URL'] ?? '', {
    clock,
    random: (length) => randomBytes(length),
    keyRing: parseKeyRing(generateKey()),
    serving: true,
    log,
  })
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const running = new Set<RunningDeliverer>()
  // Every name leads to this machine, so that each receiver can have origins of its own.
  const sender = createSender({
    allow: parseAllowList(['127.0.0.0/8']),
    ownListen: () => null,
    keepResponses: true,
    resolve: async () => ['127.0.0.1'],
  })
  const mint = createMint(clock.now, (length) => randomBytes(length))
  const node = mint('nod')

  return {
    store,
    clock,
    orgId: organization.id,
    logged,
    webhook: (change) => store.webhooks.create(organization.id, aWebhook({ ...A_SECRET, ...change }), 1000),
    record: (count) => recordEvents(store, organization.id, clock, count),
    deliver(change = {}) {
      const stopping = new AbortController()
      const policy = { delays: RETRY_DELAYS, random: () => 0 }
      const deliverer = createDeliverer({ store, sender, clock, log, node, policy, userAgent: 'DNSRadar/0', ...change })
      const done = deliverer.run(stopping.signal)
      const handle = {
        poke: deliverer.poke,
        async stop() {
          stopping.abort()
          await done
          running.delete(handle)
        },
      }
      running.add(handle)
      return handle
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...running].map((deliverer) => deliverer.stop()))
      await sender[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

/** Of this webhook, in the order of their creation. */
export async function deliveriesTo({ store, orgId }: DeliveryBench, webhook: Webhook): Promise<readonly Delivery[]> {
  const page = { limit: 100, way: 'asc', after: null, before: null } as const
  return (await store.deliveries.list(orgId, webhook.id, {}, page)).items
}

/** The webhook as it is now. */
export async function current({ store, orgId }: DeliveryBench, webhook: Webhook): Promise<Webhook> {
  const found = await store.webhooks.get(orgId, webhook.id)
  if (found === null) throw new Error('the webhook is gone')
  return found
}

/** Waits until the first delivery has had so many attempts written down. */
export async function attempted(bench: DeliveryBench, webhook: Webhook, count: number): Promise<void> {
  await vi.waitFor(async () => expect((await deliveriesTo(bench, webhook))[0]?.attempts).toBe(count), 10_000)
}

function recordingLog(lines: LogLine[]): Log {
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** With which every delivery of the bench is signed. */
export const SECRET = 'your-webhook-secret-key'
const A_SECRET = { secret: SECRET, callerGaveSecret: true }

async function recordEvents(store: Store, orgId: OrganizationId, clock: TestClock, count: number): Promise<void> {
  const [watched] = await store.monitors.create(orgId, [aMonitor()])
  if (watched === undefined) throw new Error('no monitor was made')
  const node = createMint(clock.now, (length) => randomBytes(length))('nod')
  for (let i = 0; i < count; i++) {
    const check = await store.checks.claimOne(orgId, watched.monitor.id, { node, leaseMs: 60_000 })
    if (typeof check === 'string') throw new Error(`the monitor is ${check}`)
    const current = [`192.0.2.${2 + (i % 250)}`]
    const status = {
      ...check.status,
      state: 'MISMATCH' as const,
      current,
      lastChecked: clock.now(),
      nextCheck: clock.now(),
    }
    const change = {
      kind: 'record.changed' as const,
      oldState: 'MISMATCH' as const,
      newState: 'MISMATCH' as const,
      previous: check.status.current ?? [],
      current,
      incidenceCount: 1,
      reasons: [],
      confirmed: true,
    }
    await store.checks.record([{ check, status, change, baseline: null, unchanged: false, look: null }])
  }
}
