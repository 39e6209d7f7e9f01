import { describe, expect, test } from 'vitest'
import { createMonitor, createWebhook, FIRST_PAGE, openBench, STRANGER, type OpenDatabase } from '../fixtures.ts'

export function describeGroups(open: OpenDatabase): void {
  describe('groups', () => {
    test('a group counts its monitors and webhooks', async () => {
      await using bench = await openBench(open)
      await createMonitor(bench, { group: 'eu' })
      await createWebhook(bench, { groups: ['eu', 'us'] })
      const { items } = await bench.store.groups.list(bench.orgId, FIRST_PAGE)
      const counts = items.map(({ slug, monitors, webhooks }) => ({ slug, monitors, webhooks }))
      expect(counts.slice(0, 2)).toEqual([
        { slug: 'default', monitors: 0, webhooks: 0 },
        { slug: 'eu', monitors: 1, webhooks: 1 },
      ])
      expect(counts[2]).toEqual({ slug: 'us', monitors: 0, webhooks: 1 })
    })

    test('slugs are looked up by id, and unknown ids are left out', async () => {
      await using bench = await openBench(open)
      const { monitor } = await createMonitor(bench, { group: 'eu' })
      const unknown = 'grp_01h455vb4pex5vsknk084sn02q' as const
      const slugs = await bench.store.groups.slugs(bench.orgId, [monitor.groupId, unknown, monitor.groupId])
      expect([...slugs]).toEqual([[monitor.groupId, 'eu']])
      expect(await bench.store.groups.slugs(bench.orgId, [])).toEqual(new Map())
    })

    test('a group is found by slug and by id', async () => {
      await using bench = await openBench(open)
      const { monitor } = await createMonitor(bench, { group: 'eu' })
      const bySlug = await bench.store.groups.find(bench.orgId, 'eu')
      expect(bySlug?.id).toBe(monitor.groupId)
      expect(await bench.store.groups.find(bench.orgId, monitor.groupId)).toEqual(bySlug)
      expect(await bench.store.groups.find(bench.orgId, 'us')).toBeNull()
    })

    test("another organization's groups are not seen", async () => {
      await using bench = await openBench(open)
      const { monitor } = await createMonitor(bench, { group: 'eu' })
      expect(await bench.store.groups.find(STRANGER, monitor.groupId)).toBeNull()
      expect(await bench.store.groups.find(STRANGER, 'eu')).toBeNull()
      expect((await bench.store.groups.slugs(STRANGER, [monitor.groupId])).size).toBe(0)
      expect((await bench.store.groups.list(STRANGER, FIRST_PAGE)).items).toEqual([])
    })
  })
}
