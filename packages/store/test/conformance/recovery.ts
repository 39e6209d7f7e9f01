import type { Delivery, NewWebhook, Recovered, Webhook } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aBreak,
  ACCEPTED,
  aRestoration,
  CLAIM,
  claimMonitor,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  openBench,
  recordChanges,
  REFUSED,
  settlementOf,
  STRANGER,
  type Bench,
  type OpenDatabase,
  type Stand,
} from '../fixtures.ts'
import { claimQueue, openQueue, type QueueBench } from './queue-fixtures.ts'

const ALL = { events: ['*'], states: [], recordTypes: [], monitors: [] }

async function setActive({ store, orgId, clock }: Stand, webhook: Webhook, isActive: boolean): Promise<void> {
  clock.advance(1)
  await store.webhooks.setActive(orgId, webhook.id, isActive ? { isActive } : { isActive, reason: 'manual' })
  clock.advance(1)
}

/** Disables the webhook while `work` is done. */
async function paused(bench: Stand, webhook: Webhook, work: () => Promise<unknown>): Promise<void> {
  await setActive(bench, webhook, false)
  await work()
  await setActive(bench, webhook, true)
}

/** All slices; the number of deliveries that wait again or now. */
async function recover({ store, orgId }: Stand, webhook: Webhook, since = 0, limit = 100): Promise<number> {
  let queued = 0
  let after: Recovered['after'] = null
  do {
    const slice = await store.webhooks.recover(orgId, webhook.id, { since, after, limit })
    if (slice === null) throw new Error('there is no such webhook')
    queued += slice.queued
    after = slice.after
  } while (after !== null)
  return queued
}

async function queueOf({ store, orgId }: Stand, webhook: Webhook): Promise<readonly Delivery[]> {
  const { items } = await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)
  return items.toSorted((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0))
}

async function numbersOf(bench: Stand, webhook: Webhook): Promise<string> {
  return (await queueOf(bench, webhook)).map(({ sequence, status }) => `${sequence}:${status}`).join(' ')
}

/** Sends the queue until it is empty; the numbers in the order of sending. */
async function drain(bench: QueueBench): Promise<(number | null)[]> {
  const sent: (number | null)[] = []
  for (let claimed = await claimQueue(bench); ; ) {
    sent.push(claimed.delivery.sequence)
    const after = await bench.store.queue.settle(claimed, settlementOf(bench, claimed, ACCEPTED), true)
    if (after.kind !== 'next') return sent
    claimed = { ...claimed, delivery: after.delivery }
  }
}

async function breakAndRestore(bench: Bench, metadata: Record<string, string>): Promise<void> {
  const watched = await createMonitor(bench, { metadata })
  for (const result of [aBreak, aRestoration]) {
    const claimed = await claimMonitor(bench, watched)
    await bench.store.checks.record([result(claimed, bench.clock.now())])
    bench.clock.advance(60_000)
  }
}

export function describeRecovery(open: OpenDatabase): void {
  describe('recovery', () => {
    test('a failed queue waits again in its old places, before what waits already', async () => {
      await using bench = await openQueue(open, 3)
      const { webhook } = bench
      const monitor = await createMonitor(bench, { subdomain: 'late' })
      await paused(bench, webhook, async () => {})
      await recordChanges(bench, monitor)
      expect(await numbersOf(bench, webhook)).toBe('1:FAILED 2:FAILED 3:FAILED 4:PENDING')
      expect(await recover(bench, webhook)).toBe(3)
      expect(await numbersOf(bench, webhook)).toBe('1:PENDING 2:PENDING 3:PENDING 4:PENDING')
      expect(await drain(bench)).toEqual([1, 2, 3, 4])
    })

    test('a given-up head comes back with its attempts, and the webhook starts with a clear count', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook } = bench
      const head = await claimQueue(bench)
      await store.queue.settle(head, settlementOf(bench, head, REFUSED, []), false)
      await setActive(bench, webhook, true)
      expect(await recover(bench, webhook)).toBe(2)
      expect(await numbersOf(bench, webhook)).toBe('1:RETRYING 2:PENDING')
      expect(await claimQueue(bench)).toMatchObject({ delivery: { attempts: 1 }, webhook: { retries: 0 } })
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({ resumeAt: null, pending: 2 })
    })

    test('a head that waits for its turn is passed, and a failure of what passes it does not count', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook, clock } = bench
      await paused(bench, webhook, async () => {})
      await recordChanges(bench, await createMonitor(bench, { subdomain: 'late' }))
      const head = await claimQueue(bench)
      await store.queue.settle(head, settlementOf(bench, head, REFUSED), false)
      const before = await store.webhooks.get(orgId, webhook.id)
      expect(await recover(bench, webhook)).toBe(1)
      const passing = await claimQueue(bench)
      expect(passing.delivery.sequence).toBe(1)
      await store.queue.settle(passing, settlementOf(bench, passing, REFUSED), false)
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({
        retries: 1,
        nextAttempt: before?.nextAttempt,
        pending: 2,
      })
      clock.advance(60_012)
      expect((await claimQueue(bench)).delivery.sequence).toBe(1)
    })

    test('what happened while the webhook was disabled is queued in the order of occurrence, in new places', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      const [one, two] = [
        await createMonitor(bench, { subdomain: 'one' }),
        await createMonitor(bench, { subdomain: 'two' }),
      ]
      await paused(bench, webhook, async () => {
        for (const watched of [two, one, two]) await recordChanges(bench, watched)
      })
      await recordChanges(bench, one)
      expect(await recover(bench, webhook)).toBe(4)
      const queue = await queueOf(bench, webhook)
      expect(queue.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
      const events = await Promise.all(queue.map(({ eventId }) => store.events.get(orgId, eventId ?? 'evt_')))
      expect(events.map((event) => event?.subdomain)).toEqual(['www', 'one', 'two', 'one', 'two'])
      expect(await drain(bench)).toEqual([1, 2, 3, 4, 5])
    })

    test('asking again queues nothing twice, whatever has become of the first time', async () => {
      await using bench = await openQueue(open, 1)
      const { webhook } = bench
      const watched = await createMonitor(bench, { subdomain: 'one' })
      await paused(bench, webhook, () => recordChanges(bench, watched, 3))
      expect(await recover(bench, webhook)).toBe(4)
      expect(await recover(bench, webhook)).toBe(0)
      expect(await drain(bench)).toEqual([1, 2, 3, 4])
      expect(await recover(bench, webhook)).toBe(0)
      await paused(bench, webhook, async () => {})
      expect(await recover(bench, webhook)).toBe(0)
    })

    test('a recovery that broke off between slices is finished by asking again', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      const watched = await createMonitor(bench, { subdomain: 'one' })
      bench.clock.advance(60_000)
      await paused(bench, webhook, () => recordChanges(bench, watched, 5))
      const first = await store.webhooks.recover(orgId, webhook.id, { since: 0, after: null, limit: 2 })
      expect(first).toMatchObject({ queued: 3, after: expect.stringMatching(/^evt_/) })
      expect(await recover(bench, webhook, 0, 2)).toBe(3)
      expect((await queueOf(bench, webhook)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
      expect(new Set((await queueOf(bench, webhook)).map(({ eventId }) => eventId)).size).toBe(6)
    })

    test('only what happened since then, and while it was disabled', async () => {
      await using bench = await openQueue(open, 0)
      const { webhook, clock } = bench
      const watched = await createMonitor(bench)
      await paused(bench, webhook, () => recordChanges(bench, watched))
      clock.advance(10_000)
      await recordChanges(bench, watched)
      clock.advance(10_000)
      const between = clock.now()
      await paused(bench, webhook, async () => {
        await recordChanges(bench, watched)
        clock.advance(5000)
        await recordChanges(bench, watched)
      })
      clock.advance(10_000)
      expect(await recover(bench, webhook, clock.now())).toBe(0)
      // The end of the second pause, then the second pause, then both and what was queued between them.
      expect(await recover(bench, webhook, between + 4000)).toBe(1)
      expect(await recover(bench, webhook, between)).toBe(1)
      expect(await recover(bench, webhook)).toBe(2)
    })

    test('the webhook’s filters and the event’s own group decide, as when it happened', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const inEu = await createMonitor(bench, { group: 'eu' })
      const inUs = await createMonitor(bench, { group: 'us' })
      const mail = await createMonitor(bench, { group: 'eu', type: 'MX' })
      const webhook = await createWebhook(bench, {
        groups: ['eu'],
        filters: { ...ALL, events: ['record.*'], recordTypes: ['A'] },
      })
      await paused(bench, webhook, async () => {
        for (const watched of [inUs, mail, inEu]) await recordChanges(bench, watched)
        // Whatever becomes of the monitor afterwards.
        await store.monitors.delete(orgId, inEu.monitor.id)
      })
      expect(await recover(bench, webhook)).toBe(1)
      const [delivery] = await queueOf(bench, webhook)
      expect(JSON.parse(delivery?.body ?? '')).toMatchObject({ event: { monitor_uuid: inEu.monitor.id } })
      expect(delivery?.headline).toMatchObject({ kind: 'record.broken', group: 'eu' })
    })

    test('a body says what it would have said then, its request’s own id and time apart', async () => {
      await using bench = await openBench(open)
      const subscription: Partial<NewWebhook> = { source: 'n8n', allGroups: true, filters: ALL }
      const awake = await createWebhook(bench, subscription)
      const asleep = await createWebhook(bench, subscription)
      await paused(bench, asleep, () => breakAndRestore(bench, { customer: 'c-7' }))
      const told = async (webhook: Webhook) => {
        const queue = await queueOf(bench, webhook)
        return queue
          .filter(({ headline }) => !headline.kind.startsWith('webhook.'))
          .map(({ kind, headline, body }) => ({
            kind,
            headline,
            body: { ...JSON.parse(body), uuid: '', webhook_uuid: '', created: '' },
          }))
      }
      const expected = await told(awake)
      expect(expected.map(({ headline }) => headline.kind)).toEqual([
        'monitor.created',
        'record.broken',
        'record.restored',
        'domain.restored',
      ])
      expect(await recover(bench, asleep)).toBe(4)
      expect(await told(asleep)).toEqual(expected)
    })

    test('system events are found for what they speak of, and none of the webhook itself', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const inUs = await createWebhook(bench, { groups: ['us'], filters: ALL })
      const other = await createWebhook(bench, { groups: ['none'] })
      await paused(bench, inUs, async () => {
        await createMonitor(bench, { group: 'eu' })
        await createMonitor(bench, { group: 'us' })
        await paused(bench, other, async () => {})
        await store.systemEvents.record(orgId, 'resolver.outage', { server: '192.0.2.53' })
      })
      expect(await recover(bench, inUs)).toBe(3)
      const queue = await queueOf(bench, inUs)
      expect(queue.map(({ headline }) => headline.kind)).toEqual([
        'monitor.created',
        'webhook.recovered',
        'resolver.outage',
      ])
      expect(queue[0]?.headline.group).toBe('us')
      expect(JSON.parse(queue[1]?.body ?? '')).toMatchObject({ data: { webhook: { uuid: other.id } } })
    })

    test('a test and a resend that failed stay failed', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      const [id] = (await queueOf(bench, webhook)).map((delivery) => delivery.id)
      if (id === undefined) throw new Error('nothing is queued')
      await drain(bench)
      await store.deliveries.createTest(orgId, webhook.id, () => '{}')
      await store.deliveries.retry(orgId, webhook.id, id)
      for (const loose of await store.queue.claimLoose(CLAIM)) {
        await store.queue.settleLoose(loose, settlementOf(bench, loose, REFUSED))
      }
      expect(await recover(bench, webhook)).toBe(0)
    })

    test('a disabled webhook is refused, also between slices, and an unknown one is not found', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      const slice = { since: 0, after: null, limit: 10 }
      expect(await store.webhooks.recover(STRANGER, webhook.id, slice)).toBeNull()
      await setActive(bench, webhook, false)
      await expect(store.webhooks.recover(orgId, webhook.id, slice)).rejects.toMatchObject({ code: 'webhook_disabled' })
      expect(await numbersOf(bench, webhook)).toBe('1:FAILED')
    })
  })
}
