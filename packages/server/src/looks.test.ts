import type { Look, WatchedMonitor } from '@dnsradar/core'
import { openStore } from '@dnsradar/store'
import { expect, test } from 'vitest'
import { aResult, claimMonitor, createMonitor, createTestClock, testOptions } from '../../store/test/fixtures.ts'
import { createLooks, lastLook } from './looks.ts'

const watched = (id: string, lastChecked: number | null) =>
  ({ monitor: { id }, status: { lastChecked } }) as unknown as WatchedMonitor
const look = { durationMs: 1 } as Look

test('a look is recalled while it is the monitor’s last one', () => {
  const looks = createLooks()
  looks.remember(watched('mon_a', 5), look)
  expect(looks.recall(watched('mon_a', 5))).toBe(look)
  expect(looks.recall(watched('mon_a', 6))).toBeNull()
  expect(looks.recall(watched('mon_b', 5))).toBeNull()
})

test('the looks remembered longest ago make room', () => {
  const looks = createLooks()
  for (let i = 0; i <= 10_000; i++) looks.remember(watched(`mon_${i}`, 1), look)
  expect(looks.recall(watched('mon_0', 1))).toBeNull()
  expect(looks.recall(watched('mon_1', 1))).toBe(look)
})

test('what is kept of a look is shown with the state that it speaks of, and with no earlier one', async () => {
  const clock = createTestClock()
  await using store = await openStore('sqlite::memory:', testOptions(clock))
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const bench = { store, clock, orgId: organization.id }
  const created = await createMonitor(bench)
  const shown = (watched: WatchedMonitor) => lastLook({ looks: createLooks(), store }, watched)
  const looked = async (given: Parameters<typeof aResult>[2]): Promise<WatchedMonitor> => {
    clock.advance(1000)
    await store.checks.record([aResult(await claimMonitor(bench, created), clock.now(), given)])
    return (await store.monitors.get(organization.id, created.monitor.id)) ?? created
  }

  const first = await looked({ look })
  expect(await shown(first)).toEqual(look)
  const borneOut = await looked({ unchanged: true })
  expect(await shown(borneOut)).toEqual(look)
  const later = { durationMs: 2 } as Look
  expect(await shown(await looked({ look: later }))).toEqual(later)
  for (const earlier of [created, first, borneOut]) expect(await shown(earlier)).toBeNull()
})
