import type { NewGroup } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import { createMonitor, createWebhook, FIRST_PAGE, openBench, STRANGER, type OpenDatabase } from '../fixtures.ts'

const A_GROUP: NewGroup = { slug: 'eu', name: 'Europe', kind: 'native', isPublic: true }

function refusedAsNotEmpty(error: unknown): void {
  expect(error).toMatchObject({ code: 'group_not_empty' })
}

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

    test('strangers find public groups: by id, and by slug those of the default organization', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const ours = await store.groups.create(orgId, A_GROUP)
      await store.groups.create(orgId, { ...A_GROUP, slug: 'private', isPublic: false })
      const other = await store.accounts.createOrganization({ name: 'Other', plan: 'free' })
      const theirs = await store.groups.create(other.id, { ...A_GROUP, slug: 'theirs' })
      const shown = { id: ours.id, orgId, slug: 'eu', name: 'Europe' }
      expect(await store.groups.findPublic('eu')).toEqual(shown)
      expect(await store.groups.findPublic(ours.id)).toEqual(shown)
      expect(await store.groups.findPublic(theirs.id)).toMatchObject({ orgId: other.id, slug: 'theirs' })
      for (const name of ['theirs', 'private', 'nowhere', 'default', 'grp_01h455vb4pex5vsknk084sn02q']) {
        expect([name, await store.groups.findPublic(name)]).toEqual([name, null])
      }
    })

    test('it is known in which states inactive monitors of a group were left', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const { monitor } = await createMonitor(bench, { group: 'eu', isActive: false })
      await createMonitor(bench, { group: 'eu' })
      await createMonitor(bench, { group: 'us', isActive: false })
      expect([...(await store.groups.inactiveStates(orgId, monitor.groupId))]).toEqual([['UNSET', 1]])
      expect([...(await store.groups.inactiveStates(STRANGER, monitor.groupId))]).toEqual([])
    })

    test('groups are named without their counts, and names of no group are left out', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const { monitor } = await createMonitor(bench, { group: 'eu' })
      const eu = { id: monitor.groupId, slug: 'eu', kind: 'native', isDefault: false }
      const named = await store.groups.named(orgId, [null, 'eu', 'nowhere', monitor.groupId, 'eu'])
      expect([...named.keys()]).toEqual([null, 'eu', monitor.groupId])
      expect(named.get('eu')).toEqual(eu)
      expect(named.get(monitor.groupId)).toEqual(eu)
      expect(named.get(null)).toMatchObject({ slug: 'default', isDefault: true })
    })

    test('a new group is empty, and its slug is its own', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const made = await store.groups.create(orgId, A_GROUP)
      expect(made).toMatchObject({ ...A_GROUP, isDefault: false, monitors: 0, webhooks: 0, created: bench.clock.now() })
      expect(await store.groups.find(orgId, 'eu')).toEqual(made)
      await expect(store.groups.create(orgId, A_GROUP)).rejects.toMatchObject({ code: 'conflict' })
      await expect(store.groups.create(STRANGER, A_GROUP)).resolves.toMatchObject({ slug: 'eu' })
    })

    test('an edit changes what it names, and the slug of another group is refused', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const made = await store.groups.create(orgId, A_GROUP)
      expect(await store.groups.update(orgId, 'eu', () => ({ name: 'West', isPublic: false }))).toEqual({
        ...made,
        name: 'West',
        isPublic: false,
      })
      expect(await store.groups.update(orgId, made.id, () => ({ slug: 'west' }))).toMatchObject({ slug: 'west' })
      const taken = store.groups.update(orgId, 'west', () => ({ slug: 'default' }))
      await expect(taken).rejects.toMatchObject({
        code: 'conflict',
        fields: { slug: expect.stringMatching(/^"default"/) },
      })
      expect(await store.groups.update(orgId, 'eu', () => ({ name: 'x' }))).toBeNull()
      expect(await store.groups.update(STRANGER, made.id, () => ({ name: 'x' }))).toBeNull()
    })

    test('an edit that is refused writes nothing', async () => {
      await using bench = await openBench(open)
      const made = await bench.store.groups.create(bench.orgId, A_GROUP)
      const refused = bench.store.groups.update(bench.orgId, 'eu', () => {
        throw new RangeError('refused')
      })
      await expect(refused).rejects.toThrow('refused')
      expect(await bench.store.groups.find(bench.orgId, 'eu')).toEqual(made)
    })

    test('a group with monitors is not deleted; without them it is, and webhooks lose it', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const { monitor } = await createMonitor(bench, { group: 'eu' })
      const webhook = await createWebhook(bench, { groups: ['eu'] })
      const agree = (): void => {}
      await expect(store.groups.delete(orgId, 'eu', agree)).rejects.toMatchObject({ code: 'group_not_empty' })
      await store.monitors.delete(orgId, monitor.id)
      expect(await store.groups.delete(STRANGER, monitor.groupId, agree)).toBeNull()
      expect(await store.groups.delete(orgId, 'eu', agree)).toMatchObject({ id: monitor.groupId, slug: 'eu' })
      expect(await store.groups.delete(orgId, 'eu', agree)).toBeNull()
      expect(await store.webhooks.get(orgId, webhook.id)).toMatchObject({ groups: [], allGroups: false })
    })

    test('a group stays when its deletion is refused', async () => {
      await using bench = await openBench(open)
      await bench.store.groups.create(bench.orgId, A_GROUP)
      const refused = bench.store.groups.delete(bench.orgId, 'eu', () => {
        throw new RangeError('refused')
      })
      await expect(refused).rejects.toThrow('refused')
      expect(await bench.store.groups.find(bench.orgId, 'eu')).not.toBeNull()
    })

    test('whoever comes while a group is deleted finds it or makes it anew', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      for (let round = 0; round < 5; round++) {
        const slug = `g${round}`
        await store.groups.create(orgId, { ...A_GROUP, slug })
        const [created] = await Promise.all([
          createMonitor(bench, { group: slug }),
          createWebhook(bench, { groups: [slug] }),
          store.groups.delete(orgId, slug, () => {}).catch(refusedAsNotEmpty),
        ])
        expect((await store.groups.find(orgId, slug))?.id).toBe(created.monitor.groupId)
      }
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
