import { describe, expect, test } from 'vitest'
import { createMonitor, FIRST_PAGE, openBench, STRANGER, type OpenDatabase } from '../fixtures.ts'

export function describeSystemEvents(open: OpenDatabase): void {
  describe('system events', () => {
    test('what was recorded is listed, newest first when asked so', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const outage = await store.systemEvents.record(orgId, 'resolver.outage', { server: '192.0.2.53', share: 0.75 })
      clock.advance(1_000)
      const recovery = await store.systemEvents.record(orgId, 'resolver.recovered', { server: '192.0.2.53' })
      expect(recovery.created).toBe(clock.now())
      const { items } = await store.systemEvents.list(orgId, {}, { ...FIRST_PAGE, way: 'desc' })
      expect(items).toEqual([recovery, outage])
    })

    test.each([
      { type: 'resolver.outage', kinds: ['resolver.outage'] },
      { type: 'resolver.*', kinds: ['resolver.outage', 'resolver.recovered'] },
      { type: '*', kinds: ['resolver.outage', 'resolver.recovered', 'monitor.created'] },
      { type: 'monitor.*', kinds: ['monitor.created'] },
      { type: 'nothing.*', kinds: [] },
      { type: 'nothing', kinds: [] },
    ])('the type $type finds $kinds', async ({ type, kinds }) => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      for (const kind of ['resolver.outage', 'resolver.recovered'] as const) {
        await store.systemEvents.record(orgId, kind, {})
      }
      await createMonitor(bench)
      const { items } = await store.systemEvents.list(orgId, { type }, FIRST_PAGE)
      expect(items.map((event) => event.type)).toEqual(kinds)
    })

    test('a range of time takes its start and leaves its end', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const first = await store.systemEvents.record(orgId, 'resolver.outage', {})
      clock.advance(1_000)
      const second = await store.systemEvents.record(orgId, 'resolver.outage', {})
      const created = { from: first.created, until: second.created }
      const { items } = await store.systemEvents.list(orgId, { created }, FIRST_PAGE)
      expect(items).toEqual([first])
    })

    test('another organization sees nothing of them, and hostile text is stored scrubbed', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const recorded = await store.systemEvents.record(orgId, 'resolver.outage', { server: 'a\0b\ud800' })
      expect(recorded.data).toEqual({ server: 'a\ufffdb\ufffd' })
      expect((await store.systemEvents.list(STRANGER, {}, FIRST_PAGE)).items).toEqual([])
    })
  })
}
