import { describe, expect, test } from 'vitest'
import type { Outcome, Store } from '@dnsradar/core'
import {
  ACCEPTED,
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
} from '../fixtures.ts'
import { claimQueue, openQueue, statuses } from './queue-fixtures.ts'

const EVERYTHING = 1000
const NONE = { events: 0, requests: 0, systemEvents: 0, audit: 0 }
const GONE: Outcome = { ...REFUSED, statusCode: 410 }
const ENTRY = { keyId: null, action: 'key.create', object: 'key_1', changes: {} }

async function attemptsOf({ store, orgId }: Bench): Promise<number> {
  const [webhook] = (await store.webhooks.list(orgId, {}, FIRST_PAGE)).items
  const { items } = await store.deliveries.list(orgId, webhook?.id ?? 'wh_', {}, FIRST_PAGE)
  const attempts = await Promise.all(items.map(({ id }) => store.deliveries.attempts(orgId, id)))
  return attempts.flat().length
}

async function settleHead(bench: Bench, outcome: Outcome, delays?: number[]): Promise<void> {
  const claimed = await claimQueue(bench)
  await bench.store.queue.settle(claimed, settlementOf(bench, claimed, outcome, delays), false)
}

export function describeRetention(open: OpenDatabase): void {
  describe('retention', () => {
    test('what is older goes, with the attempts of its requests, and what is not stays', async () => {
      await using bench = await openQueue(open, 1)
      const { store, orgId, clock } = bench
      await settleHead(bench, ACCEPTED)
      await store.systemEvents.record(orgId, 'resolver.outage', {})
      await store.audit.record(orgId, ENTRY)
      clock.advance(1000)
      const before = clock.now()
      await recordChanges(bench, await createMonitor(bench))
      await settleHead(bench, ACCEPTED)
      await store.systemEvents.record(orgId, 'resolver.recovered', {})
      await store.audit.record(orgId, ENTRY)

      expect(await store.retention.purge(STRANGER, before, EVERYTHING)).toEqual(NONE)
      const purged = await store.retention.purge(orgId, before, EVERYTHING)
      // That the monitor was made is a system event, too.
      expect(purged).toEqual({ events: 1, requests: 1, systemEvents: 2, audit: 1 })
      expect(await store.retention.purge(orgId, before, EVERYTHING)).toEqual(NONE)
      expect((await store.events.list(orgId, {}, FIRST_PAGE)).items).toHaveLength(1)
      expect(await statuses(bench, bench.webhook)).toEqual(['DELIVERED'])
      expect(await attemptsOf(bench)).toBe(1)
      expect((await store.systemEvents.list(orgId, {}, FIRST_PAGE)).items).toMatchObject([
        { type: 'monitor.created' },
        { type: 'resolver.recovered' },
      ])
      expect((await store.audit.list(orgId, {}, FIRST_PAGE)).items).toHaveLength(1)
    })

    test('a request that waits to be sent stays however old it is, with its attempts and in its place', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, clock } = bench
      await settleHead(bench, REFUSED)
      clock.advance(400 * 86_400_000)
      expect(await store.retention.purge(orgId, clock.now(), EVERYTHING)).toEqual({
        ...NONE,
        events: 2,
        systemEvents: 1,
      })
      expect(await statuses(bench, bench.webhook)).toEqual(['RETRYING', 'PENDING'])
      expect(await attemptsOf(bench)).toBe(1)
      expect((await claimQueue(bench)).delivery).toMatchObject({ sequence: 1, attempts: 1 })
    })

    test('a request that was given up goes', async () => {
      await using bench = await openQueue(open, 2)
      const { store, orgId, clock } = bench
      await settleHead(bench, REFUSED, [])
      expect(await statuses(bench, bench.webhook)).toEqual(['FAILED', 'FAILED'])
      clock.advance(1000)
      expect(await store.retention.purge(orgId, clock.now(), EVERYTHING)).toMatchObject({ requests: 2 })
    })

    test('a slice is no larger than asked for, oldest first', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      await recordChanges(bench, await createMonitor(bench), 5)
      const left = async () => (await store.events.list(orgId, {}, FIRST_PAGE)).items.map(({ occurred }) => occurred)
      const [, , third] = await left()
      expect(await store.retention.purge(orgId, clock.now(), 2)).toMatchObject({ events: 2 })
      expect((await left())[0]).toBe(third)
      expect(await store.retention.purge(orgId, clock.now(), 2)).toMatchObject({ events: 2 })
      expect(await store.retention.purge(orgId, clock.now(), 2)).toMatchObject({ events: 1 })
    })

    test('idempotency marks go when they have expired', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const claim = (mark: string, lastsMs: number) => claimMark(store, orgId, mark, clock.now() + lastsMs)
      await claim('short', 1000)
      await claim('long', 5000)
      expect(await store.retention.purgeMarks(clock.now() + 999, EVERYTHING)).toBe(0)
      expect(await store.retention.purgeMarks(clock.now() + 1000, EVERYTHING)).toBe(1)
      expect(await claim('long', 1000)).toEqual({ kind: 'running' })
      expect(await claim('short', 1000)).toEqual({ kind: 'new' })
      expect(await store.retention.purgeMarks(clock.now() + 9000, 1)).toBe(1)
    })

    test('a subscription whose receiver said that it is gone goes with its history, others stay', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const make = (groups: string[], source: 'zapier' | null) => createWebhook(bench, { groups, source })
      const [gone, back, plain] = [await make(['a'], 'zapier'), await make(['b'], 'zapier'), await make(['c'], null)]
      for (const [i, webhook] of [gone, back, plain].entries()) {
        await recordChanges(bench, await createMonitor(bench, { group: ['a', 'b', 'c'][i] ?? null }))
        const claimed = await claimQueue(bench)
        expect(claimed.webhook.id).toBe(webhook.id)
        await store.queue.settle(claimed, settlementOf(bench, claimed, GONE, []), false)
      }
      await store.webhooks.setActive(orgId, back.id, { isActive: true })
      const disabled = clock.now()
      clock.advance(1000)
      expect(await store.retention.purgeGone(disabled - 10, EVERYTHING)).toBe(0)
      expect(await store.retention.purgeGone(clock.now(), EVERYTHING)).toBe(1)
      expect(await store.retention.purgeGone(clock.now(), EVERYTHING)).toBe(0)
      const left = (await store.webhooks.list(orgId, {}, FIRST_PAGE)).items
      expect(left.map(({ id, disabledReason }) => [id, disabledReason])).toEqual([
        [back.id, null],
        [plain.id, 'gave_up'],
      ])
      expect((await store.deliveries.list(orgId, gone.id, {}, FIRST_PAGE)).items).toEqual([])
    })

    test('maintenance may be done at any time, and twice', async () => {
      await using bench = await openBench(open)
      await bench.store.rateLimits.count('k', 1000)
      bench.clock.advance(1000)
      await bench.store.maintain()
      await bench.store.maintain()
      expect(await bench.store.rateLimits.count('k', 1000)).toMatchObject({ count: 1 })
    })
  })
}

function claimMark(store: Store, orgId: Bench['orgId'], mark: string, expires: number) {
  const request = { orgId, keyId: 'key_00000000000000000000000000' as const, mark, hash: new Uint8Array(32) }
  return store.idempotency.claim(request, expires)
}
