/**
 * A store in a file that waits for the disk at every commit, one webhook and one monitor to each group, and a deliverer
 * with the real sender: what stands between an event and its receiver, without the DNS.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createMint,
  RETRY_DELAYS,
  systemClock,
  type NewMonitor,
  type WatchedMonitor,
  type Webhook,
} from '@dnsradar/core'
import { createDeliverer } from '@dnsradar/core/deliver'
import { parseAllowList } from '@dnsradar/core/send/guard'
import { createSender } from '@dnsradar/core/send/http'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { aMonitor, aWebhook } from '@dnsradar/test/new-rows'

const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

export interface DeliveryWorld extends AsyncDisposable {
  readonly store: Awaited<ReturnType<typeof openStore>>
  readonly webhooks: readonly Webhook[]
  /** One more event of each of these monitors, all in one transaction, and so one delivery to the webhook beside each. */
  record(which: readonly number[]): Promise<void>
  /** Delivers until the answer is called. */
  deliver(): { poke(): void; stop(): Promise<void> }
}

/** One webhook to each url. `retryAfter`: every failed attempt is made again after so many milliseconds, for ever. */
export async function openWorld(
  urls: readonly string[],
  options: { readonly timeoutMs?: number; readonly retryDelays?: readonly number[] } = {},
): Promise<DeliveryWorld> {
  await using made = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-bench-'))
  made.defer(() => rm(folder, { recursive: true, force: true }))
  const store = made.use(
    await openStore(`sqlite:${join(folder, 'bench.db')}`, {
      clock: systemClock,
      random: (length) => randomBytes(length),
      keyRing: parseKeyRing(generateKey()),
      sync: 'full',
      serving: true,
      log: QUIET,
    }),
  )
  const sender = made.use(
    createSender({
      allow: parseAllowList(['127.0.0.0/8']),
      ownListen: () => null,
      keepResponses: true,
      // Every name leads to this machine, so that receivers can have origins of their own.
      resolve: async () => ['127.0.0.1'],
    }),
  )
  const node = createMint(systemClock.now, randomBytes)('nod')
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const monitors = await store.monitors.create(
    organization.id,
    urls.map((_, at) => monitorOf(at)),
  )
  const webhooks: Webhook[] = []
  for (const [at, url] of urls.entries()) {
    const webhook = aWebhook({ ...A_SECRET, url, groups: [groupOf(at)], timeoutMs: options.timeoutMs ?? 5000 })
    webhooks.push(await store.webhooks.create(organization.id, webhook, 1))
  }
  const parts = made.move()

  return {
    store,
    webhooks,
    async record(which) {
      const results = []
      for (const at of which) {
        const { monitor } = monitors[at] as WatchedMonitor
        const check = await store.checks.claimOne(organization.id, monitor.id, { node, leaseMs: 60_000 })
        if (typeof check === 'string') throw new Error(`the monitor is ${check}`)
        results.push(resultOf(check))
      }
      await store.checks.record(results)
    },
    deliver() {
      const stopping = new AbortController()
      const policy = { delays: options.retryDelays ?? RETRY_DELAYS, random: () => 0 }
      const parts = { store, sender, clock: systemClock, log: QUIET, node, policy, userAgent: 'DNSRadar/0' }
      const deliverer = createDeliverer(parts)
      const done = deliverer.run(stopping.signal)
      return {
        poke: deliverer.poke,
        async stop() {
          stopping.abort()
          await done
        },
      }
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

const A_SECRET = { secret: 'your-webhook-secret-key', callerGaveSecret: true }

function groupOf(at: number): string {
  return `group-${at}`
}

function monitorOf(at: number): NewMonitor {
  return aMonitor({ group: groupOf(at), subdomain: `www${at}`, ownerName: `www${at}.example.com`, intervalMinutes: 60 })
}

type Claimed = Exclude<Awaited<ReturnType<DeliveryWorld['store']['checks']['claimOne']>>, string>

/** Yet another value while broken: an event each time. */
function resultOf(check: Claimed) {
  const now = Date.now()
  const previous = check.status.current ?? []
  const current = [previous[0] === '192.0.2.2' ? '192.0.2.3' : '192.0.2.2']
  const status = { ...check.status, state: 'MISMATCH', current, lastChecked: now, nextCheck: now + 3_600_000 } as const
  const states = { oldState: check.status.state, newState: 'MISMATCH' } as const
  const values = { previous, current, incidenceCount: 1, reasons: [], confirmed: true }
  const change = { kind: 'record.changed', ...states, ...values } as const
  return { check, status, change, baseline: null, unchanged: false, look: null }
}
