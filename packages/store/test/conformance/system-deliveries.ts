import type { Delivery, SystemEvent, Webhook, WebhookFilters } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aBreak,
  aMonitor,
  aRestoration,
  aResult,
  BROKEN,
  CLAIM,
  claimMonitor,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  NODE,
  openBench,
  recordChanges,
  REFUSED,
  RESTORED,
  settlementOf,
  STRANGER,
  type Bench,
  type OpenDatabase,
} from '../fixtures.ts'

const ALL: WebhookFilters = { events: ['*'], states: [], recordTypes: [], monitors: [] }

function createListener(bench: Bench, overrides: Parameters<typeof createWebhook>[1] = {}): Promise<Webhook> {
  return createWebhook(bench, { allGroups: true, filters: ALL, ...overrides })
}

async function deliveriesOf({ store, orgId }: Bench, webhook: Webhook): Promise<readonly Delivery[]> {
  return (await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items
}

async function systemEvents({ store, orgId }: Bench, type = '*'): Promise<readonly SystemEvent[]> {
  return (await store.systemEvents.list(orgId, { type }, FIRST_PAGE)).items
}

function kindsOf(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ headline }) => headline.kind)
}

export function describeSystemDeliveries(open: OpenDatabase): void {
  describe('what is told of monitors', () => {
    test('each step of a life is a system event with the monitor as it is then, delivered in order', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const listener = await createListener(bench)
      const { monitor } = await createMonitor(bench, { group: 'eu', externalId: 'c-7' })
      for (const isActive of [true, false, false, true]) await store.monitors.setActive(orgId, monitor.id, isActive)
      await store.monitors.update(orgId, monitor.id, () => ({ isActive: false }))
      await store.monitors.update(orgId, monitor.id, () => ({ metadata: { a: 'b' } }))
      expect(await store.monitors.delete(orgId, monitor.id)).toBe(true)
      expect(await store.monitors.delete(orgId, monitor.id)).toBe(false)

      const kinds = ['monitor.created', 'monitor.disabled', 'monitor.enabled', 'monitor.disabled', 'monitor.deleted']
      const events = await systemEvents(bench)
      expect(events.map(({ type }) => type)).toEqual(kinds)
      expect(events[0]?.data).toMatchObject({
        monitor: { uuid: monitor.id, group: 'eu', external_id: 'c-7', is_active: true, record_type: 'A' },
      })
      expect(events.at(-1)?.data).toMatchObject({ monitor: { is_active: false, metadata: { a: 'b' } } })

      const deliveries = await deliveriesOf(bench, listener)
      expect(kindsOf(deliveries)).toEqual(kinds)
      expect(deliveries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
      expect(deliveries.map(({ systemEventId }) => systemEventId)).toEqual(events.map(({ id }) => id))
      expect(deliveries[0]).toMatchObject({
        kind: 'system',
        eventId: null,
        status: 'PENDING',
        headline: { kind: 'monitor.created', group: 'eu', externalId: 'c-7' },
      })
      expect(JSON.parse(deliveries[0]?.body ?? '')).toEqual({
        uuid: deliveries[0]?.id,
        webhook_uuid: listener.id,
        created: new Date(clock.now()).toISOString().replace('.000', ''),
        type: 'monitor.created',
        data: { system_event_uuid: events[0]?.id, ...events[0]?.data },
      })
      expect(await store.queue.claimDue(CLAIM)).toMatchObject([{ delivery: { sequence: 1, kind: 'system' } }])
    })

    test('a bulk makes one each, in the order given, or none when it is refused', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const names = ['a', 'b', 'c'].map((key) => aMonitor({ externalId: key }))
      await store.monitors.create(orgId, names)
      await expect(store.monitors.create(orgId, [aMonitor(), aMonitor({ externalId: 'a' })])).rejects.toMatchObject({
        code: 'external_id_taken',
      })
      const events = await systemEvents(bench, 'monitor.*')
      expect(events.map(({ data }) => (data['monitor'] as { external_id: string }).external_id)).toEqual([
        'a',
        'b',
        'c',
      ])
    })

    test('only webhooks that want it are told, and their numbers go on with the DNS events', async () => {
      await using bench = await openBench(open)
      const plain = await createWebhook(bench, { allGroups: true })
      const elsewhere = await createListener(bench, { allGroups: false, groups: ['us'] })
      const here = await createListener(bench, { allGroups: false, groups: ['eu'] })
      const watched = await createMonitor(bench, { group: 'eu' })
      await recordChanges(bench, watched)
      await bench.store.monitors.delete(bench.orgId, watched.monitor.id)
      expect(kindsOf(await deliveriesOf(bench, plain))).toEqual(['record.broken'])
      expect(await deliveriesOf(bench, elsewhere)).toEqual([])
      const heard = await deliveriesOf(bench, here)
      expect(kindsOf(heard)).toEqual(['monitor.created', 'record.broken', 'monitor.deleted'])
      expect(heard.map(({ sequence }) => sequence)).toEqual([1, 2, 3])
    })

    test('when its deliveries cannot be written, the monitor is not made either', async () => {
      await using bench = await openBench(open)
      await createListener(bench)
      await bench.database.breakDeliveries()
      await expect(createMonitor(bench)).rejects.toThrow()
      await bench.database.mendDeliveries()
      expect((await bench.store.monitors.list(bench.orgId, {}, FIRST_PAGE)).items).toEqual([])
      expect(await systemEvents(bench)).toEqual([])
    })
  })

  describe('what is told of domains', () => {
    /** Two broken monitors of one domain, one broken monitor of another, and one that is well. */
    async function openDomain() {
      const bench = await openBench(open)
      const { store, orgId, clock } = bench
      const one = await createMonitor(bench, { group: 'eu' })
      const two = await createMonitor(bench, { group: 'us', subdomain: 'mail', ownerName: 'mail.example.com' })
      const other = { domain: 'example.org', ownerName: 'www.example.org', registrable: 'example.org' }
      const [foreign] = await store.monitors.create(orgId, [aMonitor(other)])
      if (foreign === undefined) throw new Error('no monitor was made')
      for (const watched of [one, two, foreign]) {
        await store.checks.record([aBreak(await claimMonitor(bench, watched), clock.now())])
        clock.advance(60_000)
      }
      const restore = async (watched: typeof one) =>
        store.checks.record([aRestoration(await claimMonitor(bench, watched), clock.now())])
      return { ...bench, one, two, foreign, restore }
    }

    test('the last broken monitor that becomes VALID restores its domain, once', async () => {
      await using bench = await openDomain()
      const listener = await createListener(bench, { allGroups: false, groups: ['eu'] })
      await bench.restore(bench.one)
      expect(await systemEvents(bench, 'domain.*')).toEqual([])
      const [second] = await bench.restore(bench.two)
      const [restored, ...others] = await systemEvents(bench, 'domain.*')
      expect(others).toEqual([])
      expect(restored).toMatchObject({
        type: 'domain.restored',
        data: {
          domain: 'example.com',
          monitors: [bench.one.monitor.id, bench.two.monitor.id],
          // Three minutes since the first of the two broke, although the last one broke a minute later.
          broken_for_seconds: 180,
        },
      })
      expect((restored?.id ?? '').slice(4) > (second?.event?.id ?? '').slice(4)).toBe(true)
      const heard = await deliveriesOf(bench, listener)
      expect(heard.map(({ sequence, headline }) => [sequence, headline])).toEqual([
        [1, { kind: 'record.restored', group: 'eu', externalId: null }],
        [2, { kind: 'domain.restored', group: null, externalId: null }],
      ])
      for (const watched of [bench.one, bench.two]) {
        const claimed = await claimMonitor(bench, watched)
        await bench.store.checks.record([aResult(claimed, bench.clock.now())])
      }
      expect(await systemEvents(bench, 'domain.*')).toHaveLength(1)
    })

    test('an incident that was over before the last one began is not counted in', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const one = await createMonitor(bench)
      const two = await createMonitor(bench, { subdomain: 'mail', ownerName: 'mail.example.com' })
      for (const watched of [one, two]) {
        await store.checks.record([aBreak(await claimMonitor(bench, watched), clock.now())])
        clock.advance(60_000)
        await store.checks.record([aRestoration(await claimMonitor(bench, watched), clock.now())])
        clock.advance(60_000)
      }
      const events = await systemEvents(bench, 'domain.*')
      expect(events.map(({ data }) => data['broken_for_seconds'])).toEqual([60, 60])
    })

    test('two that are restored in one batch restore it once, after both their events', async () => {
      await using bench = await openDomain()
      const { store, orgId, clock } = bench
      const listener = await createListener(bench)
      const claimed = [await claimMonitor(bench, bench.one), await claimMonitor(bench, bench.two)]
      await store.checks.record(claimed.map((check) => aRestoration(check, clock.now())))
      expect(kindsOf(await deliveriesOf(bench, listener))).toEqual([
        'record.restored',
        'record.restored',
        'domain.restored',
      ])
      expect((await store.systemEvents.list(STRANGER, {}, FIRST_PAGE)).items).toEqual([])
      expect((await store.webhooks.get(orgId, listener.id))?.pending).toBe(3)
    })

    test('a disabled monitor and one that was deleted hold nothing back', async () => {
      await using bench = await openDomain()
      const { store, orgId } = bench
      await store.monitors.setActive(orgId, bench.two.monitor.id, false)
      await bench.restore(bench.one)
      expect(await systemEvents(bench, 'domain.*')).toMatchObject([{ data: { monitors: [bench.one.monitor.id] } }])
    })

    test('a monitor that was broken in silence holds its domain back, and ends no incident itself', async () => {
      await using bench = await openDomain()
      const { store, clock } = bench
      const silent = await createMonitor(bench, { notify: 'after_success' })
      const broken = aBreak(await claimMonitor(bench, silent), clock.now())
      await store.checks.record([{ ...broken, change: null }])
      await bench.restore(bench.one)
      await bench.restore(bench.two)
      await store.checks.record([aResult(await claimMonitor(bench, silent), clock.now())])
      expect(await systemEvents(bench, 'domain.*')).toEqual([])
    })

    test('a first look that finds the record restores nothing', async () => {
      await using bench = await openBench(open)
      const claimed = await claimMonitor(bench, await createMonitor(bench))
      const change = { ...RESTORED, oldState: 'UNSET' as const }
      await bench.store.checks.record([aResult(claimed, bench.clock.now(), { change })])
      expect(await systemEvents(bench, 'domain.*')).toEqual([])
    })
  })

  describe('what is told of webhooks', () => {
    test('one that gives up is told to the others, with nothing secret, and never to itself', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const dead = await createListener(bench, {
        groups: ['eu'],
        url: 'https://dead.example/',
        headers: [['Authorization', 'Bearer t']],
        formatOptions: { routing_key: 'k' },
      })
      const other = await createWebhook(bench, { groups: [], filters: { ...ALL, events: ['webhook.*'] } })
      await recordChanges(bench, await createMonitor(bench, { group: 'eu' }))
      const [claimed] = await store.queue.claimDue({ node: NODE, limit: 1, leaseMs: 1000 })
      if (claimed === undefined) throw new Error('nothing was claimed')
      expect(claimed.webhook.id).toBe(dead.id)
      const settled = settlementOf(bench, claimed, REFUSED, [])
      expect(await store.queue.settle(claimed, settled, true)).toEqual({ kind: 'disabled' })

      const lastError = REFUSED.kind === 'failed' ? REFUSED.errorMessage : ''
      const [disabled] = await systemEvents(bench, 'webhook.*')
      expect(disabled).toMatchObject({
        type: 'webhook.disabled',
        created: clock.now(),
        data: {
          webhook: {
            uuid: dead.id,
            is_active: false,
            groups: ['eu'],
            headers: { Authorization: '***' },
            format_options: { routing_key: '***' },
          },
          reason: 'gave_up',
          failed: 2,
          last_error: lastError,
        },
      })
      expect(kindsOf(await deliveriesOf(bench, dead))).toEqual(['monitor.created', 'record.broken'])
      expect(kindsOf(await deliveriesOf(bench, other))).toEqual(['webhook.disabled'])

      await store.webhooks.setActive(orgId, dead.id, { isActive: true })
      await store.webhooks.setActive(orgId, dead.id, { isActive: true })
      expect((await systemEvents(bench, 'webhook.*')).slice(1)).toMatchObject([
        {
          type: 'webhook.recovered',
          data: {
            webhook: { uuid: dead.id, is_active: true, last_error: null },
            reason: 'gave_up',
            failed: 2,
            last_error: lastError,
          },
        },
      ])
      expect(kindsOf(await deliveriesOf(bench, other))).toEqual(['webhook.disabled', 'webhook.recovered'])
      expect(kindsOf(await deliveriesOf(bench, dead))).toEqual(['monitor.created', 'record.broken'])
    })

    test('one that somebody disables is no news', async () => {
      await using bench = await openBench(open)
      const webhook = await createWebhook(bench)
      await bench.store.webhooks.setActive(bench.orgId, webhook.id, { isActive: false, reason: 'manual' })
      expect(await systemEvents(bench)).toEqual([])
    })

    test('when the news cannot be written, the outcome is not either and is tried again', async () => {
      await using bench = await openBench(open)
      const { store, orgId, database } = bench
      const dead = await createWebhook(bench)
      await createWebhook(bench, { groups: [], filters: { ...ALL, events: ['webhook.*'] } })
      await recordChanges(bench, await createMonitor(bench))
      const [claimed] = await store.queue.claimDue(CLAIM)
      if (claimed === undefined) throw new Error('nothing was claimed')
      const settled = settlementOf(bench, claimed, REFUSED, [])
      await database.breakDeliveries()
      await expect(store.queue.settle(claimed, settled, true)).rejects.toThrow()
      await database.mendDeliveries()
      expect(await store.webhooks.get(orgId, dead.id)).toMatchObject({ isActive: true, pending: 1 })
      expect(await store.queue.settle(claimed, settled, true)).toEqual({ kind: 'disabled' })
    })
  })

  test('an outage of a resolver goes to whoever asks for it, whatever groups they cover', async () => {
    await using bench = await openBench(open)
    const { store, orgId } = bench
    const asks = await createWebhook(bench, { groups: [], filters: { ...ALL, events: ['resolver.*'] } })
    const doesNot = await createWebhook(bench, { allGroups: true })
    const theirs = await store.webhooks.create(STRANGER, { ...asks, groups: [], allGroups: true, filters: ALL }, 5)
    const data = { server: '192.0.2.53' }
    const event = await store.systemEvents.record(orgId, 'resolver.outage', data)
    const [delivery] = await deliveriesOf(bench, asks)
    expect(JSON.parse(delivery?.body ?? '')).toMatchObject({
      type: 'resolver.outage',
      data: { ...data, system_event_uuid: event.id },
    })
    expect(await deliveriesOf(bench, doesNot)).toEqual([])
    expect((await store.deliveries.list(STRANGER, theirs.id, {}, FIRST_PAGE)).items).toEqual([])
  })

  test('a webhook that is disabled when it happens is not told', async () => {
    await using bench = await openBench(open)
    const listener = await createListener(bench, { isActive: false })
    const claimed = await claimMonitor(bench, await createMonitor(bench))
    await bench.store.checks.record([aResult(claimed, bench.clock.now(), { change: BROKEN })])
    expect(await deliveriesOf(bench, listener)).toEqual([])
  })
}
