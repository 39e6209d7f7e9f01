import type { Look, WatchedMonitor } from '@dnsradar/core'
import { expect, test } from 'vitest'
import { createLooks } from './looks.ts'

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
