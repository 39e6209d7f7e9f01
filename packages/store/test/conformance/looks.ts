/** The evidence of last looks: what is kept of it, for how long, and for whom. */
import type { CheckResult, DueCheck, Look, MonitorEdit, WatchedMonitor } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aResult,
  CLAIM,
  claimMonitor,
  createMonitor,
  LEASE_MS,
  openBench,
  OTHER_NODE,
  STRANGER,
  type Bench,
  type OpenDatabase,
} from '../fixtures.ts'

/** With a value in every place that may hold one. */
function aLook(value = '192.0.2.1'): Look {
  const evidence = {
    server: '192.0.2.53',
    role: 'upstream' as const,
    transport: 'udp' as const,
    rcode: 'NOERROR',
    aa: false,
    ad: true,
    ttl: 300,
    chain: ['web.example.net'],
    soa: { zone: 'example.com', serial: 4_294_967_295 },
    ede: { code: 3, text: value },
    durationMs: 11.25,
  }
  const silent = { ...evidence, rcode: null, ttl: null, chain: [], soa: null, ede: null }
  return {
    state: 'MISMATCH',
    confirmed: false,
    pendingState: 'TIMEOUT',
    reasons: [{ code: 'extra', message: `\`${value}\` is one more.`, value }],
    values: [value],
    durationMs: 12.5,
    answers: [
      { evidence, values: [value], error: null },
      { evidence: silent, values: [], error: 'no answer in time' },
    ],
  }
}

async function record(bench: Bench, check: DueCheck, look: Look | null, unchanged = false): Promise<CheckResult> {
  const result = aResult(check, bench.clock.now(), { look, unchanged })
  expect(await bench.store.checks.record([result])).toMatchObject([{ recorded: true }])
  bench.clock.advance(1000)
  return result
}

/** A monitor whose only look found `value`. */
async function seenOnce(bench: Bench, value?: string): Promise<WatchedMonitor> {
  const watched = await createMonitor(bench)
  await record(bench, await claimMonitor(bench, watched), aLook(value))
  return watched
}

const kept = ({ store, orgId }: Bench, { monitor }: WatchedMonitor) => store.monitors.lastLook(orgId, monitor.id)

export function describeLooks(open: OpenDatabase): void {
  describe('the evidence of a look', () => {
    test('comes back as it was recorded, with the time of the look', async () => {
      await using bench = await openBench(open)
      const watched = await createMonitor(bench)
      expect(await kept(bench, watched)).toBeNull()
      const { status } = await record(bench, await claimMonitor(bench, watched), aLook())
      expect(await kept(bench, watched)).toEqual({ at: status.lastChecked, look: aLook() })
    })

    test('takes the place of the one before, whether its look was news or not', async () => {
      await using bench = await openBench(open)
      const watched = await seenOnce(bench)
      for (const [value, unchanged] of [
        ['192.0.2.2', false],
        ['192.0.2.3', true],
      ] as const) {
        const { status } = await record(bench, await claimMonitor(bench, watched), aLook(value), unchanged)
        expect(await kept(bench, watched)).toEqual({ at: status.lastChecked, look: aLook(value) })
      }
    })

    test('stays when a look leaves none', async () => {
      await using bench = await openBench(open)
      const watched = await seenOnce(bench)
      const before = await kept(bench, watched)
      await record(bench, await claimMonitor(bench, watched), null, true)
      await record(bench, await claimMonitor(bench, watched), null)
      expect(await kept(bench, watched)).toEqual(before)
    })

    test('of many looks in one batch goes to each monitor its own', async () => {
      await using bench = await openBench(open)
      const monitors = await Promise.all(Array.from({ length: 20 }, () => createMonitor(bench)))
      const claimed = await bench.store.checks.claimDue(CLAIM)
      const now = bench.clock.now()
      await bench.store.checks.record(
        claimed.map((check, i) =>
          aResult(check, now, { look: i % 4 === 0 ? null : aLook(check.monitor.id), unchanged: i % 2 === 0 }),
        ),
      )
      const silent = new Set(claimed.filter((_, i) => i % 4 === 0).map(({ monitor }) => monitor.id))
      for (const watched of monitors) {
        const { id } = watched.monitor
        expect(await kept(bench, watched)).toEqual(silent.has(id) ? null : { at: now, look: aLook(id) })
      }
    })

    test('is not kept of a look that lost its lease, also beside the one that has it', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const watched = await createMonitor(bench)
      const [dead] = await store.checks.claimDue(CLAIM)
      clock.advance(LEASE_MS)
      const [alive] = await store.checks.claimDue({ ...CLAIM, node: OTHER_NODE })
      if (dead === undefined || alive === undefined) throw new Error('nothing was claimed')
      const [late, good] = [dead, alive].map((check, i) =>
        aResult(check, clock.now(), { look: aLook(`192.0.2.${i}`) }),
      ) as [CheckResult, CheckResult]
      await store.checks.record([late])
      expect(await kept(bench, watched)).toBeNull()
      await store.checks.record([good, late])
      expect(await kept(bench, watched)).toMatchObject({ look: good.look })
    })

    test('is not kept of a look at a monitor that was edited meanwhile', async () => {
      await using bench = await openBench(open)
      const watched = await seenOnce(bench)
      const before = await kept(bench, watched)
      const check = await claimMonitor(bench, watched)
      await bench.store.monitors.update(bench.orgId, watched.monitor.id, () => ({ expected: ['192.0.2.9'] }))
      await bench.store.checks.record([aResult(check, bench.clock.now(), { look: aLook('192.0.2.2') })])
      expect(await kept(bench, watched)).toEqual(before)
    })

    const edits: { why: string; edit: MonitorEdit; isKept: boolean }[] = [
      { why: 'another name', edit: { subdomain: 'api', ownerName: 'api.example.com' }, isKept: false },
      { why: 'another type', edit: { type: 'AAAA', expected: ['2001:db8::1'] }, isKept: false },
      { why: 'another expectation', edit: { expected: ['192.0.2.9'] }, isKept: true },
      { why: 'another interval', edit: { intervalMinutes: 60 }, isKept: true },
      { why: 'the monitor’s pause', edit: { isActive: false }, isKept: true },
    ]
    test.for(edits)('outlives what it speaks of in no case: $why', async ({ edit, isKept }) => {
      await using bench = await openBench(open)
      const watched = await seenOnce(bench)
      await bench.store.monitors.update(bench.orgId, watched.monitor.id, () => edit)
      expect((await kept(bench, watched)) !== null).toBe(isKept)
    })

    test('goes with its monitor, and nobody else’s does', async () => {
      await using bench = await openBench(open)
      const [gone, other] = [await seenOnce(bench, 'gone-needle'), await seenOnce(bench)]
      await bench.store.monitors.delete(bench.orgId, gone.monitor.id)
      expect(await kept(bench, gone)).toBeNull()
      expect(await kept(bench, other)).not.toBeNull()
    })

    test('is shown to its own organization only', async () => {
      await using bench = await openBench(open)
      const watched = await seenOnce(bench)
      expect(await bench.store.monitors.lastLook(STRANGER, watched.monitor.id)).toBeNull()
    })

    test('is stored without NUL and lone surrogates, and does not fail its batch', async () => {
      await using bench = await openBench(open)
      const watched = await seenOnce(bench, 'a\0b\uD800c\uDC00d\u0001')
      expect(await kept(bench, watched)).toMatchObject({ look: aLook('a\uFFFDb\uFFFDc\uFFFDd\u0001') })
    })

    test('is cut when servers said too much, and says so', async () => {
      await using bench = await openBench(open)
      const watched = await createMonitor(bench)
      const values = Array.from({ length: 2000 }, (_, i) => `"record ${i}"`)
      const look = { ...aLook(), values, answers: aLook().answers.map((answer) => ({ ...answer, values })) }
      await record(bench, await claimMonitor(bench, watched), look)
      const stored = (await kept(bench, watched))?.look
      const missing = (texts: readonly string[] = []) => /^… (\d+) more$/.exec(texts.at(-1) ?? '')?.[1]
      for (const texts of [stored?.values, ...(stored?.answers.map((answer) => answer.values) ?? [])]) {
        expect(texts?.slice(0, 3)).toEqual(values.slice(0, 3))
        expect(Number(missing(texts))).toBe(2000 - ((texts?.length ?? 0) - 1))
      }
      expect(stored).toMatchObject({
        state: 'MISMATCH',
        reasons: look.reasons,
        answers: [{ evidence: { ttl: 300 } }, {}],
      })
    })
  })
}
