import type { CheckStatus } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aResult,
  BROKEN,
  CLAIM,
  claimMonitor,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  openBench,
  type Bench,
  type OpenDatabase,
} from '../fixtures.ts'

export function describeRecording(open: OpenDatabase): void {
  describe('recording checks', () => {
    test('of an unchanged look the times are written and nothing else', async () => {
      await using bench = await openBench(open)
      const watched = await createMonitor(bench)
      const first = await claimMonitor(bench, watched)
      const now = bench.clock.now()
      await bench.store.checks.record([aResult(first, now)])
      const recorded = await bench.store.monitors.get(bench.orgId, watched.monitor.id)
      const second = await claimMonitor(bench, watched)
      const result = aResult(second, now + 60_000, { unchanged: true })
      const status = { ...result.status, state: 'MISMATCH' as const, current: ['not written'] }
      expect(await bench.store.checks.record([{ ...result, status }])).toMatchObject([{ recorded: true, event: null }])
      const after = await bench.store.monitors.get(bench.orgId, watched.monitor.id)
      const { lastChecked, nextCheck } = result.status
      expect(after?.status).toEqual({ ...recorded?.status, lastChecked, nextCheck })
    })

    test('an unchanged look is fenced as any other, in a batch with changed ones', async () => {
      await using bench = await openBench(open)
      const [kept, edited] = [await createMonitor(bench), await createMonitor(bench)]
      const [a, b] = [await claimMonitor(bench, kept), await claimMonitor(bench, edited)]
      await bench.store.monitors.update(bench.orgId, edited.monitor.id, () => ({ expected: ['192.0.2.77'] }))
      const now = bench.clock.now()
      const results = [aResult(a, now), aResult(b, now, { unchanged: true })]
      expect(await bench.store.checks.record(results)).toMatchObject([{ recorded: true }, { recorded: false }])
    })

    test('a status comes back as it was written', async () => {
      await using bench = await openBench(open)
      const claimed = await claimMonitor(bench, await createMonitor(bench))
      const status: CheckStatus = {
        state: 'MISMATCH',
        current: ['192.0.2.2'],
        answerHash: 'abc',
        reasons: [{ code: 'extra', message: 'One more.', value: '192.0.2.2' }],
        incidenceCount: 3,
        brokenSince: bench.clock.now() - 5000,
        wasValid: true,
        pending: { state: 'TIMEOUT', since: bench.clock.now(), failing: 2, disputed: 0, votes: ['TIMEOUT', 'INVALID'] },
        lastChecked: bench.clock.now(),
        nextCheck: bench.clock.now() + 30_000,
      }
      await bench.store.checks.record([aResult(claimed, bench.clock.now(), { status })])
      expect(await bench.store.monitors.get(bench.orgId, claimed.monitor.id)).toEqual({
        monitor: claimed.monitor,
        status,
      })
    })

    const meanwhile: { why: string; happen: (bench: Bench, id: `mon_${string}`) => Promise<unknown> }[] = [
      { why: 'disabled', happen: ({ store, orgId }, id) => store.monitors.setActive(orgId, id, false) },
      { why: 'deleted', happen: ({ store, orgId }, id) => store.monitors.delete(orgId, id) },
      {
        why: 'disabled and enabled again',
        happen: async ({ store, orgId }, id) => {
          await store.monitors.setActive(orgId, id, false)
          await store.monitors.setActive(orgId, id, true)
        },
      },
    ]
    test.for(meanwhile)('of a monitor that was $why meanwhile nothing is recorded', async ({ happen }) => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      await createWebhook(bench)
      const claimed = await claimMonitor(bench, await createMonitor(bench))
      await happen(bench, claimed.monitor.id)
      const before = await store.monitors.get(orgId, claimed.monitor.id)
      const recorded = await store.checks.record([aResult(claimed, clock.now(), { change: BROKEN })])
      expect(recorded).toEqual([{ monitorId: claimed.monitor.id, recorded: false, event: null }])
      expect(await store.monitors.get(orgId, claimed.monitor.id)).toEqual(before)
      expect((await store.events.list(orgId, {}, FIRST_PAGE)).items).toEqual([])
      expect(await store.queue.nextDue()).toBeNull()
    })

    test('a result judged by an older version of the expectation is dropped, and the monitor is free again', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const claimed = await claimMonitor(bench, await createMonitor(bench))
      const stale = {
        ...claimed,
        monitor: { ...claimed.monitor, expectedVersion: claimed.monitor.expectedVersion - 1 },
      }
      expect(await store.checks.record([aResult(stale, clock.now(), { change: BROKEN })])).toMatchObject([
        { recorded: false },
      ])
      expect(await store.checks.claimDue(CLAIM)).toMatchObject([{ status: { state: 'UNSET' } }])
    })

    test('the first look of a baseline monitor becomes its expectation', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const watched = await createMonitor(bench, { match: 'baseline', expected: [] })
      await store.checks.record([aResult(await claimMonitor(bench, watched), clock.now(), { baseline: ['192.0.2.7'] })])
      const after = await store.monitors.get(orgId, watched.monitor.id)
      expect(after?.monitor).toMatchObject({ expected: ['192.0.2.7'], expectedVersion: 1 })
    })

    test('an event is a snapshot, and its time is that of its id', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const claimed = await claimMonitor(bench, await createMonitor(bench, { externalId: 'k-1' }))
      const [recorded] = await store.checks.record([aResult(claimed, clock.now(), { change: BROKEN })])
      const { monitor } = claimed
      expect(recorded?.event).toEqual({
        ...BROKEN,
        id: recorded?.event?.id,
        orgId,
        monitorId: monitor.id,
        groupId: monitor.groupId,
        occurred: clock.now(),
        domain: monitor.domain,
        subdomain: monitor.subdomain,
        type: monitor.type,
        expected: monitor.expected,
        externalId: 'k-1',
      })
      expect(await store.events.get(orgId, recorded?.event?.id ?? 'evt_')).toEqual(recorded?.event)
    })

    test('status, event and deliveries of a batch are committed together or not at all', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock, database } = bench
      await createWebhook(bench)
      const quiet = await claimMonitor(bench, await createMonitor(bench))
      const broken = await claimMonitor(bench, await createMonitor(bench))
      const batch = [aResult(quiet, clock.now()), aResult(broken, clock.now(), { change: BROKEN })]

      await database.breakDeliveries()
      await expect(store.checks.record(batch)).rejects.toThrow()
      expect((await store.events.list(orgId, {}, FIRST_PAGE)).items).toEqual([])
      expect((await store.monitors.get(orgId, quiet.monitor.id))?.status.state).toBe('UNSET')
      expect(await store.queue.nextDue()).toBeNull()

      await database.mendDeliveries()
      expect(await store.checks.record(batch)).toMatchObject([{ recorded: true, event: null }, { recorded: true }])
      expect(await store.queue.claimDue(CLAIM)).toMatchObject([{ delivery: { sequence: 1 } }])
    })

    test('an empty batch is nothing', async () => {
      await using bench = await openBench(open)
      expect(await bench.store.checks.record([])).toEqual([])
      await bench.store.checks.release([])
    })
  })
}
