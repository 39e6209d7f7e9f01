import type { WebhookFilter } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  ACCEPTED,
  aMonitor,
  aResult,
  aWebhook,
  BROKEN,
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
} from '../fixtures.ts'

export function describeWebhooks(open: OpenDatabase): void {
  describe('webhooks', () => {
    test('a webhook comes back as it was given', async () => {
      await using bench = await openBench(open)
      const given = aWebhook({
        method: 'PUT',
        headers: [
          ['X-B', '2'],
          ['X-A', '1'],
          ['X-B', '3'],
        ],
        secret: 'sesame',
        callerGaveSecret: true,
        format: 'pagerduty',
        formatOptions: { routing_key: 'r' },
        filters: {
          events: ['*'],
          states: ['VALID'],
          recordTypes: ['MX'],
          monitors: ['mon_01h455vb4pex5vsknk084sn02q'],
        },
        groups: ['eu', 'us'],
        timeoutMs: 30_000,
      })
      const created = await bench.store.webhooks.create(bench.orgId, given, 5)
      expect(created).toMatchObject({
        ...given,
        groups: created.groups,
        isActive: true,
        lastError: null,
        retries: 0,
        pending: 0,
        nextAttempt: null,
      })
      expect([...(await bench.store.groups.slugs(bench.orgId, created.groups)).values()].toSorted()).toEqual([
        'eu',
        'us',
      ])
      expect(await bench.store.webhooks.get(bench.orgId, created.id)).toEqual(created)
    })

    test('without groups a webhook belongs to the default group, or to none when it covers all', async () => {
      await using bench = await openBench(open)
      const defaultGroup = await bench.store.groups.find(bench.orgId, 'default')
      expect((await createWebhook(bench)).groups).toEqual([defaultGroup?.id])
      expect(await createWebhook(bench, { allGroups: true })).toMatchObject({ groups: [], allGroups: true })
    })

    test('a full group refuses one more webhook by name, and nothing of it is kept', async () => {
      await using bench = await openBench(open)
      const create = (groups: string[]) => bench.store.webhooks.create(bench.orgId, aWebhook({ groups }), 2)
      await create(['eu'])
      await create(['eu', 'us'])
      await expect(create(['fresh', 'us', 'eu'])).rejects.toMatchObject({
        code: 'group_webhook_limit',
        message: expect.stringContaining('"eu"'),
      })
      expect(await bench.store.groups.find(bench.orgId, 'fresh')).toBeNull()
      expect(await create(['us'])).toMatchObject({ isActive: true })
    })

    test('subscriptions do not count towards the limit of a group', async () => {
      await using bench = await openBench(open)
      const create = (source: 'zapier' | null) =>
        bench.store.webhooks.create(bench.orgId, aWebhook({ source, groups: ['eu'] }), 1)
      await create('zapier')
      await create('zapier')
      await create(null)
      await expect(create(null)).rejects.toMatchObject({ code: 'group_webhook_limit' })
      expect(await create('zapier')).toMatchObject({ source: 'zapier' })
    })

    test('of several creators at once no more than the limit get a place', async () => {
      await using bench = await openBench(open)
      const attempts = Array.from({ length: 6 }, () =>
        bench.store.webhooks.create(bench.orgId, aWebhook({ groups: ['eu'] }), 2),
      )
      const made = (await Promise.allSettled(attempts)).filter(({ status }) => status === 'fulfilled')
      expect(made).toHaveLength(2)
    })

    const filters: { why: string; filter: WebhookFilter; found: string[] }[] = [
      { why: 'url', filter: { url: 'https://b.example/' }, found: ['b'] },
      { why: 'source', filter: { source: 'n8n' }, found: ['b'] },
      { why: 'group, which a webhook of all groups hears of too', filter: { group: 'eu' }, found: ['a', 'b'] },
      { why: 'the default group', filter: { group: 'default' }, found: ['b', 'c'] },
      { why: 'a group that is not there', filter: { group: 'us' }, found: [] },
      { why: 'activity', filter: { isActive: false }, found: ['c'] },
      { why: 'nothing', filter: {}, found: ['a', 'b', 'c'] },
    ]
    test.for(filters)('the list is filtered by $why', async ({ filter, found }) => {
      await using bench = await openBench(open)
      await createWebhook(bench, { url: 'https://a.example/', groups: ['eu'] })
      await createWebhook(bench, { url: 'https://b.example/', source: 'n8n', allGroups: true })
      await createWebhook(bench, { url: 'https://c.example/', isActive: false })
      const { items } = await bench.store.webhooks.list(bench.orgId, filter, FIRST_PAGE)
      expect(items.map(({ url }) => url.slice('https://'.length, -'.example/'.length))).toEqual(found)
    })

    test('disabling marks the queue failed, and enabling starts empty and without a fault', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock, database } = bench
      const webhook = await createWebhook(bench)
      const watched = await createMonitor(bench)
      await recordChanges(bench, watched, 2)
      const [claimed] = await store.queue.claimDue(CLAIM)
      if (claimed === undefined) throw new Error('nothing was claimed')
      await store.queue.settle(claimed, settlementOf(bench, claimed, REFUSED), false)

      const disabled = await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      expect(disabled).toMatchObject({
        isActive: false,
        disabledReason: 'manual',
        retries: 1,
        lastError: REFUSED.kind === 'failed' && REFUSED.errorMessage,
        nextAttempt: null,
        pending: 0,
      })
      const { items } = await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)
      expect(items.map(({ status, nextAttempt }) => ({ status, nextAttempt }))).toEqual([
        { status: 'FAILED', nextAttempt: null },
        { status: 'FAILED', nextAttempt: null },
      ])
      expect(await database.countPauses(webhook)).toEqual({ open: 1, closed: 0 })

      await recordChanges(bench, watched)
      clock.advance(24 * 3_600_000)
      expect(await store.queue.claimDue(CLAIM)).toEqual([])
      const enabled = await store.webhooks.setActive(orgId, webhook.id, { isActive: true })
      expect(enabled).toMatchObject({
        isActive: true,
        disabledReason: null,
        lastError: null,
        retries: 0,
        pending: 0,
        nextAttempt: null,
      })
      expect(await database.countPauses(webhook)).toEqual({ open: 0, closed: 1 })
      expect(await store.queue.claimDue(CLAIM)).toEqual([])

      await recordChanges(bench, watched)
      expect(await store.queue.claimDue(CLAIM)).toMatchObject([{ delivery: { sequence: 3 } }])
    })

    test('disabling twice keeps the first reason and one pause', async () => {
      await using bench = await openBench(open)
      const { store, orgId, database } = bench
      const webhook = await createWebhook(bench)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'gone' })
      const again = await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      expect(again?.disabledReason).toBe('gone')
      expect(await database.countPauses(webhook)).toEqual({ open: 1, closed: 0 })
    })

    test('a webhook made inactive is paused from its beginning', async () => {
      await using bench = await openBench(open)
      const webhook = await createWebhook(bench, { isActive: false })
      expect(webhook).toMatchObject({ isActive: false, disabledReason: 'manual' })
      await recordChanges(bench, await createMonitor(bench))
      expect((await bench.store.deliveries.list(bench.orgId, webhook.id, {}, FIRST_PAGE)).items).toEqual([])
      expect(await bench.database.countPauses(webhook)).toEqual({ open: 1, closed: 0 })
    })

    test('a deleted webhook takes its deliveries and attempts with it', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const webhook = await createWebhook(bench)
      await recordChanges(bench, await createMonitor(bench))
      const [claimed] = await store.queue.claimDue(CLAIM)
      if (claimed === undefined) throw new Error('nothing was claimed')
      await store.queue.settle(claimed, settlementOf(bench, claimed, ACCEPTED), false)
      expect(await store.deliveries.attempts(orgId, claimed.delivery.id)).toHaveLength(1)

      expect(await store.webhooks.delete(orgId, webhook.id)).toMatchObject({ id: webhook.id, url: webhook.url })
      expect(await store.webhooks.delete(orgId, webhook.id)).toBeNull()
      expect(await store.webhooks.get(orgId, webhook.id)).toBeNull()
      expect((await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items).toEqual([])
      expect(await store.deliveries.attempts(orgId, claimed.delivery.id)).toEqual([])
    })

    test("another organization's webhook is not found, changed or deleted", async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const webhook = await createWebhook(bench)
      await recordChanges(bench, await createMonitor(bench))
      const [delivery] = (await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items
      if (delivery === undefined) throw new Error('nothing was queued')
      expect(await store.webhooks.get(STRANGER, webhook.id)).toBeNull()
      expect(await store.webhooks.setActive(STRANGER, webhook.id, { isActive: false, reason: 'manual' })).toBeNull()
      expect(await store.webhooks.update(STRANGER, webhook.id, () => ({ allGroups: true }), 5)).toBeNull()
      expect(await store.webhooks.delete(STRANGER, webhook.id)).toBeNull()
      expect((await store.webhooks.list(STRANGER, {}, FIRST_PAGE)).items).toEqual([])
      expect((await store.deliveries.list(STRANGER, webhook.id, {}, FIRST_PAGE)).items).toEqual([])
      expect(await store.deliveries.get(STRANGER, webhook.id, delivery.id)).toBeNull()
      expect(await store.deliveries.createTest(STRANGER, webhook.id, () => '{}')).toBeNull()
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({ isActive: true, pending: 1 })
    })

    test('an event of one organization never reaches the webhooks of another, not even in one batch', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const ours = await createWebhook(bench, { allGroups: true })
      const theirs = await store.webhooks.create(STRANGER, aWebhook({ allGroups: true }), 5)
      await store.monitors.create(orgId, [aMonitor()])
      await store.monitors.create(STRANGER, [aMonitor({ group: 'theirs' })])
      const checks = await store.checks.claimDue(CLAIM)
      await store.checks.record(checks.map((check) => aResult(check, clock.now(), { change: BROKEN })))
      const claimed = await store.queue.claimDue(CLAIM)
      expect(claimed).toHaveLength(2)
      for (const { webhook, delivery } of claimed) {
        expect(webhook.pending).toBe(1)
        expect(await store.events.get(webhook.orgId, delivery.eventId ?? 'evt_')).toMatchObject({
          orgId: webhook.orgId,
        })
      }
      expect(new Set(claimed.map(({ webhook }) => webhook.id))).toEqual(new Set([ours.id, theirs.id]))
    })
  })
}
