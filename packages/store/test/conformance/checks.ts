import { describe, expect, test } from 'vitest'
import {
  aMonitor,
  aResult,
  BROKEN,
  CLAIM,
  claimMonitor,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  LEASE_MS,
  NODE,
  openBench,
  OTHER_NODE,
  type Bench,
  type OpenDatabase,
} from '../fixtures.ts'

export function describeChecks(open: OpenDatabase): void {
  describe('claiming checks', () => {
    test('two claimers never get the same monitor', async () => {
      await using bench = await openBench(open)
      await bench.store.monitors.create(
        bench.orgId,
        Array.from({ length: 40 }, () => aMonitor()),
      )
      const claims = await Promise.all(
        [NODE, OTHER_NODE, NODE, OTHER_NODE].map((node) =>
          bench.store.checks.claimDue({ node, limit: 15, leaseMs: LEASE_MS }),
        ),
      )
      const ids = claims.flat().map(({ monitor }) => monitor.id)
      expect(new Set(ids).size).toBe(ids.length)
      const rest = await bench.store.checks.claimDue(CLAIM)
      expect(ids.length + rest.length).toBe(40)
    })

    test('what is longest overdue is claimed first', async () => {
      await using bench = await openBench(open)
      const names = ['first', 'second', 'third']
      for (const ownerName of names) {
        await createMonitor(bench, { ownerName })
        bench.clock.advance(1000)
      }
      const claimed = await bench.store.checks.claimDue({ ...CLAIM, limit: 2 })
      expect(claimed.map(({ monitor }) => monitor.ownerName)).toEqual(['first', 'second'])
      expect(await bench.store.checks.claimDue({ ...CLAIM, limit: 0 })).toEqual([])
    })

    test('what is not due yet is not claimed', async () => {
      await using bench = await openBench(open)
      await checkOnce(bench)
      expect(await bench.store.checks.claimDue(CLAIM)).toEqual([])
      bench.clock.advance(5 * 60_000)
      expect(await bench.store.checks.claimDue(CLAIM)).toHaveLength(1)
    })

    test('a lease that lapsed gives the monitor to the next claimer and fences off the first', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      await createMonitor(bench)
      const [dead] = await store.checks.claimDue(CLAIM)
      clock.advance(LEASE_MS)
      const [alive] = await store.checks.claimDue({ ...CLAIM, node: OTHER_NODE })
      if (dead === undefined || alive === undefined) throw new Error('nothing was claimed')
      expect(alive.monitor.id).toBe(dead.monitor.id)
      expect(await store.checks.record([aResult(dead, clock.now(), { change: BROKEN })])).toMatchObject([
        { recorded: false, event: null },
      ])
      expect(await store.checks.record([aResult(alive, clock.now())])).toMatchObject([{ recorded: true }])
      expect((await store.events.list(bench.orgId, {}, FIRST_PAGE)).items).toEqual([])
    })

    test('of two looks in one batch the one that lost its lease to the other is dropped', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const webhook = await createWebhook(bench)
      await createMonitor(bench)
      const slow = await store.checks.claimDue(CLAIM)
      clock.advance(LEASE_MS)
      const fresh = await store.checks.claimDue(CLAIM)
      const looks = [...fresh, ...slow].map((check) => aResult(check, clock.now(), { change: BROKEN }))
      const recorded = await store.checks.record(looks)
      expect(recorded).toMatchObject([{ recorded: true }, { recorded: false, event: null }])
      expect((await store.events.list(orgId, {}, FIRST_PAGE)).items).toEqual([recorded[0]?.event])
      expect((await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items).toHaveLength(1)
    })

    test('a released monitor is due again at once', async () => {
      await using bench = await openBench(open)
      await createMonitor(bench)
      const claimed = await bench.store.checks.claimDue(CLAIM)
      await bench.store.checks.release(claimed)
      expect(await bench.store.checks.claimDue(CLAIM)).toHaveLength(1)
    })

    test('a lease that was taken over cannot be released by its former holder', async () => {
      await using bench = await openBench(open)
      await createMonitor(bench)
      const dead = await bench.store.checks.claimDue(CLAIM)
      bench.clock.advance(LEASE_MS)
      expect(await bench.store.checks.claimDue(CLAIM)).toHaveLength(1)
      await bench.store.checks.release(dead)
      expect(await bench.store.checks.claimDue(CLAIM)).toEqual([])
    })

    test('one monitor is claimed whether it is due or not, but not twice at a time', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const watched = await checkOnce(bench)
      const { id } = watched.monitor
      expect(await store.checks.claimOne(orgId, id, CLAIM)).toMatchObject({ monitor: { id } })
      expect(await store.checks.claimOne(orgId, id, CLAIM)).toBe('busy')
      bench.clock.advance(LEASE_MS)
      expect(await store.checks.claimOne(orgId, id, CLAIM)).toMatchObject({ monitor: { id } })
    })

    test('a monitor that is claimed while it is edited is the edited one', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const { id } = (await createMonitor(bench, { intervalMinutes: 60 })).monitor
      const { claim } = await store.transaction(async ({ monitors }) => {
        await monitors.update(orgId, id, () => ({ intervalMinutes: 5 }))
        const claim = store.checks.claimOne(orgId, id, CLAIM)
        // Time for it to reach the row, where it waits.
        for (let asked = 0; asked < 20; asked++) await monitors.get(orgId, id)
        return { claim }
      })
      expect(await claim).toMatchObject({ monitor: { id, intervalMinutes: 5 } })
    })

    test('a disabled or unknown monitor cannot be claimed', async () => {
      await using bench = await openBench(open)
      const { monitor } = await createMonitor(bench, { isActive: false })
      expect(await bench.store.checks.claimOne(bench.orgId, monitor.id, CLAIM)).toBe('inactive')
      await bench.store.monitors.delete(bench.orgId, monitor.id)
      expect(await bench.store.checks.claimOne(bench.orgId, monitor.id, CLAIM)).toBe('missing')
    })

    test('a claim asks for the record that the monitor was last edited to', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const watched = await createMonitor(bench)
      const edit = {
        ownerName: 'other.example.org',
        registrable: 'example.org',
        type: 'AAAA',
        intervalMinutes: 30,
      } as const
      await store.monitors.update(orgId, watched.monitor.id, () => edit)
      const [due] = await store.checks.claimDue(CLAIM)
      const { ownerName, registrable, type, intervalMinutes } = edit
      const expectedVersion = watched.monitor.expectedVersion + 1
      const target = { id: watched.monitor.id, orgId, ownerName, registrable, type, intervalMinutes, expectedVersion }
      expect(due?.monitor).toEqual(target)
    })

    test('the whole monitor of a claim is there for a look that has news', async () => {
      await using bench = await openBench(open)
      const watched = await createMonitor(bench)
      const [due] = await bench.store.checks.claimDue(CLAIM)
      if (due === undefined) throw new Error('nothing was claimed')
      expect(await bench.store.checks.monitorOf(due)).toEqual(watched.monitor)
    })

    const gone: { why: string; happen: (bench: Bench, id: `mon_${string}`) => Promise<unknown> }[] = [
      { why: 'was disabled', happen: ({ store, orgId }, id) => store.monitors.setActive(orgId, id, false) },
      { why: 'was deleted', happen: ({ store, orgId }, id) => store.monitors.delete(orgId, id) },
      {
        why: 'expects something else',
        happen: ({ store, orgId }, id) => store.monitors.update(orgId, id, () => ({ expected: ['192.0.2.77'] })),
      },
    ]
    test.for(gone)('there is none of a monitor that $why since', async ({ happen }) => {
      await using bench = await openBench(open)
      const watched = await createMonitor(bench)
      const [due] = await bench.store.checks.claimDue(CLAIM)
      if (due === undefined) throw new Error('nothing was claimed')
      await happen(bench, watched.monitor.id)
      expect(await bench.store.checks.monitorOf(due)).toBeNull()
    })

    test('what was edited in the middle of a look is claimed again, however far claims have come since', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const { monitor } = await createMonitor(bench)
      clock.advance(100)
      await createMonitor(bench)
      expect(await store.checks.claimDue(CLAIM)).toHaveLength(2)
      await store.monitors.updateGroup(orgId, monitor.groupId, { intervalMinutes: 30 })
      expect(await store.checks.claimDue(CLAIM)).toMatchObject([
        { monitor: { id: monitor.id, intervalMinutes: 30 } },
        { monitor: { intervalMinutes: 30 } },
      ])
    })

    test('claims go on where the last one ended, and nothing that is due is passed over', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const seen: string[] = []
      for (let round = 0; round < 6; round += 1) {
        for (let made = 0; made < 3; made += 1) await createMonitor(bench)
        const late = { before: clock.now() - 40, limit: round % 2 }
        seen.push(...(await store.checks.claimDue({ ...CLAIM, limit: 2, late })).map(({ monitor }) => monitor.id))
        clock.advance(20)
      }
      seen.push(...(await store.checks.claimDue(CLAIM)).map(({ monitor }) => monitor.id))
      expect(new Set(seen).size).toBe(18)
      expect(seen).toHaveLength(18)
    })

    test('the next due time is that of the first monitor nobody is looking at', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      expect(await store.checks.nextDue()).toBeNull()
      const first = clock.now()
      await createMonitor(bench)
      clock.advance(1000)
      await createMonitor(bench)
      expect(await store.checks.nextDue()).toBe(first)
      await store.checks.claimDue({ ...CLAIM, limit: 1 })
      expect(await store.checks.nextDue()).toBe(first + 1000)
      await store.checks.claimDue(CLAIM)
      expect(await store.checks.nextDue()).toBe(clock.now() + LEASE_MS)
    })
  })
}

async function checkOnce(bench: Bench) {
  const watched = await createMonitor(bench)
  await bench.store.checks.record([aResult(await claimMonitor(bench, watched), bench.clock.now())])
  return watched
}
