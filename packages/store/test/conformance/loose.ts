import type { ClaimedDelivery } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import { ACCEPTED, CLAIM, LEASE_MS, REFUSED, settlementOf, type Stand, type OpenDatabase } from '../fixtures.ts'
import { claimQueue, openQueue, statuses, type QueueBench } from './queue-fixtures.ts'

export function describeLoose(open: OpenDatabase): void {
  describe('deliveries outside the queue', () => {
    async function createTest({ store, orgId, webhook }: QueueBench) {
      const test = await store.deliveries.createTest(orgId, webhook.id, ({ id, created }, { url }) =>
        JSON.stringify({ id, created, url }),
      )
      if (test === null) throw new Error('no test was made')
      return test
    }

    async function claimLoose(bench: Stand): Promise<ClaimedDelivery> {
      const [claimed] = await bench.store.queue.claimLoose(CLAIM)
      if (claimed === undefined) throw new Error('nothing was claimed')
      return claimed
    }

    test('a test is handed out once, with the body that was made for its id', async () => {
      await using bench = await openQueue(open, 0)
      const test = await createTest(bench)
      expect(test).toMatchObject({ kind: 'test', sequence: null, eventId: null, status: 'PENDING' })
      expect(JSON.parse(test.body)).toEqual({ id: test.id, created: test.created, url: bench.webhook.url })
      const claimed = await claimLoose(bench)
      expect(claimed).toMatchObject({
        delivery: { id: test.id, body: test.body },
        webhook: { id: bench.webhook.id, pending: 0 },
      })
      expect(await bench.store.queue.claimLoose(CLAIM)).toEqual([])
      expect(await bench.store.queue.claimDue(CLAIM)).toEqual([])
    })

    test('a test whose sender fell silent is handed out again, and the first outcome is late', async () => {
      await using bench = await openQueue(open, 0)
      const { store, orgId, webhook, clock } = bench
      const { id } = await createTest(bench)
      const dead = await claimLoose(bench)
      expect(await store.queue.nextDue()).toBe(clock.now() + LEASE_MS)
      clock.advance(LEASE_MS)
      const alive = await claimLoose(bench)
      await store.queue.settleLoose(dead, settlementOf(bench, dead, REFUSED))
      expect(await store.deliveries.get(orgId, webhook.id, id)).toMatchObject({ status: 'PENDING' })
      await store.queue.settleLoose(alive, settlementOf(bench, alive, ACCEPTED))
      expect(await store.deliveries.get(orgId, webhook.id, id)).toMatchObject({ status: 'DELIVERED', statusCode: 200 })
      expect(await store.deliveries.attempts(orgId, id)).toMatchObject([
        { number: 1, late: true },
        { number: 2, late: false },
      ])
      expect(await store.queue.nextDue()).toBeNull()
    })

    test('a failed test is over, changes no counter and disables nothing', async () => {
      await using bench = await openQueue(open, 0)
      const { store, orgId, webhook, clock } = bench
      await createTest(bench)
      const claimed = await claimLoose(bench)
      await store.queue.settleLoose(claimed, settlementOf(bench, claimed, REFUSED, []))
      expect(await statuses(bench, webhook)).toEqual(['FAILED'])
      expect(await store.webhooks.get(orgId, webhook.id)).toEqual({ ...webhook, lastExecuted: clock.now() })
      expect(await store.queue.nextDue()).toBeNull()
    })

    test.for([
      { why: 'accepted test makes a waiting head due now', outcome: ACCEPTED, isDue: true },
      { why: 'refused test leaves a waiting head alone', outcome: REFUSED, isDue: false },
    ])('an $why', async ({ outcome, isDue }) => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      const head = await claimQueue(bench)
      await store.queue.settle(head, settlementOf(bench, head, REFUSED), false)
      await createTest(bench)
      const test = await claimLoose(bench)
      await store.queue.settleLoose(test, settlementOf(bench, test, outcome))
      expect(await store.queue.claimDue(CLAIM)).toHaveLength(isDue ? 1 : 0)
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({ retries: 1, lastError: expect.any(String) })
    })

    test('an accepted test of an idle webhook makes nothing due', async () => {
      await using bench = await openQueue(open, 0)
      await createTest(bench)
      const claimed = await claimLoose(bench)
      await bench.store.queue.settleLoose(claimed, settlementOf(bench, claimed, ACCEPTED))
      expect(await bench.store.queue.nextDue()).toBeNull()
    })

    test('a disabled webhook can be tested, and stays disabled', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      await createTest(bench)
      const claimed = await claimLoose(bench)
      await store.queue.settleLoose(claimed, settlementOf(bench, claimed, ACCEPTED))
      expect(await statuses(bench, webhook)).toEqual(['FAILED', 'DELIVERED'])
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({ isActive: false, nextAttempt: null })
    })

    test('a resend waiting when its webhook is disabled is not sent any more', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      const head = await claimQueue(bench)
      await store.queue.settle(head, settlementOf(bench, head, ACCEPTED), false)
      await store.deliveries.retry(orgId, webhook.id, head.delivery.id)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      expect(await store.queue.claimLoose(CLAIM)).toEqual([])
      expect(await statuses(bench, webhook)).toEqual(['DELIVERED', 'FAILED'])
      expect(await store.queue.nextDue()).toBeNull()
    })

    test('a test waiting when its webhook is disabled is still sent', async () => {
      await using bench = await openQueue(open, 1)
      await createTest(bench)
      await bench.store.webhooks.setActive(bench.orgId, bench.webhook.id, { isActive: false, reason: 'manual' })
      expect(await statuses(bench, bench.webhook)).toEqual(['FAILED', 'PENDING'])
      expect(await bench.store.queue.claimLoose(CLAIM)).toHaveLength(1)
    })
  })
}
