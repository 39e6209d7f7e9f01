import { wireTime, type ClaimedDelivery, type Delivery, type Webhook } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  ACCEPTED,
  CLAIM,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  openBench,
  recordChanges,
  REFUSED,
  settlementOf,
  STRANGER,
  type OpenDatabase,
  type Stand,
} from '../fixtures.ts'
import { claimQueue, openQueue, statuses, type QueueBench } from './queue-fixtures.ts'

const DELAY = 60_000
const UNKNOWN = 'req_01jd00000000000000000000aa' as const

async function fail(bench: QueueBench): Promise<ClaimedDelivery> {
  const claimed = await claimQueue(bench)
  await bench.store.queue.settle(claimed, settlementOf(bench, claimed, REFUSED, [DELAY, 2 * DELAY, 3 * DELAY]), false)
  return claimed
}

async function deliver(bench: QueueBench): Promise<Delivery> {
  const claimed = await claimQueue(bench)
  await bench.store.queue.settle(claimed, settlementOf(bench, claimed, ACCEPTED), false)
  return claimed.delivery
}

async function deliveriesOf({ store, orgId }: Stand, webhook: Webhook): Promise<readonly Delivery[]> {
  return (await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items
}

async function current({ store, orgId, webhook }: QueueBench): Promise<Webhook> {
  const found = await store.webhooks.get(orgId, webhook.id)
  if (found === null) throw new Error('the webhook is gone')
  return found
}

export function describeDeliveryControl(open: OpenDatabase): void {
  describe('retrying a webhook', () => {
    test('makes its waiting head due now and remembers when its turn was', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook, clock } = bench
      const head = await fail(bench)
      const { nextAttempt } = await current(bench)
      clock.advance(10)
      expect(await store.queue.claimDue(CLAIM)).toEqual([])
      const retried = await store.webhooks.retry(orgId, webhook.id)
      expect(retried).toMatchObject({ nextAttempt: clock.now(), resumeAt: nextAttempt, retries: 1, pending: 2 })
      expect(await store.deliveries.get(orgId, webhook.id, head.delivery.id)).toMatchObject({
        status: 'RETRYING',
        nextAttempt: clock.now(),
      })
      expect(await claimQueue(bench)).toMatchObject({
        delivery: { id: head.delivery.id },
        webhook: { resumeAt: nextAttempt },
      })
    })

    test('a failure of it leaves count and turn as they were, however often', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook, clock } = bench
      await fail(bench)
      const before = await current(bench)
      for (let times = 0; times < 12; times++) {
        clock.advance(10)
        await store.webhooks.retry(orgId, webhook.id)
        await store.webhooks.retry(orgId, webhook.id)
        await fail(bench)
      }
      expect(await current(bench)).toEqual({ ...before, lastExecuted: clock.now() })
      clock.advance(DELAY)
      await fail(bench)
      expect(await current(bench)).toMatchObject({ retries: 2, resumeAt: null })
    })

    test('an attempt out of turn that outlasts the turn begins the present delay anew', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook, clock } = bench
      await fail(bench)
      await store.webhooks.retry(orgId, webhook.id)
      const claimed = await claimQueue(bench)
      clock.advance(DELAY + 1000)
      const settlement = settlementOf(bench, claimed, REFUSED, [DELAY, 2 * DELAY])
      await store.queue.settle(claimed, settlement, false)
      expect(await current(bench)).toMatchObject({ retries: 1, nextAttempt: clock.now() + 12 + DELAY, resumeAt: null })
    })

    test('a success of it clears the count, and the rest follows', async () => {
      await using bench = await openQueue(open, 2)
      await fail(bench)
      await bench.store.webhooks.retry(bench.orgId, bench.webhook.id)
      await deliver(bench)
      expect(await current(bench)).toMatchObject({ retries: 0, lastError: null, resumeAt: null, pending: 1 })
      expect(await deliver(bench)).toMatchObject({ sequence: 2 })
    })

    test('nothing happens when nothing waits, or when the head is due anyway', async () => {
      await using bench = await openQueue(open, 0)
      const { store, orgId, webhook } = bench
      expect(await store.webhooks.retry(orgId, webhook.id)).toEqual(webhook)
      await recordChanges(bench, await createMonitor(bench))
      const waiting = await current(bench)
      expect(await store.webhooks.retry(orgId, webhook.id)).toEqual(waiting)
      await claimQueue(bench)
      expect(await store.webhooks.retry(orgId, webhook.id)).toEqual(waiting)
    })

    test('an accepted test counts as being asked, too', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook, clock } = bench
      await fail(bench)
      const before = await current(bench)
      clock.advance(10)
      await store.deliveries.createTest(orgId, webhook.id, () => '{}')
      const [loose] = await store.queue.claimLoose(CLAIM)
      if (loose === undefined) throw new Error('no test was claimed')
      await store.queue.settleLoose(loose, settlementOf(bench, loose, ACCEPTED))
      await fail(bench)
      expect(await current(bench)).toMatchObject({ retries: 1, nextAttempt: before.nextAttempt })
    })

    test('the turn is forgotten when the webhook is disabled, and when its queue ran empty', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook, clock } = bench
      const dead = await claimQueue(bench)
      clock.advance(DELAY)
      await fail(bench)
      await store.webhooks.retry(orgId, webhook.id)
      // Delivered by an attempt whose lease was lost: nothing is left, and the next claim finds that out.
      await store.queue.settle(dead, settlementOf(bench, dead, ACCEPTED), false)
      expect(await store.queue.claimDue(CLAIM)).toEqual([])
      expect(await current(bench)).toMatchObject({ nextAttempt: null, resumeAt: null })

      await recordChanges(bench, await createMonitor(bench))
      await fail(bench)
      await store.webhooks.retry(orgId, webhook.id)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      expect(await current(bench)).toMatchObject({ nextAttempt: null, resumeAt: null })
    })

    test('a disabled webhook is refused, an unknown one is not found', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      expect(await store.webhooks.retry(STRANGER, webhook.id)).toBeNull()
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      await expect(store.webhooks.retry(orgId, webhook.id)).rejects.toMatchObject({ code: 'webhook_disabled' })
    })
  })

  describe('retrying a request', () => {
    test('the head of the queue is hurried', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook, clock } = bench
      const { delivery } = await fail(bench)
      const { nextAttempt } = await current(bench)
      clock.advance(10)
      expect(await store.deliveries.retry(orgId, webhook.id, delivery.id)).toMatchObject({
        id: delivery.id,
        status: 'RETRYING',
        nextAttempt: clock.now(),
      })
      expect(await current(bench)).toMatchObject({ nextAttempt: clock.now(), resumeAt: nextAttempt })
    })

    test('a delivered one is sent once more beside the queue, as a request of its own about the same event', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook, clock } = bench
      const first = await deliver(bench)
      const { pending } = await current(bench)
      clock.advance(5000)
      const again = await store.deliveries.retry(orgId, webhook.id, first.id)
      if (again === null) throw new Error('nothing was sent again')
      expect(again).toMatchObject({
        kind: 'resend',
        status: 'PENDING',
        sequence: null,
        eventId: first.eventId,
        headline: first.headline,
        attempts: 0,
      })
      expect(again.id).not.toBe(first.id)
      expect(JSON.parse(again.body)).toEqual({
        ...JSON.parse(first.body),
        uuid: again.id,
        created: wireTime(clock.now()),
      })
      expect(await current(bench)).toMatchObject({ pending })
      expect(await store.deliveries.get(orgId, webhook.id, first.id)).toMatchObject({ status: 'DELIVERED' })

      const [loose] = await store.queue.claimLoose(CLAIM)
      if (loose === undefined) throw new Error('no resend was claimed')
      expect(loose.delivery.id).toBe(again.id)
      const queue = await current(bench)
      await store.queue.settleLoose(loose, settlementOf(bench, loose, REFUSED))
      expect(await store.deliveries.get(orgId, webhook.id, again.id)).toMatchObject({ status: 'FAILED', attempts: 1 })
      expect(await store.queue.claimLoose(CLAIM)).toEqual([])
      expect(await current(bench)).toEqual({ ...queue, lastExecuted: clock.now() })
    })

    test('any other is refused: one that waits behind the head, one that was given up, a test', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook } = bench
      const refused = { code: 'not_head' }
      const [, second] = await deliveriesOf(bench, webhook)
      if (second === undefined) throw new Error('there is no second delivery')
      const retry = (id: Delivery['id']) => store.deliveries.retry(orgId, webhook.id, id)
      await expect(retry(second.id)).rejects.toMatchObject(refused)
      const made = await store.deliveries.createTest(orgId, webhook.id, () => '{}')
      await expect(retry(made?.id ?? UNKNOWN)).rejects.toMatchObject(refused)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      await store.webhooks.setActive(orgId, webhook.id, { isActive: true })
      await expect(retry(second.id)).rejects.toMatchObject(refused)
    })

    test('of a disabled webhook is refused, an unknown or another webhook’s one is not found', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      const { id } = await deliver(bench)
      const other = await createWebhook(bench)
      expect(await store.deliveries.retry(orgId, other.id, id)).toBeNull()
      expect(await store.deliveries.retry(orgId, webhook.id, UNKNOWN)).toBeNull()
      expect(await store.deliveries.retry(STRANGER, webhook.id, id)).toBeNull()
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      await expect(store.deliveries.retry(orgId, webhook.id, id)).rejects.toMatchObject({ code: 'webhook_disabled' })
      expect(await statuses(bench, webhook)).toEqual(['DELIVERED'])
    })
  })

  describe('rotating a secret', () => {
    test('both are kept until the overlap ends, and neither can be read from what is stored', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock, database } = bench
      const webhook = await createWebhook(bench, { secret: 'first of its secrets', callerGaveSecret: true })
      const rotated = await store.webhooks.rotateSecret(orgId, webhook.id, { secret: 'whsec_bmV3', overlapMs: 1000 })
      expect(rotated).toEqual({
        ...webhook,
        secret: 'whsec_bmV3',
        previousSecret: 'first of its secrets',
        previousSecretUntil: clock.now() + 1000,
      })
      expect(await store.webhooks.get(orgId, webhook.id)).toEqual(rotated)
      expect(await database.holdsText('first of its secrets')).toBe(false)
    })

    test('twice within the overlap leaves the newest two', async () => {
      await using bench = await openBench(open)
      const webhook = await createWebhook(bench, { secret: 'one' })
      const rotate = (secret: string) =>
        bench.store.webhooks.rotateSecret(bench.orgId, webhook.id, { secret, overlapMs: 1000 })
      await rotate('two')
      expect(await rotate('three')).toMatchObject({
        secret: 'three',
        previousSecret: 'two',
        callerGaveSecret: false,
      })
    })

    test('without an overlap the new one counts alone', async () => {
      await using bench = await openBench(open)
      const webhook = await createWebhook(bench)
      const rotation = { secret: 'two', overlapMs: 0 }
      expect(await bench.store.webhooks.rotateSecret(bench.orgId, webhook.id, rotation)).toMatchObject({
        secret: 'two',
        previousSecret: null,
        previousSecretUntil: null,
      })
      expect(await bench.store.webhooks.rotateSecret(STRANGER, webhook.id, rotation)).toBeNull()
    })
  })

  describe('claiming by lane', () => {
    test('a lane brings only its own, and without one both are brought', async () => {
      await using bench = await openQueue(open, 1)
      const { store, clock, webhook } = bench
      await fail(bench)
      clock.advance(DELAY + 13)
      const fresh = await createWebhook(bench, { groups: ['eu'] })
      await recordChanges(bench, await createMonitor(bench, { group: 'eu' }))
      const claimed = async (lane?: 'fresh' | 'retrying') => {
        const claims = await store.queue.claimDue({ ...CLAIM, ...(lane === undefined ? {} : { lane }) })
        for (const claim of claims) await store.queue.release(claim)
        return claims.map((claim) => claim.webhook.id)
      }
      expect(await claimed('fresh')).toEqual([fresh.id])
      expect(await claimed('retrying')).toEqual([webhook.id])
      expect(await claimed()).toEqual([webhook.id, fresh.id])
    })

    test('organizations that yield come last, and get what nobody else wants', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, clock, webhook } = bench
      const second = await store.accounts.createOrganization({ name: 'second', plan: 'unlimited' })
      const theirs = { ...bench, orgId: second.id }
      clock.advance(10)
      const other = await createWebhook(theirs)
      await recordChanges(theirs, await createMonitor(theirs))
      const claimed = async (limit: number, yielding: (typeof orgId)[]) => {
        const claims = await store.queue.claimDue({ ...CLAIM, limit, yielding })
        for (const claim of claims) await store.queue.release(claim)
        return claims.map((claim) => claim.webhook.id)
      }
      expect(await claimed(1, [])).toEqual([webhook.id])
      expect(await claimed(1, [orgId])).toEqual([other.id])
      expect((await claimed(2, [orgId])).toSorted()).toEqual([webhook.id, other.id].toSorted())
      expect(await claimed(1, [orgId, second.id])).toEqual([webhook.id])
    })
  })
}
