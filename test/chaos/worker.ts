/**
 * A process that delivers: the real store, the real deliverer and the real sender, without the DNS and the API.
 *
 * It takes orders from its parent and writes down what it does, each line before the next step, so that the parent
 * knows what a killed process was doing. Started with its settings as JSON in the first argument, it loads everything
 * and serves at the first message: whoever replaces a dead process is there at once.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { createMint, type Clock, type Log, systemClock, testBody } from '@dnsradar/core'
import { createDeliverer } from '@dnsradar/core/deliver'
import { parseAllowList } from '@dnsradar/core/send/guard'
import { createSender } from '@dnsradar/core/send/http'
import { openStore, parseKeyRing } from '@dnsradar/store'
import { createFaults } from './faults.ts'
import { mutantQueue } from './mutants.ts'
import { type Done, type Line, LINES_FD, type Order, type WorkerSettings } from './protocol.ts'
import { recordNews } from './record-news.ts'
import { type Watch, watchQueue, watchSender } from './watched.ts'

/** The deliverer polls once a second; everything else here is scaled down ten times and more. */
const LONGEST_WAIT_MS = 100
const NOTHING: Done = { events: [] }
const RECOVERY_SLICE = 20

const settings = JSON.parse(process.argv[2] ?? '') as WorkerSettings
const { orgId } = settings
const say = (line: Line): void => void writeSync(LINES_FD, `${JSON.stringify(line)}\n`)
const faults = createFaults(say)
const watch: Watch = { worker: settings.name, faults, say, leaseMs: settings.leaseMs }
const clock: Clock = { ...systemClock, wait: (ms, signal) => systemClock.wait(Math.min(ms, LONGEST_WAIT_MS), signal) }

const log: Log = {
  debug() {},
  info() {},
  warn: (fields, message) => say({ is: 'logged', level: 'warn', message, error: errorIn(fields) }),
  error: (fields, message) => say({ is: 'logged', level: 'error', message, error: errorIn(fields) }),
}

await once(process, 'message')
const store = await openStore(settings.url, {
  clock,
  random: (length) => randomBytes(length),
  keyRing: parseKeyRing(settings.keyRing),
  serving: true,
  // Only a power failure would tell this from waiting for the disk.
  sync: 'normal',
  // Asked for while a recording writes its deliveries: the one moment inside that transaction that can be had.
  monitorUrl: () => {
    faults.reachNow('record:during')
    return null
  },
  log,
})
const queue = settings.mutant === null ? store.queue : mutantQueue(settings.mutant, store)
const sender = createSender({
  allow: parseAllowList(['127.0.0.0/8']),
  ownListen: () => null,
  keepResponses: true,
  resolve: async () => ['127.0.0.1'],
})
const node = createMint(clock.now, (length) => randomBytes(length))('nod')
const deliverer = createDeliverer({
  store: { queue: watchQueue(queue, watch) },
  sender: watchSender(sender, watch),
  clock,
  log,
  node,
  policy: { delays: settings.retryDelays, random: () => 0 },
  userAgent: 'DNSRadar/0',
})
const stopping = new AbortController()
const stopped = deliverer.run(stopping.signal)

process.on('message', ({ id, order }: { id: number; order: Order }) => void obey(id, order))
// Nobody is left to answer to.
process.on('disconnect', () => {
  if (!stopping.signal.aborted) process.exit(1)
})
say({ is: 'ready' })

async function obey(id: number, order: Order): Promise<void> {
  try {
    say({ is: 'done', order: id, done: await perform(order) })
    deliverer.poke()
    if (order.do === 'stop') process.disconnect()
  } catch (error) {
    say({ is: 'refused', order: id, why: String(error) })
  }
}

async function perform(order: Order): Promise<Done> {
  switch (order.do) {
    case 'arm':
      faults.arm(order.point, order.fault)
      return NOTHING
    case 'let-go':
      faults.letGo(order.point)
      return NOTHING
    case 'record': {
      await faults.reach('record:before')
      const events = await recordNews(store, orgId, node, order.monitors)
      await faults.reach('record:after')
      return { events }
    }
    case 'disable':
      await store.webhooks.setActive(orgId, order.webhook, { isActive: false, reason: 'manual' })
      return NOTHING
    case 'enable':
      await store.webhooks.setActive(orgId, order.webhook, { isActive: true })
      return NOTHING
    case 'delete':
      await store.webhooks.delete(orgId, order.webhook)
      return NOTHING
    case 'test':
      await store.deliveries.createTest(orgId, order.webhook, ({ id, created }, webhook) =>
        testBody(id.slice('req_'.length), created, webhook),
      )
      return NOTHING
    case 'retry':
      await store.webhooks.retry(orgId, order.webhook)
      return NOTHING
    case 'retry-request':
      await retryRequest(order.webhook)
      return NOTHING
    case 'recover':
      await recover(order)
      return NOTHING
    case 'stop':
      stopping.abort()
      await stopped
      await sender[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      return NOTHING
  }
}

async function retryRequest(webhook: Extract<Order, { do: 'retry-request' }>['webhook']): Promise<void> {
  const page = { limit: 1, way: 'asc', after: null, before: null } as const
  const [head] = (await store.deliveries.list(orgId, webhook, { status: 'RETRYING' }, page)).items
  const [first] = (await store.deliveries.list(orgId, webhook, {}, page)).items
  const one = head ?? first
  if (one !== undefined) await store.deliveries.retry(orgId, webhook, one.id)
}

async function recover({ webhook, since }: Extract<Order, { do: 'recover' }>): Promise<void> {
  let after: NonNullable<Awaited<ReturnType<typeof store.webhooks.recover>>>['after'] = null
  do {
    const slice = await store.webhooks.recover(orgId, webhook, { since, after, limit: RECOVERY_SLICE })
    after = slice?.after ?? null
    deliverer.poke()
  } while (after !== null)
}

function errorIn(fields: object): string | null {
  return 'err' in fields ? String(fields.err) : 'error' in fields ? String(fields.error) : null
}
