import type { Webhook } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  CLAIM,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  LEASE_MS,
  NODE,
  openBench,
  OTHER_NODE,
  recordChanges,
  type OpenDatabase,
} from '../fixtures.ts'
import { claimQueue, openQueue } from './queue-fixtures.ts'

export function describeQueue(open: OpenDatabase): void {
  describe('claiming a queue', () => {
    test('two claimers never get the same webhook', async () => {
      await using bench = await openBench(open)
      const groups = Array.from({ length: 12 }, (_, i) => `g${i}`)
      for (const group of groups) await createWebhook(bench, { groups: [group] })
      for (const group of groups) await recordChanges(bench, await createMonitor(bench, { group }))
      const claims = await Promise.all(
        [NODE, OTHER_NODE, NODE].map((node) => bench.store.queue.claimDue({ node, limit: 5, leaseMs: LEASE_MS })),
      )
      const ids = claims.flat().map(({ webhook }) => webhook.id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.length + (await bench.store.queue.claimDue(CLAIM)).length).toBe(12)
    })

    test('the head is the oldest delivery, and the webhook that waits longest comes first', async () => {
      await using bench = await openBench(open)
      const { store } = bench
      const late = await createWebhook(bench, { groups: ['late'] })
      const early = await createWebhook(bench, { groups: ['early'] })
      await recordChanges(bench, await createMonitor(bench, { group: 'early' }), 2)
      await recordChanges(bench, await createMonitor(bench, { group: 'late' }))
      const claimed = await store.queue.claimDue(CLAIM)
      expect(claimed.map(({ webhook, delivery }) => [webhook.id, delivery.sequence, webhook.pending])).toEqual([
        [early.id, 1, 2],
        [late.id, 1, 1],
      ])
    })

    test('a claimed webhook is complete, its secrets and groups included', async () => {
      await using bench = await openQueue(open, 1)
      const [claimed] = await bench.store.queue.claimDue(CLAIM)
      expect(claimed?.webhook).toEqual({ ...bench.webhook, pending: 1, nextAttempt: claimed?.webhook.nextAttempt })
    })

    test('a lease that lapsed gives the webhook to the next claimer', async () => {
      await using bench = await openQueue(open, 1)
      const dead = await claimQueue(bench)
      expect(await bench.store.queue.claimDue(CLAIM)).toEqual([])
      bench.clock.advance(LEASE_MS)
      const alive = await claimQueue(bench)
      expect(alive.delivery.id).toBe(dead.delivery.id)
      expect(await bench.store.queue.renew(dead.webhook, dead.lease, LEASE_MS)).toBe(false)
      expect(await bench.store.queue.renew(alive.webhook, alive.lease, LEASE_MS)).toBe(true)
    })

    test('renewing keeps the webhook to its holder', async () => {
      await using bench = await openQueue(open, 1)
      const { store, clock } = bench
      const claimed = await claimQueue(bench)
      clock.advance(LEASE_MS - 1)
      expect(await store.queue.renew(claimed.webhook, claimed.lease, LEASE_MS)).toBe(true)
      clock.advance(LEASE_MS - 1)
      expect(await store.queue.claimDue(CLAIM)).toEqual([])
    })

    test('nothing may be sent once the webhook is disabled or deleted', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, webhook } = bench
      const claimed = await claimQueue(bench)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      expect(await store.queue.renew(claimed.webhook, claimed.lease, LEASE_MS)).toBe(false)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: true })
      expect(await store.queue.renew(claimed.webhook, claimed.lease, LEASE_MS)).toBe(false)
      await store.webhooks.delete(orgId, webhook.id)
      expect(await store.queue.renew(claimed.webhook, claimed.lease, LEASE_MS)).toBe(false)
    })

    test('a released webhook is due again at once', async () => {
      await using bench = await openQueue(open, 1)
      const claimed = await claimQueue(bench)
      await bench.store.queue.release(claimed)
      expect(await claimQueue(bench)).toMatchObject({ delivery: { id: claimed.delivery.id } })
      await bench.store.queue.release(claimed)
      expect(await bench.store.queue.claimDue(CLAIM)).toEqual([])
    })

    test('the next due time is that of the first webhook nobody is sending to', async () => {
      await using bench = await openBench(open)
      const { store, clock, orgId } = bench
      expect(await store.queue.nextDue()).toBeNull()
      const webhook = await createWebhook(bench)
      const due = clock.now()
      await recordChanges(bench, await createMonitor(bench))
      expect(await store.queue.nextDue()).toBe(due)
      await claimQueue(bench)
      expect(await store.queue.nextDue()).toBe(clock.now() + LEASE_MS)
      clock.advance(10)
      await store.deliveries.createTest(orgId, webhook.id, () => '{}')
      expect(await store.queue.nextDue()).toBe(clock.now())
    })
  })

  describe('numbers', () => {
    test('each webhook numbers its own deliveries in the order of events, whatever its groups and filters', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const everything = await createWebhook(bench, { allGroups: true })
      const eu = await createWebhook(bench, { groups: ['eu'] })
      const both = await createWebhook(bench, { groups: ['eu', 'us'] })
      const mail = await createWebhook(bench, {
        allGroups: true,
        filters: { events: ['record.*'], states: [], recordTypes: ['MX'], monitors: [] },
      })
      const restored = await createWebhook(bench, {
        allGroups: true,
        filters: { events: ['record.restored'], states: [], recordTypes: [], monitors: [] },
      })
      const inEu = await createMonitor(bench, { group: 'eu', externalId: 'eu' })
      const inUs = await createMonitor(bench, { group: 'us', type: 'MX', externalId: 'us' })
      const inNone = await createMonitor(bench, { externalId: 'default' })
      for (let round = 0; round < 2; round++) {
        for (const watched of [inUs, inEu, inNone, inEu]) await recordChanges(bench, watched)
      }
      const queueOf = async (webhook: Webhook) => {
        const { items } = await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)
        const events = await Promise.all(items.map(({ eventId }) => store.events.get(orgId, eventId ?? 'evt_')))
        expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, i) => i + 1))
        return events.map((event) => event?.externalId).join(' ')
      }
      expect(await queueOf(everything)).toBe('us eu default eu us eu default eu')
      expect(await queueOf(eu)).toBe('eu eu eu eu')
      expect(await queueOf(both)).toBe('us eu eu us eu eu')
      expect(await queueOf(mail)).toBe('us us')
      expect(await queueOf(restored)).toBe('')
    })
  })
}
