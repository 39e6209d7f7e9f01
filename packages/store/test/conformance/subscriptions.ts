import type { NewWebhook, WebhookEdit } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aMonitor,
  aResult,
  aWebhook,
  BROKEN,
  claimMonitor,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  openBench,
  recordChanges,
  STRANGER,
  type OpenDatabase,
} from '../fixtures.ts'

type Subscription = NewWebhook & { readonly source: 'zapier' | 'n8n' }

function aSubscription(overrides: Partial<Subscription> = {}): Subscription {
  return { ...aWebhook(), allGroups: true, groups: [], source: 'n8n', ...overrides }
}

export function describeSubscriptions(open: OpenDatabase): void {
  describe('subscriptions', () => {
    test('the same source and url is one subscription: the second time replaces the first', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const first = await store.webhooks.subscribe(orgId, aSubscription({ secret: 'one' }), 10)
      expect(first.created).toBe(true)
      await recordChanges(bench, await createMonitor(bench))
      const changed: Partial<Subscription> = {
        secret: 'two',
        callerGaveSecret: true,
        method: 'PUT',
        headers: [['X-A', '1']],
        groups: ['eu'],
        allGroups: false,
        filters: { events: ['*'], states: ['VALID'], recordTypes: ['MX'], monitors: [] },
        timeoutMs: 9000,
        formatOptions: { a: 'b' },
      }
      const second = await store.webhooks.subscribe(orgId, aSubscription(changed), 10)
      const eu = await store.groups.find(orgId, 'eu')
      expect(second).toMatchObject({
        created: false,
        webhook: { ...changed, id: first.webhook.id, created: first.webhook.created, groups: [eu?.id], pending: 1 },
      })
      expect(await store.webhooks.get(orgId, first.webhook.id)).toEqual(second.webhook)
      expect((await store.webhooks.list(orgId, {}, FIRST_PAGE)).items).toHaveLength(1)
      expect((await store.deliveries.list(orgId, first.webhook.id, {}, FIRST_PAGE)).items).toHaveLength(1)
    })

    test.for([
      { why: 'another source', other: { source: 'zapier' as const } },
      { why: 'another url', other: { url: 'https://receiver.example/other' } },
    ])('$why is another subscription', async ({ other }) => {
      await using bench = await openBench(open)
      const one = await bench.store.webhooks.subscribe(bench.orgId, aSubscription(), 10)
      const two = await bench.store.webhooks.subscribe(bench.orgId, aSubscription(other), 10)
      expect(two.created).toBe(true)
      expect(two.webhook.id).not.toBe(one.webhook.id)
    })

    test('asking at the same time makes one, and the url of a plain webhook is none of its business', async () => {
      await using bench = await openBench(open)
      const plain = await createWebhook(bench)
      const asked = Array.from({ length: 5 }, () => bench.store.webhooks.subscribe(bench.orgId, aSubscription(), 1))
      const answers = await Promise.all(asked)
      expect(answers.filter(({ created }) => created)).toHaveLength(1)
      expect(new Set(answers.map(({ webhook }) => webhook.id)).size).toBe(1)
      expect(answers[0]?.webhook.id).not.toBe(plain.id)
    })

    test('one more than the limit is refused, replacing one is not', async () => {
      await using bench = await openBench(open)
      const subscribe = (url: string, limit = 2) =>
        bench.store.webhooks.subscribe(bench.orgId, aSubscription({ url, groups: ['fresh'], allGroups: false }), limit)
      await createWebhook(bench)
      await subscribe('https://a.example/')
      await subscribe('https://b.example/')
      await expect(subscribe('https://c.example/')).rejects.toMatchObject({ code: 'subscription_limit' })
      expect((await bench.store.webhooks.list(bench.orgId, {}, FIRST_PAGE)).items).toHaveLength(3)
      expect((await subscribe('https://b.example/')).created).toBe(false)
      expect((await bench.store.webhooks.subscribe(STRANGER, aSubscription(), 2)).created).toBe(true)
    })

    test('subscribing again wakes a disabled one, which starts without a fault, and is told', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const { webhook } = await store.webhooks.subscribe(orgId, aSubscription(), 10)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'gave_up' })
      const again = await store.webhooks.subscribe(orgId, aSubscription(), 10)
      expect(again).toMatchObject({ created: false, webhook: { isActive: true, disabledReason: null, retries: 0 } })
      expect(await bench.database.countPauses(webhook)).toEqual({ open: 0, closed: 1 })
      const { items } = await store.systemEvents.list(orgId, { type: 'webhook.*' }, FIRST_PAGE)
      expect(items).toMatchObject([
        { type: 'webhook.recovered', data: { webhook: { uuid: webhook.id }, reason: 'gave_up' } },
      ])
      const off = await store.webhooks.subscribe(orgId, aSubscription({ isActive: false }), 10)
      expect(off.webhook).toMatchObject({ id: webhook.id, isActive: false, disabledReason: 'manual' })
    })

    test('is sent the circumstances beside the event, a plain webhook is not', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const plain = await createWebhook(bench, { groups: ['eu'] })
      const { webhook } = await store.webhooks.subscribe(orgId, aSubscription(), 10)
      const metadata = { customer: '7' }
      const watched = await createMonitor(bench, { group: 'eu', externalId: 'c-7', metadata })
      const claimed = await claimMonitor(bench, watched)
      const brokenSince = clock.now() - 90_000
      const broken = { ...aResult(claimed, clock.now()).status, state: 'MISMATCH' as const, brokenSince }
      await store.checks.record([aResult(claimed, clock.now(), { status: broken, change: BROKEN })])
      const bodies = await Promise.all(
        [plain, webhook].map(async ({ id }) => {
          const { items } = await store.deliveries.list(orgId, id, {}, FIRST_PAGE)
          return JSON.parse(items[0]?.body ?? '{}')
        }),
      )
      expect(Object.keys(bodies[0])).toEqual(['uuid', 'webhook_uuid', 'created', 'event'])
      expect(bodies[1].event).toEqual(bodies[0].event)
      expect(bodies[1].context).toMatchObject({
        kind: 'record.broken',
        hostname: 'www.example.com',
        group: 'eu',
        external_id: 'c-7',
        metadata,
        missing: ['192.0.2.1'],
        unexpected: ['192.0.2.2'],
        broken_since: new Date(brokenSince).toISOString().replace('.000', ''),
        broken_for_seconds: 90,
        url: null,
      })
    })

    test('a page of the monitor, where there is one, is linked', async () => {
      await using database = await open()
      await using store = await database.open({ monitorUrl: (id) => `https://dns.example.com/${id}` })
      const { organization } = await store.accounts.ensureDefaultOrganization(null)
      const bench = { store, orgId: organization.id, clock: database.clock }
      const { webhook } = await store.webhooks.subscribe(bench.orgId, aSubscription(), 10)
      const watched = await createMonitor(bench)
      await recordChanges(bench, watched)
      const { items } = await store.deliveries.list(bench.orgId, webhook.id, {}, FIRST_PAGE)
      expect(JSON.parse(items[0]?.body ?? '{}').context.url).toBe(`https://dns.example.com/${watched.monitor.id}`)
    })
  })

  describe('editing a webhook', () => {
    const GIVEN = aWebhook({ headers: [['X-A', '1']], secret: 'first', groups: ['eu'], formatOptions: { a: 'b' } })
    const FILTERS = { events: ['*'], states: ['VALID' as const], recordTypes: ['MX' as const], monitors: [] }
    const edits: { why: string; edit: WebhookEdit; after: object }[] = [
      { why: 'nothing', edit: {}, after: {} },
      { why: 'its url', edit: { url: 'https://b.example/' }, after: { url: 'https://b.example/' } },
      { why: 'its method', edit: { method: 'PATCH' }, after: { method: 'PATCH' } },
      { why: 'its headers', edit: { headers: [['X-B', '2']] }, after: { headers: [['X-B', '2']] } },
      { why: 'its secret', edit: { secret: 'second' }, after: { secret: 'second', callerGaveSecret: true } },
      { why: 'its filters', edit: { filters: FILTERS }, after: { filters: FILTERS } },
      { why: 'its timeout', edit: { timeoutMs: 1000 }, after: { timeoutMs: 1000 } },
      { why: 'that it covers all groups', edit: { allGroups: true }, after: { allGroups: true } },
      { why: 'its options', edit: { formatOptions: {} }, after: { formatOptions: {} } },
    ]
    test.for(edits)('changes $why and leaves the rest', async ({ edit, after }) => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const webhook = await store.webhooks.create(orgId, GIVEN, 5)
      await recordChanges(bench, await createMonitor(bench, { group: 'eu' }))
      const before = await store.webhooks.get(orgId, webhook.id)
      const edited = await store.webhooks.update(orgId, webhook.id, () => edit, 5)
      expect(edited).toEqual({ ...before, ...after })
      expect(await store.webhooks.get(orgId, webhook.id)).toEqual(edited)
    })

    test('its new groups take the place of the old ones, and only those it joins can be full', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const webhook = await store.webhooks.create(orgId, GIVEN, 1)
      await store.webhooks.create(orgId, aWebhook({ groups: ['us'] }), 1)
      const move = (groups: string[]) => store.webhooks.update(orgId, webhook.id, () => ({ groups }), 1)
      await expect(move(['eu', 'fresh', 'us'])).rejects.toMatchObject({ code: 'group_webhook_limit' })
      expect(await store.groups.find(orgId, 'fresh')).toBeNull()
      expect((await move(['eu', 'fresh']))?.groups).toHaveLength(2)
      expect((await move(['fresh']))?.groups).toEqual([(await store.groups.find(orgId, 'fresh'))?.id])
      expect((await move([]))?.groups).toEqual([])
    })

    test('an edit that throws leaves everything as it was', async () => {
      await using bench = await openBench(open)
      const webhook = await createWebhook(bench)
      const refuse = () => {
        throw new Error('no')
      }
      await expect(bench.store.webhooks.update(bench.orgId, webhook.id, refuse, 5)).rejects.toThrow('no')
      expect(await bench.store.webhooks.get(bench.orgId, webhook.id)).toEqual(webhook)
    })

    test('a subscription cannot take the url of another one', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const one = await store.webhooks.subscribe(orgId, aSubscription({ url: 'https://a.example/' }), 10)
      const two = await store.webhooks.subscribe(orgId, aSubscription({ url: 'https://b.example/' }), 10)
      const edit = (url: string) => store.webhooks.update(orgId, two.webhook.id, () => ({ url }), 10)
      await expect(edit(one.webhook.url)).rejects.toMatchObject({ code: 'conflict' })
      expect((await edit(two.webhook.url))?.url).toBe(two.webhook.url)
      expect((await edit('https://c.example/'))?.url).toBe('https://c.example/')
    })

    test('what was queued before is sent as the webhook is now', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const webhook = await createWebhook(bench)
      await store.monitors.create(orgId, [aMonitor()])
      await recordChanges(bench, await createMonitor(bench))
      await store.webhooks.update(orgId, webhook.id, () => ({ url: 'https://b.example/', secret: 'new' }), 5)
      const claimed = await store.queue.claimDue({ node: 'nod_01jd00000000000000000000aa', limit: 1, leaseMs: 1000 })
      expect(claimed).toMatchObject([{ webhook: { url: 'https://b.example/', secret: 'new' } }])
    })
  })
}
