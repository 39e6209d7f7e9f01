import { describe, expect, test } from 'vitest'
import type { ClaimedNotice } from '@dnsradar/core'
import {
  CLAIM,
  createMonitor,
  createWebhook,
  openBench,
  recordChanges,
  REFUSED,
  settlementOf,
  type Bench,
  type OpenDatabase,
} from '../fixtures.ts'

const NOTICES = { limit: 10, leaseMs: 60_000 }

export function describeNotices(open: OpenDatabase): void {
  describe('notices for the operator', () => {
    test('a webhook that gives up is one, with what it is about, and is due at once', async () => {
      await using bench = await openBench(open)
      const webhook = await createWebhook(bench)
      await giveUp(bench)
      expect(await bench.store.operatorNotices.nextDue()).toBeLessThanOrEqual(bench.clock.now())
      const [notice] = await bench.store.operatorNotices.claimDue(NOTICES)
      expect(notice).toMatchObject({
        event: { orgId: bench.orgId, type: 'webhook.disabled', data: { reason: 'gave_up' } },
        subject: { of: 'webhook', webhookId: webhook.id },
        owed: null,
      })
    })

    test('its recovery is one, and what happens to monitors or by hand is none', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const webhook = await createWebhook(bench)
      await giveUp(bench)
      await claimOne(bench).then((notice) => store.operatorNotices.settle(notice, null))
      await store.webhooks.setActive(orgId, webhook.id, { isActive: true })
      await claimOne(bench).then((notice) => store.operatorNotices.settle(notice, null))
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      await store.webhooks.setActive(orgId, webhook.id, { isActive: true })
      await createMonitor(bench)
      expect(await store.operatorNotices.nextDue()).toBeNull()
    })

    test('come in the order in which they happened, and as many as were asked for', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const ids: string[] = []
      for (const server of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
        ids.push((await store.systemEvents.record(orgId, 'resolver.outage', { server })).id)
        clock.advance(1)
      }
      const first = await store.operatorNotices.claimDue({ ...NOTICES, limit: 2 })
      const rest = await store.operatorNotices.claimDue({ ...NOTICES, limit: 2 })
      expect(first.map(({ event }) => event.id)).toEqual(ids.slice(0, 2))
      expect(rest.map(({ event }) => event.id)).toEqual(ids.slice(2))
    })

    test('a lease that lapses makes it due again, and who lost it settles nothing', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      await outage(bench)
      const lost = await claimOne(bench)
      expect(await store.operatorNotices.claimDue(NOTICES)).toEqual([])
      expect(await store.operatorNotices.nextDue()).toBe(lost.leasedUntil)
      clock.advance(NOTICES.leaseMs)
      const held = await claimOne(bench)
      await store.operatorNotices.settle(lost, null)
      expect(await store.operatorNotices.nextDue()).toBe(held.leasedUntil)
      await store.operatorNotices.settle(held, null)
      expect(await store.operatorNotices.nextDue()).toBeNull()
    })

    test('what one channel did not take is owed to that channel, at its time', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      await outage(bench)
      const at = clock.now() + 60_000
      await store.operatorNotices.settle(await claimOne(bench), { owed: ['email'], at })
      expect(await store.operatorNotices.claimDue(NOTICES)).toEqual([])
      expect(await store.operatorNotices.nextDue()).toBe(at)
      clock.advance(60_000)
      expect(await claimOne(bench)).toMatchObject({ owed: ['email'] })
    })

    test('two processes are never given the same one', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open({ serving: false })
      for (let i = 0; i < 20; i++) await outage(bench)
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          (i % 2 === 0 ? bench.store : other).operatorNotices.claimDue({ ...NOTICES, limit: 5 }),
        ),
      )
      const ids = claims.flat().map(({ event }) => event.id)
      expect(new Set(ids).size).toBe(ids.length)
    })

    test('what was due before the process ended is due after it', async () => {
      await using database = await open()
      const store = await database.open()
      const { organization } = await store.accounts.ensureDefaultOrganization(null)
      await store.systemEvents.record(organization.id, 'resolver.recovered', {})
      await store[Symbol.asyncDispose]()
      await using again = await database.open()
      expect(await again.operatorNotices.claimDue(NOTICES)).toHaveLength(1)
    })
  })
}

async function outage({ store, orgId }: Bench): Promise<void> {
  await store.systemEvents.record(orgId, 'resolver.outage', {})
}

async function claimOne({ store }: Bench): Promise<ClaimedNotice> {
  const [notice, ...more] = await store.operatorNotices.claimDue(NOTICES)
  if (notice === undefined || more.length > 0) throw new Error(`not one notice but ${more.length + (notice ? 1 : 0)}`)
  return notice
}

/** The last attempt of the only webhook's only delivery fails. */
async function giveUp(bench: Bench): Promise<void> {
  await recordChanges(bench, await createMonitor(bench))
  const [head] = await bench.store.queue.claimDue(CLAIM)
  if (head === undefined) throw new Error('nothing is due')
  await bench.store.queue.settle(head, settlementOf(bench, head, REFUSED, []), false)
}
