/**
 * A queue of ours and one of pg-boss behind one interface: a webhook of ours is a key of theirs, a delivery a job.
 */
import { randomUUID } from 'node:crypto'
import type { ClaimedDelivery, Recovered, Webhook } from '@dnsradar/core'
import { CLEARED, settle } from '@dnsradar/core/delivery/settle'
import { openStore } from '@dnsradar/store'
import type { PgBoss, TestClock as BossClock } from 'pg-boss'
import {
  ACCEPTED,
  aResult,
  BROKEN,
  CLAIM,
  claimMonitor,
  createMonitor,
  createTestClock,
  createWebhook,
  REFUSED,
  type Stand,
  START,
  testOptions,
} from '../../packages/store/test/fixtures.ts'
import { sqliteDatabase } from './databases.ts'

export const KEYS = [0, 1, 2] as const
export type Key = (typeof KEYS)[number]

/** A job is tried once and then so many times again, each that long after the failure before it. */
export const RETRIES = 2
export const RETRY_SECONDS = 60

/** Whether a key's job of this number, from 0, succeeds this time. */
type Attempt = (key: Key, job: number) => boolean

export interface Side extends AsyncDisposable {
  /** The next job of the key. */
  publish(key: Key): Promise<void>
  /** Tries everything that is due, and what becomes due by that; in the order in which it asks `attempt`. */
  work(attempt: Attempt): Promise<void>
  wait(ms: number): Promise<void>
  /** Sets a key going again that is blocked. */
  revive(key: Key): Promise<void>
  /** By hand, whatever state the key is in. */
  pause(key: Key): Promise<void>
  resume(key: Key): Promise<void>
  /** Keys whose head has failed for good and holds back the rest. */
  blocked(): Promise<readonly Key[]>
}

export async function ourSide(): Promise<Side> {
  await using stack = new AsyncDisposableStack()
  const { settings } = stack.use(await sqliteDatabase())
  const clock = createTestClock(START)
  const store = stack.use(await openStore(settings['DATABASE_URL'] ?? '', { ...testOptions(clock), sync: 'normal' }))
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const stand: Stand = { clock, store, orgId: organization.id }
  const keys = await Promise.all(
    KEYS.map(async (key) => {
      const group = `key-${key}`
      const webhook = await createWebhook(stand, { groups: [group] })
      return { webhook, monitor: await createMonitor(stand, { group }), events: [] as string[] }
    }),
  )
  const of = (key: Key) => orThrow(keys[key], `key ${key}`)
  const keyOf = ({ id }: Webhook): Key =>
    orThrow(
      KEYS.find((key) => of(key).webhook.id === id),
      'such webhook',
    )
  const policy = { delays: Array<number>(RETRIES).fill(RETRY_SECONDS * 1000), random: () => 0 }
  const isActive = async (key: Key) => (await store.webhooks.get(stand.orgId, of(key).webhook.id))?.isActive === true

  /** Its head, and after each success the next one under the same lease. */
  async function flush(first: ClaimedDelivery, attempt: Attempt): Promise<void> {
    const key = keyOf(first.webhook)
    for (let claimed: ClaimedDelivery | null = first; claimed !== null; ) {
      const { webhook, delivery }: ClaimedDelivery = claimed
      const succeeded = attempt(key, of(key).events.indexOf(delivery.eventId ?? ''))
      const outcome = succeeded ? ACCEPTED : { ...REFUSED, retryAfterMs: null }
      const times = { started: clock.now(), finished: clock.now() }
      const settlement = settle(webhook, delivery, outcome, times, policy)
      const after = await store.queue.settle(claimed, settlement, true)
      claimed =
        after.kind === 'next' ? { ...claimed, webhook: { ...webhook, ...CLEARED }, delivery: after.delivery } : null
    }
  }

  async function enable(key: Key): Promise<void> {
    if (await isActive(key)) return
    const { id } = of(key).webhook
    await store.webhooks.setActive(stand.orgId, id, { isActive: true })
    let after: Recovered['after'] = null
    do {
      const slice = await store.webhooks.recover(stand.orgId, id, { since: 0, after, limit: 2 })
      after = slice?.after ?? null
    } while (after !== null)
  }

  const held = stack.move()
  return {
    async publish(key) {
      const { monitor, events } = of(key)
      const check = await claimMonitor(stand, monitor)
      const [recorded] = await store.checks.record([aResult(check, clock.now(), { change: BROKEN })])
      events.push(orThrow(recorded?.event?.id, 'event'))
    },
    async work(attempt) {
      const claim = () => store.queue.claimDue(CLAIM)
      for (let claims = await claim(); claims.length > 0; claims = await claim()) {
        for (const claimed of claims) await flush(claimed, attempt)
      }
    },
    wait: async (ms) => clock.advance(ms),
    revive: enable,
    resume: enable,
    async pause(key) {
      await store.webhooks.setActive(stand.orgId, of(key).webhook.id, { isActive: false, reason: 'manual' })
    },
    async blocked() {
      const inactive = await Promise.all(KEYS.map(async (key) => ((await isActive(key)) ? [] : [key])))
      return inactive.flat()
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** On a queue of its own; the clock goes on from one schedule to the next. */
export async function theirSide(boss: PgBoss, clock: BossClock): Promise<Side> {
  const queue = `queue-${randomUUID()}`
  await boss.createQueue(queue, { policy: 'key_strict_fifo', retryLimit: RETRIES, retryDelay: RETRY_SECONDS })
  const published = new Map<Key, number>()
  const failed = new Map<Key, string>()
  const paused = new Set<Key>()
  const read = (key: string): Key =>
    orThrow(
      KEYS.find((known) => String(known) === key),
      `key ${key}`,
    )

  return {
    async publish(key) {
      const job = published.get(key) ?? 0
      published.set(key, job + 1)
      orThrow(
        await boss.send(queue, { key, job }, { singletonKey: String(key), group: { id: String(key) } }),
        'room for a job',
      )
    },
    async work(attempt) {
      const fetch = () =>
        boss.fetch<{ key: Key; job: number }>(queue, { batchSize: 100, ignoreGroups: [...paused].map(String) })
      for (let jobs = await fetch(); jobs.length > 0; jobs = await fetch()) {
        for (const { id, data } of jobs) {
          if (attempt(data.key, data.job)) await boss.complete(queue, id)
          else {
            await boss.fail(queue, id)
            failed.set(data.key, id)
          }
        }
      }
    },
    wait: (ms) => clock.tick(ms),
    async revive(key) {
      const id = failed.get(key)
      if (id !== undefined) await boss.retry(queue, id)
    },
    pause: async (key) => void paused.add(key),
    resume: async (key) => void paused.delete(key),
    blocked: async () => (await boss.getBlockedKeys(queue)).map(read).toSorted((a, b) => a - b),
    [Symbol.asyncDispose]: () => boss.deleteQueue(queue),
  }
}

function orThrow<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`no ${what}`)
  return value
}
