import type { MonitorFilter, PageRequest } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aMonitor,
  aResult,
  claimMonitor,
  createMonitor,
  FIRST_PAGE,
  openBench,
  STRANGER,
  type Bench,
  type OpenDatabase,
} from '../fixtures.ts'

export function describeMonitorLists(open: OpenDatabase): void {
  describe('lists of monitors', () => {
    const filters: { why: string; filter: MonitorFilter }[] = [
      { why: 'group', filter: { group: 'eu' } },
      { why: 'metadata', filter: { metadata: { tier: 'gold' } } },
      { why: 'state', filter: { state: 'UNSET' } },
      { why: 'domain', filter: { domain: 'example.com' } },
      { why: 'registrable domain', filter: { registrable: 'example.com' } },
      { why: 'type', filter: { type: 'A' } },
      { why: 'mode', filter: { match: 'includes' } },
      { why: 'activity', filter: { isActive: false } },
      { why: 'text', filter: { text: 'n' } },
    ]
    test.for(filters)('filtered by $why are paged both ways', async ({ filter }) => {
      await using bench = await openBench(open)
      const group = { group: 'eu', metadata: { tier: 'gold' }, match: 'includes', isActive: false } as const
      await bench.store.monitors.create(
        bench.orgId,
        Array.from({ length: 5 }, (_, i) => aMonitor({ ...group, ownerName: `n${i}` })),
      )
      const list = (page: Partial<PageRequest>) =>
        bench.store.monitors.list(bench.orgId, filter, { ...FIRST_PAGE, limit: 2, ...page })
      const first = await list({})
      const second = await list({ after: first.items.at(-1)?.monitor.id ?? null })
      const back = await list({ before: second.items[0]?.monitor.id ?? null })
      const last = await list({ way: 'desc', limit: 1 })
      const seen = [first, second, back, last].map(({ items }) =>
        items.map(({ monitor }) => monitor.ownerName).join(' '),
      )
      expect(seen).toEqual(['n0 n1', 'n2 n3', 'n0 n1', 'n4'])
    })

    test('metadata that was edited is found by what it says now', async () => {
      await using bench = await openBench(open)
      const { monitor } = await createMonitor(bench, { metadata: { tier: 'gold', owner: '7' } })
      const find = async (metadata: Record<string, string>) =>
        (await bench.store.monitors.list(bench.orgId, { metadata }, FIRST_PAGE)).items.length
      await bench.store.monitors.update(bench.orgId, monitor.id, () => ({ metadata: { tier: 'lead' } }))
      expect(await Promise.all([find({ tier: 'gold' }), find({ owner: '7' }), find({ tier: 'lead' })])).toEqual([
        0, 0, 1,
      ])
      await bench.store.monitors.delete(bench.orgId, monitor.id)
      expect(await find({ tier: 'lead' })).toBe(0)
    })

    test("another organization's metadata is not found", async () => {
      await using bench = await openBench(open)
      await createMonitor(bench, { metadata: { tier: 'gold' } })
      expect((await bench.store.monitors.list(STRANGER, { metadata: { tier: 'gold' } }, FIRST_PAGE)).items).toEqual([])
    })

    test('counts tell how many there are, how many are inactive, and how many in each state', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const eu = await createMonitor(bench, { group: 'eu' })
      await createMonitor(bench, { group: 'eu', isActive: false })
      await checkedAs(bench, 'VALID')
      await checkedAs(bench, 'MISMATCH')
      const none = { UNSET: 0, VALID: 0, MISMATCH: 0, NOT_FOUND: 0, TIMEOUT: 0, INVALID: 0 }
      expect(await store.monitors.count(orgId, null)).toEqual({
        total: 4,
        inactive: 1,
        states: { ...none, UNSET: 2, VALID: 1, MISMATCH: 1 },
      })
      expect(await store.monitors.count(orgId, eu.monitor.groupId)).toEqual({
        total: 2,
        inactive: 1,
        states: { ...none, UNSET: 2 },
      })
      expect(await store.monitors.count(STRANGER, null)).toEqual({ total: 0, inactive: 0, states: none })
      expect(await store.monitors.count(STRANGER, eu.monitor.groupId)).toEqual({ total: 0, inactive: 0, states: none })
    })
  })
}

async function checkedAs(bench: Bench, state: 'VALID' | 'MISMATCH'): Promise<void> {
  const claimed = await claimMonitor(bench, await createMonitor(bench))
  const result = aResult(claimed, bench.clock.now())
  await bench.store.checks.record([{ ...result, status: { ...result.status, state } }])
}
