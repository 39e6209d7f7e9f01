import type { CheckStatus } from '@dnsradar/core'
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

  describe('recording checks', () => {
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

async function checkOnce(bench: Bench) {
  const watched = await createMonitor(bench)
  await bench.store.checks.record([aResult(await claimMonitor(bench, watched), bench.clock.now())])
  return watched
}
