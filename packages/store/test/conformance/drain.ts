/** What is overdue after a stop, made up for by the claims of a process: the rule of core's `createDrain` on a real store. */
import { nextDue, type ClaimedCheck, type DueCheck } from '@dnsradar/core'
import { createDrain, type Drain } from '@dnsradar/core/drain'
import { describe, expect, test } from 'vitest'
import {
  aMonitor,
  aResult,
  createMonitor,
  LEASE_MS,
  NODE,
  openBench,
  type Bench,
  type OpenDatabase,
} from '../fixtures.ts'

const MONITORS = 10_000
const INTERVAL_MINUTES = 1
/** Checks per second when nothing is late. */
const STEADY = MONITORS / 60
const LIMIT = 250
const HOUR = 3_600_000

export function describeDrain(open: OpenDatabase): void {
  describe('draining what is overdue', () => {
    test('the steady rate is what active monitors come to, each once an interval', async () => {
      await using bench = await openBench(open)
      const { store } = bench
      expect(await store.checks.steadyRate()).toBe(0)
      for (const intervalMinutes of [1, 1, 5]) await createMonitor(bench, { intervalMinutes })
      await createMonitor(bench, { intervalMinutes: 1, isActive: false })
      expect(await store.checks.steadyRate()).toBeCloseTo(2 / 60 + 1 / 300)
    })

    test('of what is late a claim takes its share, longest overdue first, and then what is on time', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      for (const ownerName of ['oldest', 'old', 'punctual', 'new']) {
        await createMonitor(bench, { ownerName })
        clock.advance(1000)
      }
      const late = { before: clock.now() - 2500, limit: 1 }
      const claim = { node: NODE, limit: 3, leaseMs: LEASE_MS, late }
      const names = async (): Promise<string[]> =>
        (await store.checks.claimDue(claim)).map(({ monitor }) => monitor.ownerName)
      expect(await names()).toEqual(['oldest', 'punctual', 'new'])
      expect(await names()).toEqual(['old'])
    })

    test('an hour of downtime is no stampede: what is late drains at one and a half times the steady rate', async () => {
      await using bench = await openBench(open)
      await createMany(bench)
      bench.clock.advance(HOUR)
      const drain = createDrain(bench)
      const perSecond: number[] = []
      const lags: number[] = []
      const seen = new Set<string>()
      while (perSecond.length === 0 || (lags.at(-1) ?? 0) > 0) {
        const claimed = await claimAll(bench, drain)
        await record(bench, claimed)
        for (const { monitor } of claimed) seen.add(monitor.id)
        perSecond.push(claimed.length)
        bench.clock.advance(1000)
        lags.push(Math.max(0, bench.clock.now() - ((await bench.store.checks.nextDue()) ?? 0) - 5000))
      }
      for (let from = 0; from < perSecond.length; from += 1) {
        const tenSeconds = perSecond.slice(from, from + 10).reduce((sum, count) => sum + count, 0)
        expect(tenSeconds).toBeLessThanOrEqual(10 * 1.5 * STEADY + LIMIT)
      }
      expect(seen.size).toBe(MONITORS)
      expect(lags.length).toBeLessThan(1.5 * INTERVAL_MINUTES * 60)
    })

    test('a new monitor and a forced check do not wait for what drains', async () => {
      await using bench = await openBench(open)
      await createMany(bench)
      bench.clock.advance(HOUR)
      const drain = createDrain(bench)
      const [forced] = await claimAll(bench, drain)
      await bench.store.checks.release([forced as ClaimedCheck])
      const { id } = (forced as ClaimedCheck).monitor
      const fresh = await createMonitor(bench, { ownerName: 'fresh.example.com' })
      const claimed = await claimAll(bench, drain)
      expect(claimed.map(({ monitor }) => monitor.id)).toEqual([fresh.monitor.id])
      expect(await bench.store.checks.claimOne(bench.orgId, id, { node: NODE, leaseMs: LEASE_MS })).toMatchObject({
        monitor: { id },
      })
    })
  })
}

/** Created a second before they are overdue by an hour: the drain does not ask what they were before. */
async function createMany({ store, orgId }: Bench): Promise<void> {
  for (let made = 0; made < MONITORS; made += 1000) {
    const monitors = Array.from({ length: 1000 }, () => aMonitor({ intervalMinutes: INTERVAL_MINUTES }))
    await store.monitors.create(orgId, monitors)
  }
}

/** Everything that may be looked at in this moment. */
async function claimAll({ store }: Bench, drain: Drain): Promise<DueCheck[]> {
  const all: DueCheck[] = []
  for (;;) {
    const late = await drain.share(LIMIT)
    const claimed = await store.checks.claimDue({ node: NODE, limit: LIMIT, leaseMs: LEASE_MS, late })
    all.push(...claimed)
    if (!drain.took(claimed, late) && claimed.length < LIMIT) return all
  }
}

async function record({ store, clock }: Bench, claimed: readonly DueCheck[]): Promise<void> {
  const now = clock.now()
  await store.checks.record(
    claimed.map((check) => {
      const result = aResult(check, now)
      const nextCheck = nextDue(check.monitor.id, check.monitor.intervalMinutes, now)
      return { ...result, status: { ...result.status, nextCheck } }
    }),
  )
}
