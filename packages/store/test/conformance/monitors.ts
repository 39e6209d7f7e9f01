import type { MonitorFilter } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aMonitor,
  aResult,
  CLAIM,
  claimMonitor,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  openBench,
  recordChanges,
  STRANGER,
  type OpenDatabase,
} from '../fixtures.ts'

export function describeMonitors(open: OpenDatabase): void {
  describe('monitors', () => {
    test('a new monitor is never looked at, of version 1, and due at once', async () => {
      await using bench = await openBench(open)
      const { group: _, ...given } = aMonitor({ metadata: { customer: '7' }, externalId: 'k-1' })
      const created = await createMonitor(bench, given)
      expect(created.monitor).toMatchObject({ ...given, expectedVersion: 1, created: bench.clock.now() })
      expect(created.status).toMatchObject({
        state: 'UNSET',
        current: null,
        lastChecked: null,
        nextCheck: bench.clock.now(),
      })
      expect(await bench.store.monitors.get(bench.orgId, created.monitor.id)).toEqual(created)
    })

    test('a bulk is created in the order given', async () => {
      await using bench = await openBench(open)
      const names = Array.from({ length: 250 }, (_, i) => `n${i}.example.com`)
      const created = await bench.store.monitors.create(
        bench.orgId,
        names.map((ownerName) => aMonitor({ ownerName })),
      )
      expect(created.map(({ monitor }) => monitor.ownerName)).toEqual(names)
      const listed = await bench.store.monitors.list(bench.orgId, {}, FIRST_PAGE)
      expect(listed.items.map(({ monitor }) => monitor.ownerName)).toEqual(names.slice(0, 100))
    })

    test('of a bulk with one refused monitor nothing is created, its new groups included', async () => {
      await using bench = await openBench(open)
      await createMonitor(bench, { externalId: 'taken' })
      const bulk = [aMonitor({ group: 'fresh' }), aMonitor({ externalId: 'taken' })]
      await expect(bench.store.monitors.create(bench.orgId, bulk)).rejects.toMatchObject({ code: 'external_id_taken' })
      expect(await bench.store.accounts.usage(bench.orgId)).toMatchObject({ monitors: 1 })
      expect(await bench.store.groups.find(bench.orgId, 'fresh')).toBeNull()
    })

    test('a limit holds against creators who come at the same time', async () => {
      await using bench = await openBench(open)
      const admit = (existing: number): void => {
        if (existing >= 3) throw new RangeError('full')
      }
      const creates = Array.from({ length: 8 }, () => bench.store.monitors.create(bench.orgId, [aMonitor()], admit))
      const results = await Promise.allSettled(creates)
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
      expect(await bench.store.accounts.usage(bench.orgId)).toMatchObject({ monitors: 3 })
    })

    test('an edit is written whole, and the monitor is due at once', async () => {
      await using bench = await openBench(open)
      const { monitor } = await createMonitor(bench)
      bench.clock.advance(60_000)
      const next = await bench.store.monitors.update(bench.orgId, monitor.id, (current) => ({
        expected: [...current.monitor.expected, '192.0.2.77'],
        intervalMinutes: 5,
        group: 'moved',
        externalId: 'k-2',
        metadata: { a: 'b' },
      }))
      expect(next?.monitor).toMatchObject({
        expected: [...monitor.expected, '192.0.2.77'],
        expectedVersion: 2,
        intervalMinutes: 5,
        externalId: 'k-2',
        updated: bench.clock.now(),
      })
      expect(next?.monitor.groupId).toBe((await bench.store.groups.find(bench.orgId, 'moved'))?.id)
      expect(await bench.store.monitors.get(bench.orgId, monitor.id)).toEqual(next)
      expect(await bench.store.checks.nextDue()).toBe(bench.clock.now())
    })

    test('an edit that is refused writes nothing', async () => {
      await using bench = await openBench(open)
      const created = await createMonitor(bench)
      const refusal = bench.store.monitors.update(bench.orgId, created.monitor.id, () => {
        throw new RangeError('refused')
      })
      await expect(refusal).rejects.toThrow('refused')
      expect(await bench.store.monitors.get(bench.orgId, created.monitor.id)).toEqual(created)
    })

    test('an edit to an external id that is taken is refused, with the group it would have made', async () => {
      await using bench = await openBench(open)
      await createMonitor(bench, { externalId: 'taken' })
      const { monitor } = await createMonitor(bench)
      const edit = bench.store.monitors.update(bench.orgId, monitor.id, () => ({ externalId: 'taken', group: 'fresh' }))
      await expect(edit).rejects.toMatchObject({ code: 'external_id_taken' })
      expect(await bench.store.groups.find(bench.orgId, 'fresh')).toBeNull()
    })

    test('a look that was under way during an edit is not recorded', async () => {
      await using bench = await openBench(open)
      const watched = await createMonitor(bench)
      const check = await claimMonitor(bench, watched)
      await bench.store.monitors.update(bench.orgId, watched.monitor.id, () => ({ expected: ['192.0.2.77'] }))
      const result = aResult(check, bench.clock.now())
      expect(await bench.store.checks.record([result])).toMatchObject([{ recorded: false }])
    })

    test('nobody edits the monitor of another organization', async () => {
      await using bench = await openBench(open)
      const { monitor } = await createMonitor(bench)
      const edit = await bench.store.monitors.update(STRANGER, monitor.id, () => ({ intervalMinutes: 5 }))
      expect(edit).toBeNull()
    })

    test('two organizations may use the same external id', async () => {
      await using bench = await openBench(open)
      await createMonitor(bench, { externalId: 'shared' })
      const theirs = [aMonitor({ externalId: 'shared', group: 'theirs' })]
      expect(await bench.store.monitors.create(STRANGER, theirs)).toHaveLength(1)
      await expect(createMonitor(bench, { externalId: 'shared' })).rejects.toMatchObject({ code: 'external_id_taken' })
    })

    test('an unknown group is made with the monitor, a known one is used', async () => {
      await using bench = await openBench(open)
      const bulk = [aMonitor({ group: 'eu' }), aMonitor({ group: 'eu' }), aMonitor()]
      const [first, second, third] = await bench.store.monitors.create(bench.orgId, bulk)
      const eu = await bench.store.groups.find(bench.orgId, 'eu')
      expect(eu).toMatchObject({ slug: 'eu', name: 'eu', isDefault: false, monitors: 2, webhooks: 0 })
      expect(first?.monitor.groupId).toBe(eu?.id)
      expect(second?.monitor.groupId).toBe(eu?.id)
      const byId = await createMonitor(bench, { group: eu?.id ?? null })
      expect(byId.monitor.groupId).toBe(eu?.id)
      expect(await bench.store.groups.find(bench.orgId, third?.monitor.groupId ?? '')).toMatchObject({
        slug: 'default',
        monitors: 1,
      })
    })

    test('a group id that nobody has is refused', async () => {
      await using bench = await openBench(open)
      const missing = createMonitor(bench, { group: 'grp_01h455vb4pex5vsknk084sn02q' })
      await expect(missing).rejects.toMatchObject({
        code: 'invalid_field',
        fields: { group: expect.stringContaining('slug') },
      })
    })

    const filters: { why: string; filter: MonitorFilter; names: string[] }[] = [
      { why: 'group', filter: { group: 'eu' }, names: ['eu'] },
      { why: 'a group that does not exist', filter: { group: 'nowhere' }, names: [] },
      { why: 'state', filter: { state: 'VALID' }, names: ['eu'] },
      { why: 'type', filter: { type: 'MX' }, names: ['mail'] },
      { why: 'activity', filter: { isActive: false }, names: ['off'] },
      { why: 'domain', filter: { domain: 'other.test' }, names: ['mail'] },
      { why: 'no subdomain', filter: { subdomain: null }, names: ['mail'] },
      { why: 'subdomain', filter: { subdomain: 'www' }, names: ['eu', 'off'] },
      { why: 'owner name', filter: { ownerName: 'off' }, names: ['off'] },
      { why: 'domain in any case', filter: { domain: 'OTHER.test' }, names: ['mail'] },
      { why: 'subdomain in any case', filter: { subdomain: 'WWW' }, names: ['eu', 'off'] },
      { why: 'registrable domain', filter: { registrable: 'other.test' }, names: ['mail'] },
      { why: 'the usual mode', filter: { match: 'exact' }, names: ['eu', 'mail'] },
      { why: 'another mode', filter: { match: 'includes' }, names: ['off'] },
      { why: 'external id', filter: { externalId: 'k-1' }, names: ['mail'] },
      { why: 'a member of the metadata', filter: { metadata: { tier: 'gold' } }, names: ['eu', 'mail'] },
      { why: 'two members', filter: { metadata: { tier: 'gold', owner: '7' } }, names: ['mail'] },
      { why: 'a member with another value', filter: { metadata: { tier: 'lead' } }, names: [] },
      { why: 'part of the name', filter: { text: 'AI' }, names: ['mail'] },
      { why: 'part of the external id', filter: { text: 'K-' }, names: ['mail'] },
      { why: 'text that is a pattern elsewhere', filter: { text: '%' }, names: [] },
      { why: 'text with every mark of a pattern', filter: { text: '_%\\' }, names: [] },
      { why: 'a state that none is in', filter: { state: 'MISMATCH' }, names: [] },
      { why: 'never looked at', filter: { state: 'UNSET' }, names: ['mail', 'off'] },
      { why: 'state and metadata', filter: { state: 'UNSET', metadata: { tier: 'gold' } }, names: ['mail'] },
      {
        why: 'everything at once',
        filter: {
          externalId: 'k-1',
          ownerName: 'mail',
          domain: 'other.test',
          registrable: 'other.test',
          metadata: { tier: 'gold' },
          state: 'UNSET',
          group: 'default',
          isActive: true,
          match: 'exact',
          type: 'MX',
          subdomain: null,
          text: 'ail',
        },
        names: ['mail'],
      },
      { why: 'several at once', filter: { isActive: true, subdomain: 'www' }, names: ['eu'] },
      { why: 'text that no row can hold', filter: { domain: '\0\uD800' }, names: [] },
    ]
    test.for(filters)('the list is filtered by $why', async ({ filter, names }) => {
      await using bench = await openBench(open)
      const eu = await createMonitor(bench, { ownerName: 'eu', group: 'eu', metadata: { tier: 'gold' } })
      const other = { domain: 'other.test', registrable: 'other.test', subdomain: null, externalId: 'k-1' }
      await createMonitor(bench, { ...other, ownerName: 'mail', type: 'MX', metadata: { tier: 'gold', owner: '7' } })
      await createMonitor(bench, { ownerName: 'off', isActive: false, match: 'includes' })
      await bench.store.checks.record([aResult(await claimMonitor(bench, eu), bench.clock.now())])
      const { items } = await bench.store.monitors.list(bench.orgId, filter, FIRST_PAGE)
      expect(items.map(({ monitor }) => monitor.ownerName)).toEqual(names)
    })

    test('a disabled monitor is not due, and due at once when enabled again', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const { monitor } = await createMonitor(bench)
      expect((await store.monitors.setActive(orgId, monitor.id, false))?.monitor.isActive).toBe(false)
      expect(await store.checks.claimDue(CLAIM)).toEqual([])
      clock.advance(60_000)
      const enabled = await store.monitors.setActive(orgId, monitor.id, true)
      expect(enabled).toMatchObject({
        monitor: { isActive: true, updated: clock.now() },
        status: { nextCheck: clock.now() },
      })
      expect(await store.checks.claimDue(CLAIM)).toHaveLength(1)
    })

    test('enabling an active monitor changes nothing', async () => {
      await using bench = await openBench(open)
      const created = await createMonitor(bench)
      bench.clock.advance(60_000)
      expect(await bench.store.monitors.setActive(bench.orgId, created.monitor.id, true)).toEqual(created)
    })

    test('a deleted monitor is gone, its events and deliveries stay', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const webhook = await createWebhook(bench)
      const watched = await createMonitor(bench)
      await recordChanges(bench, watched)
      expect(await store.monitors.delete(orgId, watched.monitor.id)).toBe(true)
      expect(await store.monitors.delete(orgId, watched.monitor.id)).toBe(false)
      expect(await store.monitors.get(orgId, watched.monitor.id)).toBeNull()
      expect(await store.checks.nextDue()).toBeNull()
      expect((await store.events.list(orgId, { monitorId: watched.monitor.id }, FIRST_PAGE)).items).toHaveLength(1)
      expect(await store.queue.claimDue(CLAIM)).toMatchObject([{ webhook: { id: webhook.id } }])
    })

    test("another organization's monitor is not found, changed or deleted", async () => {
      await using bench = await openBench(open)
      const { store } = bench
      const { monitor } = await createMonitor(bench)
      expect(await store.monitors.get(STRANGER, monitor.id)).toBeNull()
      expect(await store.monitors.setActive(STRANGER, monitor.id, false)).toBeNull()
      expect(await store.monitors.delete(STRANGER, monitor.id)).toBe(false)
      expect(await store.checks.claimOne(STRANGER, monitor.id, CLAIM)).toBe('missing')
      expect((await store.monitors.list(STRANGER, {}, FIRST_PAGE)).items).toEqual([])
      expect(await store.monitors.get(bench.orgId, monitor.id)).not.toBeNull()
    })
  })
}
