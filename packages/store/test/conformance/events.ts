import type { EventFilter } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aResult,
  BROKEN,
  claimMonitor,
  createMonitor,
  FIRST_PAGE,
  openBench,
  recordChanges,
  START,
  STRANGER,
  type OpenDatabase,
} from '../fixtures.ts'

export function describeEvents(open: OpenDatabase): void {
  describe('events', () => {
    const filters: { why: string; filter: EventFilter; found: string[] }[] = [
      { why: 'nothing', filter: {}, found: ['k-1', 'k-2', 'k-3'] },
      { why: 'group', filter: { group: 'eu' }, found: ['k-1'] },
      { why: 'a group that does not exist', filter: { group: 'nowhere' }, found: [] },
      { why: 'type', filter: { type: 'MX' }, found: ['k-2'] },
      { why: 'old state', filter: { oldState: 'MISMATCH' }, found: ['k-3'] },
      { why: 'new state', filter: { newState: 'MISMATCH' }, found: ['k-1', 'k-2'] },
      { why: 'a time from which on, inclusive', filter: { occurred: { from: START + 1000 } }, found: ['k-2', 'k-3'] },
      { why: 'a time before which, exclusive', filter: { occurred: { until: START + 1000 } }, found: ['k-1'] },
      { why: 'a range of time', filter: { occurred: { from: START + 1, until: START + 2000 } }, found: ['k-2'] },
      { why: 'a time before all times', filter: { occurred: { until: -1 } }, found: [] },
      { why: 'several at once', filter: { newState: 'MISMATCH', type: 'A' }, found: ['k-1'] },
    ]
    test.for(filters)('the list is filtered by $why', async ({ filter, found }) => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const monitors = [
        { overrides: { externalId: 'k-1', group: 'eu' }, change: BROKEN },
        { overrides: { externalId: 'k-2', type: 'MX' }, change: BROKEN },
        {
          overrides: { externalId: 'k-3' },
          change: { ...BROKEN, kind: 'record.restored', oldState: 'MISMATCH', newState: 'VALID' },
        },
      ] as const
      for (const { overrides, change } of monitors) {
        const claimed = await claimMonitor(bench, await createMonitor(bench, overrides))
        await store.checks.record([aResult(claimed, clock.now(), { change })])
        clock.advance(1000)
      }
      const { items } = await store.events.list(orgId, filter, FIRST_PAGE)
      expect(items.map(({ externalId }) => externalId)).toEqual(found)
    })

    test('the history of one monitor holds its events only', async () => {
      await using bench = await openBench(open)
      const watched = await createMonitor(bench)
      await recordChanges(bench, watched, 2)
      await recordChanges(bench, await createMonitor(bench), 1)
      const { items } = await bench.store.events.list(bench.orgId, { monitorId: watched.monitor.id }, FIRST_PAGE)
      expect(items.map(({ monitorId }) => monitorId)).toEqual([watched.monitor.id, watched.monitor.id])
    })

    test("another organization's events are not seen", async () => {
      await using bench = await openBench(open)
      await recordChanges(bench, await createMonitor(bench))
      const [event] = (await bench.store.events.list(bench.orgId, {}, FIRST_PAGE)).items
      expect(await bench.store.events.get(bench.orgId, event?.id ?? 'evt_')).toEqual(event)
      expect(await bench.store.events.get(STRANGER, event?.id ?? 'evt_')).toBeNull()
      expect((await bench.store.events.list(STRANGER, {}, FIRST_PAGE)).items).toEqual([])
    })
  })
}
