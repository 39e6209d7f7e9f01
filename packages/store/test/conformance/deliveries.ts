import type { DeliveryFilter } from '@dnsradar/core'
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
  START,
  STRANGER,
  type OpenDatabase,
} from '../fixtures.ts'

export function describeDeliveries(open: OpenDatabase): void {
  describe('deliveries', () => {
    const filters: { why: string; filter: DeliveryFilter; found: number[] }[] = [
      { why: 'nothing', filter: {}, found: [1, 2, 3] },
      { why: 'status', filter: { status: 'RETRYING' }, found: [2] },
      { why: 'an exact status code', filter: { statusCode: { exact: 503 } }, found: [2] },
      { why: 'a class of status codes', filter: { statusCode: { hundreds: 2 } }, found: [1] },
      { why: 'a class that nothing has', filter: { statusCode: { hundreds: 4 } }, found: [] },
      { why: 'being undelivered', filter: { undelivered: true }, found: [2, 3] },
      { why: 'creation', filter: { created: { from: START + 1, until: START + 2 } }, found: [2] },
      { why: 'delivery from its millisecond on', filter: { delivered: { from: START + 1012 } }, found: [1] },
      { why: 'delivery before its millisecond', filter: { delivered: { until: START + 1012 } }, found: [] },
      { why: 'the last attempt', filter: { lastAttempt: { from: START + 1001, until: START + 1002 } }, found: [2] },
      { why: 'several at once', filter: { undelivered: true, status: 'PENDING' }, found: [3] },
    ]
    test.for(filters)('the history is filtered by $why', async ({ filter, found }) => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const webhook = await createWebhook(bench)
      await recordChanges(bench, await createMonitor(bench), 3)
      clock.advance(START + 1000 - clock.now())
      const [first] = await store.queue.claimDue(CLAIM)
      if (first === undefined) throw new Error('nothing was claimed')
      const after = await store.queue.settle(first, settlementOf(bench, first, ACCEPTED), true)
      if (after.kind !== 'next') throw new Error('nothing follows')
      clock.advance(1)
      const second = { ...first, delivery: after.delivery }
      await store.queue.settle(second, settlementOf(bench, second, REFUSED), true)
      const { items } = await store.deliveries.list(orgId, webhook.id, filter, FIRST_PAGE)
      expect(items.map(({ sequence }) => sequence)).toEqual(found)
    })

    test('a delivery carries its event, its body and its headline', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const webhook = await createWebhook(bench, { groups: ['eu'] })
      await recordChanges(bench, await createMonitor(bench, { group: 'eu', externalId: 'k-1' }))
      const [event] = (await store.events.list(orgId, {}, FIRST_PAGE)).items
      const [delivery] = (await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items
      if (delivery === undefined) throw new Error('nothing was queued')
      expect(delivery).toMatchObject({
        orgId,
        webhookId: webhook.id,
        eventId: event?.id,
        kind: 'event',
        status: 'PENDING',
        sequence: 1,
        attempts: 0,
        headline: { kind: 'record.broken', group: 'eu', externalId: 'k-1' },
      })
      expect(JSON.parse(delivery.body)).toMatchObject({
        uuid: delivery.id,
        webhook_uuid: webhook.id,
        event: { event_uuid: event?.id },
      })
      expect(await store.deliveries.get(orgId, webhook.id, delivery.id)).toEqual(delivery)
    })

    test('a delivery is found under its own webhook only', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const webhook = await createWebhook(bench)
      const other = await createWebhook(bench, { groups: ['other'] })
      await recordChanges(bench, await createMonitor(bench))
      const [delivery] = (await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items
      expect(await store.deliveries.get(orgId, other.id, delivery?.id ?? 'req_')).toBeNull()
      expect((await store.deliveries.list(orgId, other.id, {}, FIRST_PAGE)).items).toEqual([])
    })

    test('attempts are kept in order and in full', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      await createWebhook(bench)
      await recordChanges(bench, await createMonitor(bench))
      const attempts = []
      for (const outcome of [REFUSED, ACCEPTED]) {
        const [claimed] = await store.queue.claimDue(CLAIM)
        if (claimed === undefined) throw new Error('nothing was claimed')
        const settlement = settlementOf(bench, claimed, outcome)
        await store.queue.settle(claimed, settlement, false)
        attempts.push(settlement.attempt)
        clock.advance(60_012)
      }
      const [delivery] = (await store.events.list(orgId, {}, FIRST_PAGE)).items
      const [webhook] = (await store.webhooks.list(orgId, {}, FIRST_PAGE)).items
      const [stored] = (await store.deliveries.list(orgId, webhook?.id ?? 'wh_', {}, FIRST_PAGE)).items
      expect(delivery?.id).toBe(stored?.eventId)
      expect(stored).toMatchObject({ status: 'DELIVERED', attempts: 2, statusCode: 200, errorMessage: null })
      expect(await store.deliveries.attempts(orgId, stored?.id ?? 'req_')).toEqual(attempts)
      expect(await store.deliveries.attempts(STRANGER, stored?.id ?? 'req_')).toEqual([])
    })
  })
}
