import { nextDue, type GroupMonitorsEdit, type SystemEvent } from '@dnsradar/core'
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
  STRANGER,
  type Bench,
  type OpenDatabase,
} from '../fixtures.ts'

const MINUTE = 60_000

async function groupOf(bench: Bench, slug: string) {
  const group = await bench.store.groups.find(bench.orgId, slug)
  if (group === null) throw new Error(`there is no group ${slug}`)
  return group.id
}

async function update(bench: Bench, edit: GroupMonitorsEdit): Promise<void> {
  await bench.store.monitors.updateGroup(bench.orgId, await groupOf(bench, 'eu'), edit)
}

async function told(bench: Bench): Promise<readonly SystemEvent[]> {
  const { items } = await bench.store.systemEvents.list(bench.orgId, { type: 'monitor.*' }, FIRST_PAGE)
  return items.filter(({ type }) => type !== 'monitor.created')
}

export function describeGroupMonitors(open: OpenDatabase): void {
  describe('all monitors of a group', () => {
    test('get a frequency, with due times of its grid; other groups stay as they are', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const inGroup = { group: 'eu', intervalMinutes: 60 }
      const made = await store.monitors.create(
        orgId,
        Array.from({ length: 50 }, () => aMonitor(inGroup)),
      )
      const other = await createMonitor(bench, { intervalMinutes: 60 })
      const checks = await Promise.all([...made, other].map((watched) => claimMonitor(bench, watched)))
      await store.checks.record(
        checks.map((check) => {
          const result = aResult(check, clock.now())
          const nextCheck = nextDue(check.monitor.id, 60, clock.now())
          return { ...result, status: { ...result.status, nextCheck } }
        }),
      )
      const untouched = await store.monitors.get(orgId, other.monitor.id)
      clock.advance(7 * MINUTE)
      await update(bench, { intervalMinutes: 5 })
      for (const { monitor } of made) {
        const now = await store.monitors.get(orgId, monitor.id)
        const before = nextDue(monitor.id, 60, clock.now() - 7 * MINUTE)
        expect(now).toMatchObject({
          monitor: { intervalMinutes: 5, updated: clock.now(), expectedVersion: 1 },
          status: { state: 'VALID', nextCheck: Math.min(before, nextDue(monitor.id, 5, clock.now())) },
        })
      }
      expect(await store.monitors.get(orgId, other.monitor.id)).toEqual(untouched)
    })

    test('are not looked at later because of a slower frequency', async () => {
      await using bench = await openBench(open)
      const { monitor, status } = await createMonitor(bench, { group: 'eu', intervalMinutes: 5 })
      bench.clock.advance(MINUTE)
      await update(bench, { intervalMinutes: 120 })
      expect((await bench.store.monitors.get(bench.orgId, monitor.id))?.status.nextCheck).toBe(status.nextCheck)
    })

    test('whose look is under way do not get the due time of the frequency before', async () => {
      await using bench = await openBench(open)
      const watched = await createMonitor(bench, { group: 'eu', intervalMinutes: 120 })
      const check = await claimMonitor(bench, watched)
      await update(bench, { intervalMinutes: 5 })
      expect(await bench.store.checks.record([aResult(check, bench.clock.now())])).toMatchObject([{ recorded: false }])
      expect(await bench.store.checks.claimDue(CLAIM)).toHaveLength(1)
    })

    test('are disabled and enabled, each told once; who was so already is not', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const webhook = await createWebhook(bench, {
        groups: ['eu'],
        filters: { events: ['monitor.*'], states: [], recordTypes: [], monitors: [] },
      })
      const active = await createMonitor(bench, { group: 'eu' })
      const inactive = await createMonitor(bench, { group: 'eu', isActive: false })
      await update(bench, { isActive: false })
      expect((await told(bench)).map(({ type, data }) => [type, data['monitor']])).toMatchObject([
        ['monitor.disabled', { uuid: active.monitor.id, is_active: false, group: 'eu' }],
      ])
      expect(await store.checks.claimDue(CLAIM)).toEqual([])
      clock.advance(MINUTE)
      await update(bench, { isActive: true })
      const enabled = (await told(bench)).slice(1).map(({ type, data }) => [type, data['monitor']])
      expect(enabled).toMatchObject([
        ['monitor.enabled', { uuid: active.monitor.id }],
        ['monitor.enabled', { uuid: inactive.monitor.id }],
      ])
      const claimed = await store.checks.claimDue(CLAIM)
      expect(claimed.map(({ status }) => status.nextCheck)).toEqual([clock.now(), clock.now()])
      const { items } = await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)
      expect(items.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
    })

    test('get both at once', async () => {
      await using bench = await openBench(open)
      const { monitor } = await createMonitor(bench, { group: 'eu' })
      await update(bench, { intervalMinutes: 30, isActive: false })
      expect(await bench.store.monitors.get(bench.orgId, monitor.id)).toMatchObject({
        monitor: { intervalMinutes: 30, isActive: false },
      })
      expect(await told(bench)).toHaveLength(1)
    })

    test('that are so already are not touched', async () => {
      await using bench = await openBench(open)
      const created = await createMonitor(bench, { group: 'eu', intervalMinutes: 5 })
      const check = await claimMonitor(bench, created)
      bench.clock.advance(MINUTE)
      await update(bench, { intervalMinutes: 5, isActive: true })
      expect(await bench.store.monitors.get(bench.orgId, created.monitor.id)).toEqual(created)
      expect(await bench.store.checks.record([aResult(check, bench.clock.now())])).toMatchObject([{ recorded: true }])
    })

    test('of another organization are not touched', async () => {
      await using bench = await openBench(open)
      const created = await createMonitor(bench, { group: 'eu' })
      await bench.store.monitors.updateGroup(STRANGER, created.monitor.groupId, { isActive: false })
      expect(await bench.store.monitors.get(bench.orgId, created.monitor.id)).toEqual(created)
    })

    test('are edited by several at once while results are recorded', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const made = await store.monitors.create(
        orgId,
        Array.from({ length: 60 }, () => aMonitor({ group: 'eu' })),
      )
      for (const [intervalMinutes, isActive] of [
        [30, false],
        [5, true],
      ] as const) {
        const checks = await store.checks.claimDue(CLAIM)
        await Promise.all([
          update(bench, { intervalMinutes, isActive }),
          store.checks.record(checks.map((check) => aResult(check, clock.now()))),
          update(bench, { intervalMinutes, isActive }),
        ])
      }
      const { items } = await store.monitors.list(orgId, { group: 'eu', isActive: true }, FIRST_PAGE)
      expect(items.map(({ monitor }) => monitor.intervalMinutes)).toEqual(made.map(() => 5))
    })
  })
}
