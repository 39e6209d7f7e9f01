import { NEWS_KINDS, type NewsItem, type NewsKind, type NewsPosition } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  ACCEPTED,
  createMonitor,
  createWebhook,
  openBench,
  recordChanges,
  REFUSED,
  settlementOf,
  START,
  STRANGER,
  type Bench,
  type OpenDatabase,
} from '../fixtures.ts'
import { claimQueue } from './queue-fixtures.ts'

const BEGINNING: NewsPosition = { at: 0, id: 'evt_00000000000000000000000000' }

function newsOf({ store, orgId }: Bench, kinds: readonly NewsKind[] = NEWS_KINDS, position = BEGINNING, limit = 100) {
  return store.news.after(orgId, kinds, position, limit)
}

const told = (news: readonly NewsItem[]) => news.map(({ kind, at }) => [kind, at - START])

/** A webhook, a monitor at 0 ms, its change at 1000 ms, and one attempt at its delivery at 2000 ms. */
async function openHistory(open: OpenDatabase) {
  const bench = await openBench(open)
  await createWebhook(bench)
  const watched = await createMonitor(bench)
  bench.clock.advance(1000)
  await recordChanges(bench, watched)
  bench.clock.advance(999)
  return { ...bench, watched }
}

export function describeNews(open: OpenDatabase): void {
  describe('news', () => {
    test('come in the order of time, whatever they are of', async () => {
      await using bench = await openHistory(open)
      expect(told(await newsOf(bench))).toEqual([
        ['monitor', 0],
        ['event', 1000],
        ['request', 1000],
      ])
      expect(told(await newsOf(bench, ['request', 'monitor']))).toEqual([
        ['monitor', 0],
        ['request', 1000],
      ])
    })

    test('an attempt at a delivery is news of it, at the time it began', async () => {
      await using bench = await openHistory(open)
      const { store, clock } = bench
      const first = await claimQueue(bench)
      await store.queue.settle(first, settlementOf(bench, first, REFUSED), false)
      expect(await newsOf(bench, ['request'])).toMatchObject([{ at: START + 2000, attempts: 1, status: 'RETRYING' }])
      clock.advance(70_000)
      const second = await claimQueue(bench)
      await store.queue.settle(second, settlementOf(bench, second, ACCEPTED), false)
      expect(await newsOf(bench, ['request'])).toMatchObject([{ at: START + 72_000, attempts: 2, status: 'DELIVERED' }])
    })

    test('an edit of a monitor is news of it, and a look at it is none', async () => {
      await using bench = await openHistory(open)
      const { store, orgId, watched } = bench
      expect(told(await newsOf(bench, ['monitor']))).toEqual([['monitor', 0]])
      await store.monitors.setActive(orgId, watched.monitor.id, false)
      expect(told(await newsOf(bench, ['monitor']))).toEqual([['monitor', 2000]])
      bench.clock.advance(1000)
      await store.monitors.update(orgId, watched.monitor.id, () => ({ intervalMinutes: 60 }))
      expect(told(await newsOf(bench, ['monitor']))).toEqual([['monitor', 3000]])
    })

    test('page by page they are the same as at once, also within one millisecond', async () => {
      await using bench = await openHistory(open)
      for (let made = 0; made < 5; made++) await createMonitor(bench)
      await recordChanges(bench, bench.watched, 2)
      const all = await newsOf(bench)
      const walked: NewsItem[] = []
      for (let position = BEGINNING; ; position = walked.at(-1) ?? position) {
        const page = await newsOf(bench, NEWS_KINDS, position, 2)
        walked.push(...page)
        if (page.length < 2) break
      }
      expect(walked).toEqual(all)
      expect(all).toHaveLength(12)
    })

    test('what is news can be read, and what is gone is left out', async () => {
      await using bench = await openHistory(open)
      const { store, orgId, watched } = bench
      const other = await createMonitor(bench)
      await store.monitors.delete(orgId, other.monitor.id)
      const news = await newsOf(bench)
      const events = news.flatMap(({ kind, id }) => (kind === 'event' ? [id] : []))
      const deliveries = news.flatMap(({ kind, id }) => (kind === 'request' ? [id] : []))
      const [event] = await store.news.events(orgId, events)
      expect(event).toEqual(await store.events.get(orgId, event?.id ?? 'evt_'))
      const [delivery] = await store.news.deliveries(orgId, deliveries)
      expect(delivery).toMatchObject({ id: deliveries[0], eventId: events[0] })
      const monitors = await store.news.monitors(orgId, [watched.monitor.id, other.monitor.id])
      expect(monitors).toEqual([await store.monitors.get(orgId, watched.monitor.id)])
      expect(await store.news.events(orgId, [])).toEqual([])
    })

    test('another organization has none of them', async () => {
      await using bench = await openHistory(open)
      const { store, watched } = bench
      const news = await newsOf(bench)
      expect(await store.news.after(STRANGER, NEWS_KINDS, BEGINNING, 100)).toEqual([])
      expect(await store.news.monitors(STRANGER, [watched.monitor.id])).toEqual([])
      for (const { kind, id } of news) {
        if (kind === 'event') expect(await store.news.events(STRANGER, [id])).toEqual([])
        if (kind === 'request') expect(await store.news.deliveries(STRANGER, [id])).toEqual([])
      }
    })
  })
}
