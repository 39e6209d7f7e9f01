import { describe, expect, test } from 'vitest'
import {
  ACCEPTED,
  CLAIM,
  createMonitor,
  LEASE_MS,
  OTHER_NODE,
  recordChanges,
  REFUSED,
  settlementOf,
  type OpenDatabase,
} from '../fixtures.ts'
import { claimQueue, openQueue, statuses } from './queue-fixtures.ts'

export function describeSettling(open: OpenDatabase): void {
  describe('settling the head of a queue', () => {
    test('after a success the rest follows under the same lease, one by one', async () => {
      await using bench = await openQueue(open, 3)
      const { store, orgId, webhook, clock } = bench
      let claimed = await claimQueue(bench)
      const sequences: (number | null)[] = []
      for (;;) {
        sequences.push(claimed.delivery.sequence)
        const settled = settlementOf(bench, claimed, ACCEPTED)
        const after = await store.queue.settle(claimed, settled, true)
        expect(await store.deliveries.get(orgId, webhook.id, claimed.delivery.id)).toMatchObject(settled.delivery)
        if (after.kind !== 'next') {
          expect(after).toEqual({ kind: 'idle' })
          break
        }
        expect(await store.queue.claimDue({ ...CLAIM, node: OTHER_NODE })).toEqual([])
        expect(await store.queue.renew(webhook, claimed.lease, LEASE_MS)).toBe(true)
        claimed = { ...claimed, delivery: after.delivery }
        clock.advance(1)
      }
      expect(sequences).toEqual([1, 2, 3])
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({
        pending: 0,
        nextAttempt: null,
        lastExecuted: clock.now(),
      })
      expect(await store.queue.nextDue()).toBeNull()
    })

    test('after a success without keeping the lease the next head is due at once for anybody', async () => {
      await using bench = await openQueue(open, 2)
      const { store } = bench
      const claimed = await claimQueue(bench)
      expect(await store.queue.settle(claimed, settlementOf(bench, claimed, ACCEPTED), false)).toEqual({ kind: 'idle' })
      expect(await store.queue.claimDue({ ...CLAIM, node: OTHER_NODE })).toMatchObject([{ delivery: { sequence: 2 } }])
    })

    test('a failure keeps the head and makes everything wait for it', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook, clock } = bench
      const claimed = await claimQueue(bench)
      const settlement = settlementOf(bench, claimed, REFUSED)
      expect(await store.queue.settle(claimed, settlement, true)).toEqual({ kind: 'idle' })
      const at = settlement.delivery.nextAttempt ?? 0
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({
        retries: 1,
        nextAttempt: at,
        lastError: settlement.delivery.errorMessage,
        pending: 2,
      })
      expect(await store.queue.nextDue()).toBe(at)
      expect(await store.queue.claimDue(CLAIM)).toEqual([])
      await recordChanges(bench, await createMonitor(bench))
      expect(await store.queue.nextDue()).toBe(at)
      clock.advance(at - clock.now())
      const again = await claimQueue(bench)
      expect(again).toMatchObject({
        delivery: { id: claimed.delivery.id, status: 'RETRYING', attempts: 1 },
        webhook: { retries: 1 },
      })
      expect(again.delivery.body).toBe(claimed.delivery.body)
    })

    test('a success clears the count and the error', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook, clock } = bench
      const first = await claimQueue(bench)
      await store.queue.settle(first, settlementOf(bench, first, REFUSED), false)
      clock.advance(120_000)
      const second = await claimQueue(bench)
      await store.queue.settle(second, settlementOf(bench, second, ACCEPTED), false)
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({
        retries: 0,
        lastError: null,
        nextAttempt: null,
      })
    })

    test('giving up disables the webhook, fails its whole queue and notes the pause', async () => {
      await using bench = await openQueue(open, 3)
      const { store, orgId, webhook, database } = bench
      const claimed = await claimQueue(bench)
      const settlement = settlementOf(bench, claimed, REFUSED, [])
      expect(await store.queue.settle(claimed, settlement, true)).toEqual({ kind: 'disabled' })
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({
        isActive: false,
        disabledReason: 'gave_up',
        lastError: settlement.delivery.errorMessage,
        nextAttempt: null,
        pending: 0,
      })
      expect(await statuses(bench, webhook)).toEqual(['FAILED', 'FAILED', 'FAILED'])
      expect(await database.countPauses(webhook)).toEqual({ open: 1, closed: 0 })
      expect(await store.queue.renew(webhook, claimed.lease, LEASE_MS)).toBe(false)
      expect(await store.queue.nextDue()).toBeNull()
    })
  })

  describe('an outcome that comes too late', () => {
    test('is history, and touches neither the queue nor the webhook', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook, clock } = bench
      const dead = await claimQueue(bench)
      clock.advance(LEASE_MS)
      const alive = await claimQueue(bench)
      const before = await store.webhooks.get(orgId, webhook.id)
      const late = settlementOf(bench, dead, REFUSED)
      expect(await store.queue.settle(dead, late, true)).toEqual({ kind: 'late' })
      expect(await store.webhooks.get(orgId, webhook.id)).toEqual(before)
      expect(await store.deliveries.get(orgId, webhook.id, dead.delivery.id)).toEqual(dead.delivery)
      expect(await store.queue.renew(webhook, alive.lease, LEASE_MS)).toBe(true)

      const settlement = settlementOf(bench, alive, ACCEPTED)
      expect(await store.queue.settle(alive, settlement, true)).toMatchObject({
        kind: 'next',
        delivery: { sequence: 2 },
      })
      expect(await store.deliveries.attempts(orgId, dead.delivery.id)).toEqual([
        { ...late.attempt, number: 1, late: true },
        { ...settlement.attempt, number: 2 },
      ])
    })

    test('still delivers its delivery when it was a success, and a later failure does not undo that', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook, clock } = bench
      const dead = await claimQueue(bench)
      clock.advance(LEASE_MS)
      const alive = await claimQueue(bench)
      const late = settlementOf(bench, dead, ACCEPTED)
      expect(await store.queue.settle(dead, late, true)).toEqual({ kind: 'late' })
      expect(await store.deliveries.get(orgId, webhook.id, dead.delivery.id)).toMatchObject(late.delivery)

      expect(await store.queue.settle(alive, settlementOf(bench, alive, REFUSED), false)).toEqual({ kind: 'idle' })
      expect(await statuses(bench, webhook)).toEqual(['DELIVERED', 'PENDING'])
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({ retries: 0, lastError: null })
      expect(await claimQueue(bench)).toMatchObject({ delivery: { sequence: 2 } })
    })

    test('that delivered the only waiting delivery leaves nothing to claim and nothing due', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook, clock } = bench
      const dead = await claimQueue(bench)
      clock.advance(LEASE_MS)
      const alive = await claimQueue(bench)
      await store.queue.settle(dead, settlementOf(bench, dead, ACCEPTED), true)
      await store.queue.release(alive)
      expect(await store.queue.claimDue(CLAIM)).toEqual([])
      expect(await store.queue.nextDue()).toBeNull()
      await recordChanges(bench, await createMonitor(bench))
      expect(await claimQueue(bench)).toMatchObject({ delivery: { sequence: 2 }, webhook: { id: webhook.id, orgId } })
    })

    test.for([
      { why: 'disabled', reenable: false },
      { why: 'disabled and enabled again', reenable: true },
    ])('of a webhook that was $why meanwhile does not revive its queue', async ({ reenable }) => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook } = bench
      const claimed = await claimQueue(bench)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      if (reenable) await store.webhooks.setActive(orgId, webhook.id, { isActive: true })
      const before = await store.webhooks.get(orgId, webhook.id)
      expect(await store.queue.settle(claimed, settlementOf(bench, claimed, REFUSED), true)).toEqual({ kind: 'late' })
      expect(await store.webhooks.get(orgId, webhook.id)).toEqual(before)
      expect(await statuses(bench, webhook)).toEqual(['FAILED', 'FAILED'])
      expect(await store.deliveries.attempts(orgId, claimed.delivery.id)).toMatchObject([{ late: true }])
    })

    test('of a webhook that was disabled meanwhile delivers its delivery when it was a success, and nothing else', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, webhook } = bench
      const claimed = await claimQueue(bench)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      const before = await store.webhooks.get(orgId, webhook.id)
      expect(await store.queue.settle(claimed, settlementOf(bench, claimed, ACCEPTED), true)).toEqual({ kind: 'late' })
      expect(await store.webhooks.get(orgId, webhook.id)).toEqual(before)
      expect(await statuses(bench, webhook)).toEqual(['DELIVERED', 'FAILED'])
    })

    test('of a claim that lapsed is late once somebody looked at the emptied queue', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook, clock } = bench
      const first = await claimQueue(bench)
      clock.advance(LEASE_MS)
      const second = await claimQueue(bench)
      await store.queue.settle(first, settlementOf(bench, first, ACCEPTED), true)
      clock.advance(LEASE_MS)
      expect(await store.queue.claimDue(CLAIM)).toEqual([])
      const before = await store.webhooks.get(orgId, webhook.id)
      expect(await store.queue.settle(second, settlementOf(bench, second, REFUSED), true)).toEqual({ kind: 'late' })
      expect(await store.webhooks.get(orgId, webhook.id)).toEqual(before)
    })

    test('of a deleted webhook is dropped', async () => {
      await using bench = await openQueue(open, 1)
      const claimed = await claimQueue(bench)
      await bench.store.webhooks.delete(bench.orgId, bench.webhook.id)
      expect(await bench.store.queue.settle(claimed, settlementOf(bench, claimed, ACCEPTED), true)).toEqual({
        kind: 'late',
      })
      expect(await bench.store.deliveries.attempts(bench.orgId, claimed.delivery.id)).toEqual([])
    })
  })
}
