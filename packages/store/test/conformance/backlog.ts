import { describe, expect, test } from 'vitest'
import { ACCEPTED, openBench, REFUSED, settlementOf, type OpenDatabase } from '../fixtures.ts'
import { claimQueue, openQueue } from './queue-fixtures.ts'

export function describeBacklog(open: OpenDatabase): void {
  describe('measuring what waits', () => {
    test('nothing waits where nothing happened', async () => {
      await using bench = await openBench(open)
      expect(await bench.store.backlog.measure()).toEqual({ deliveries: 0, oldest: null, retryingWebhooks: 0 })
    })

    test('a queue counts until it is delivered, and is as old as its head', async () => {
      await using bench = await openQueue(open, 2)
      const { store } = bench
      const first = await claimQueue(bench)
      expect(await store.backlog.measure()).toEqual({
        deliveries: 2,
        oldest: first.delivery.created,
        retryingWebhooks: 0,
      })
      const after = await store.queue.settle(first, settlementOf(bench, first, ACCEPTED), true)
      if (after.kind !== 'next') throw new Error('the second delivery should have followed')
      expect(await store.backlog.measure()).toMatchObject({ deliveries: 1, oldest: after.delivery.created })
      const second = { ...first, delivery: after.delivery }
      await store.queue.settle(second, settlementOf(bench, second, REFUSED), true)
      expect(await store.backlog.measure()).toEqual({
        deliveries: 1,
        oldest: after.delivery.created,
        retryingWebhooks: 1,
      })
    })

    test('what a disabled webhook has left is counted, and makes no queue old', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      expect(await store.backlog.measure()).toMatchObject({ oldest: null, retryingWebhooks: 0 })
    })
  })
}
