import { createMint, type MonitorId, type Page, type PageRequest, type WatchedMonitor } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import { createMonitor, openBench, type Bench, type OpenDatabase } from '../fixtures.ts'

/** Owner names as the rows' marks, one row per second. */
async function fill(bench: Bench, marks: string): Promise<void> {
  for (const ownerName of marks) {
    await createMonitor(bench, { ownerName })
    bench.clock.advance(1000)
  }
}

function list(bench: Bench, request: Partial<PageRequest>): Promise<Page<WatchedMonitor>> {
  return bench.store.monitors.list(bench.orgId, {}, { limit: 2, way: 'asc', after: null, before: null, ...request })
}

function seen({ items, hasNext, hasPrevious }: Page<WatchedMonitor>) {
  return { marks: items.map(({ monitor }) => monitor.ownerName).join(''), hasNext, hasPrevious }
}

const firstOf = (page: Page<WatchedMonitor>): MonitorId => page.items[0]?.monitor.id ?? 'mon_'
const lastOf = (page: Page<WatchedMonitor>): MonitorId => page.items.at(-1)?.monitor.id ?? 'mon_'

export function describePaging(open: OpenDatabase): void {
  describe('paging', () => {
    test('a list is walked forward to its end', async () => {
      await using bench = await openBench(open)
      await fill(bench, 'abcde')
      const first = await list(bench, {})
      const second = await list(bench, { after: lastOf(first) })
      const third = await list(bench, { after: lastOf(second) })
      expect([first, second, third].map(seen)).toEqual([
        { marks: 'ab', hasNext: true, hasPrevious: false },
        { marks: 'cd', hasNext: true, hasPrevious: true },
        { marks: 'e', hasNext: false, hasPrevious: true },
      ])
    })

    test('a list is walked backward to its beginning, each page in list order', async () => {
      await using bench = await openBench(open)
      await fill(bench, 'abcde')
      const tail = await list(bench, { after: lastOf(await list(bench, { limit: 3 })) })
      const middle = await list(bench, { before: firstOf(tail) })
      const head = await list(bench, { before: firstOf(middle) })
      expect([tail, middle, head].map(seen)).toEqual([
        { marks: 'de', hasNext: false, hasPrevious: true },
        { marks: 'bc', hasNext: true, hasPrevious: true },
        { marks: 'a', hasNext: true, hasPrevious: false },
      ])
    })

    test('newest first is the same list the other way round', async () => {
      await using bench = await openBench(open)
      await fill(bench, 'abcd')
      const first = await list(bench, { way: 'desc' })
      const second = await list(bench, { way: 'desc', after: lastOf(first) })
      const back = await list(bench, { way: 'desc', before: firstOf(second) })
      expect([first, second, back].map(seen)).toEqual([
        { marks: 'dc', hasNext: true, hasPrevious: false },
        { marks: 'ba', hasNext: false, hasPrevious: true },
        { marks: 'dc', hasNext: true, hasPrevious: false },
      ])
    })

    test('rows inserted between two pages neither repeat nor hide others', async () => {
      await using bench = await openBench(open)
      await fill(bench, 'abcd')
      const first = await list(bench, { way: 'desc' })
      await fill(bench, 'ef')
      const second = await list(bench, { way: 'desc', after: lastOf(first) })
      expect(seen(second)).toEqual({ marks: 'ba', hasNext: false, hasPrevious: true })
      expect(seen(await list(bench, { way: 'desc', before: firstOf(first) }))).toEqual({
        marks: 'fe',
        hasNext: true,
        hasPrevious: false,
      })
    })

    test('a cursor whose row is gone still holds its place', async () => {
      await using bench = await openBench(open)
      await fill(bench, 'abcd')
      const first = await list(bench, {})
      await bench.store.monitors.delete(bench.orgId, lastOf(first))
      expect(seen(await list(bench, { after: lastOf(first) }))).toEqual({
        marks: 'cd',
        hasNext: false,
        hasPrevious: true,
      })
      await bench.store.monitors.delete(bench.orgId, firstOf(first))
      expect(seen(await list(bench, { after: lastOf(first) }))).toEqual({
        marks: 'cd',
        hasNext: false,
        hasPrevious: false,
      })
    })

    test('an id that never was in the list is a place in time', async () => {
      await using bench = await openBench(open)
      const before = createMint(
        () => bench.clock.now() + 1500,
        (length) => new Uint8Array(length),
      )('mon')
      await fill(bench, 'abcd')
      expect(seen(await list(bench, { after: before }))).toEqual({ marks: 'cd', hasNext: false, hasPrevious: true })
      expect(seen(await list(bench, { before }))).toEqual({ marks: 'ab', hasNext: true, hasPrevious: false })
    })

    test('nothing lies beyond the ends', async () => {
      await using bench = await openBench(open)
      expect(seen(await list(bench, {}))).toEqual({ marks: '', hasNext: false, hasPrevious: false })
      await fill(bench, 'ab')
      const page = await list(bench, {})
      expect(seen(await list(bench, { after: lastOf(page) }))).toMatchObject({ marks: '', hasNext: false })
      expect(seen(await list(bench, { before: firstOf(page) }))).toMatchObject({ marks: '', hasPrevious: false })
    })
  })
}
