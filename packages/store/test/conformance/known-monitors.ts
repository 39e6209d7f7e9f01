import type { NewMonitor } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import { aMonitor, createMonitor, openBench, STRANGER, type OpenDatabase } from '../fixtures.ts'

const KEYED = { ...aMonitor(), externalId: 'k-1' }

export function describeKnownMonitors(open: OpenDatabase): void {
  describe('monitors that are known by what they watch', () => {
    const others: { why: string; change: Partial<NewMonitor>; same: boolean }[] = [
      { why: 'the same', change: {}, same: true },
      {
        why: 'another order and spelling of the values',
        change: { expected: ['2001:DB8:0::1', '2001:db8::2'] },
        same: true,
      },
      {
        why: 'what has no say: frequency, notify, activity, ids',
        change: { intervalMinutes: 60, isActive: false, externalId: 'x', metadata: { a: 'b' } },
        same: true,
      },
      { why: 'another expectation', change: { expected: ['2001:db8::2'] }, same: false },
      { why: 'another mode', change: { match: 'includes' }, same: false },
      { why: 'another name', change: { ownerName: 'mail.example.com' }, same: false },
    ]
    test.for(others)('$why: $same', async ({ change, same }) => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const first = { type: 'AAAA', expected: ['2001:db8::2', '2001:db8::1'] } as const
      const oldest = await createMonitor(bench, first)
      await createMonitor(bench, first)
      const wanted = { monitor: aMonitor({ ...first, ...change }), groupId: oldest.monitor.groupId }
      expect(await store.monitors.equals(orgId, [wanted])).toEqual([same ? oldest : null])
    })

    test('each is found in its own group and organization, in the order asked', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const eu = await createMonitor(bench, { group: 'eu' })
      const us = await createMonitor(bench, { group: 'us' })
      const wanted = [us, eu].map(({ monitor }) => ({ monitor: aMonitor(), groupId: monitor.groupId }))
      expect(await store.monitors.equals(orgId, wanted)).toEqual([us, eu])
      expect(await store.monitors.equals(STRANGER, wanted)).toEqual([null, null])
      expect(await store.monitors.equals(orgId, [])).toEqual([])
    })
  })

  describe('monitors that are known by an external id', () => {
    test('are created first and edited then; id and creation stay', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const first = await store.monitors.put(orgId, KEYED, () => ({}))
      expect(first).toMatchObject({ created: true, watched: { monitor: { externalId: 'k-1' } } })
      clock.advance(1000)
      const second = await store.monitors.put(orgId, KEYED, ({ monitor }) => ({
        expected: [...monitor.expected, '192.0.2.2'],
      }))
      const { id, created } = first.watched.monitor
      expect(second).toMatchObject({
        created: false,
        watched: {
          monitor: { id, created, expected: ['192.0.2.1', '192.0.2.2'], expectedVersion: 2, updated: clock.now() },
        },
      })
    })

    test('are created once, however many come at the same time, by this way or another', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const comers = Array.from({ length: 6 }, () => store.monitors.put(orgId, KEYED, () => ({ intervalMinutes: 30 })))
      const plain = store.monitors.create(orgId, [KEYED]).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'external_id_taken' })
        return []
      })
      const results = await Promise.all(comers)
      const creations = results.filter(({ created }) => created).length + (await plain).length
      expect(creations).toBe(1)
      expect(new Set(results.map(({ watched }) => watched.monitor.id)).size).toBe(1)
      expect(await store.accounts.usage(orgId)).toMatchObject({ monitors: 1 })
    })

    test('are not created beyond the limit, and edited all the same', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const full = (existing: number): void => {
        if (existing > 0) throw new RangeError('full')
      }
      expect(await store.monitors.put(orgId, KEYED, () => ({}), full)).toMatchObject({ created: true })
      expect(await store.monitors.put(orgId, KEYED, () => ({}), full)).toMatchObject({ created: false })
      await expect(store.monitors.put(orgId, { ...KEYED, externalId: 'k-2' }, () => ({}), full)).rejects.toThrow('full')
    })

    test('are told from those that are free', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      await createMonitor(bench, { externalId: 'k-1' })
      expect(await store.monitors.takenExternalIds(orgId, ['k-1', 'k-2', 'k-1'])).toEqual(new Set(['k-1']))
      expect(await store.monitors.takenExternalIds(orgId, [])).toEqual(new Set())
      expect(await store.monitors.takenExternalIds(STRANGER, ['k-1'])).toEqual(new Set())
    })
  })

  describe('a rehearsal', () => {
    test('gives what would come of it and leaves nothing behind', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const made = await store.rehearse(async ({ monitors, groups }) => {
        const [watched] = await monitors.create(orgId, [aMonitor({ group: 'fresh', metadata: { a: 'b' } })])
        return { watched, group: await groups.find(orgId, 'fresh') }
      })
      expect(made).toMatchObject({ watched: { status: { state: 'UNSET' } }, group: { monitors: 1 } })
      expect(await store.accounts.usage(orgId)).toMatchObject({ monitors: 0 })
      expect(await store.groups.find(orgId, 'fresh')).toBeNull()
    })

    test('that is refused leaves the transaction around it as it was', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      await store.transaction(async (records) => {
        await records.monitors.create(orgId, [KEYED])
        const refused = records.rehearse(({ monitors }) => monitors.create(orgId, [KEYED]))
        await expect(refused).rejects.toMatchObject({ code: 'external_id_taken' })
      })
      expect(await store.accounts.usage(orgId)).toMatchObject({ monitors: 1 })
    })
  })
}
