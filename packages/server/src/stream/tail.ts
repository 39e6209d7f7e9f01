/**
 * The newest of one organization, read once for all its streams in this process.
 *
 * When something was committed here it looks for what is newer than all it has seen. Every second, and when a stream
 * joins, it looks as far back as `LOOK_BACK_MS`: that finds what another process committed, and what came late. It tells
 * what it has not seen before, so each fact once, and none is skipped.
 */
import {
  type Clock,
  type Log,
  NEWS_KINDS,
  type NewsKind,
  type NewsPosition,
  type OrganizationId,
  type Store,
} from '@dnsradar/core'
import { createDoorbell } from '@dnsradar/core/doorbell'
import { LOOK_BACK_MS, startOf } from './position.ts'
import { type Fact, factsOf, tell, type Told } from './told.ts'

export interface Listener {
  readonly kinds: ReadonlySet<NewsKind>
  hear(told: Told): void
  /** Resolves when it can take more. */
  ready(): Promise<void>
}

export interface Tail {
  /** Once this resolves the listener hears of everything that is committed from now on. */
  join(listener: Listener): Promise<void>
  leave(listener: Listener): void
  /** Something was committed. */
  ring(): void
  /** Looks until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>
}

export interface TailDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}

const POLL_MS = 1_000
/** Between two looks, so that many small commits are one. */
const REST_MS = 50
const MARKS = 1_000
/** So many are read in whole and told at a time. */
const TOLD_AT_ONCE = 50
/** For so long one slow reader may hold up the next ones: a burst is to cost nobody who reads his stream. */
const PATIENCE_MS = 1_000
const ALL: ReadonlySet<NewsKind> = new Set(NEWS_KINDS)

export function createTail({ store, clock, log }: TailDeps, orgId: OrganizationId): Tail {
  const doorbell = createDoorbell(clock)
  const listeners = new Set<Listener>()
  /** By key, its time: everything that a look can still come upon. */
  const seen = new Map<string, number>()
  let floor = 0
  let newest = startOf(0)
  let lookedBackAt = Number.NEGATIVE_INFINITY
  const joining: Listener[] = []
  /** Looks and joins take turns. */
  let turn: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => {})
    return result
  }

  async function look(): Promise<void> {
    if (clock.now() - lookedBackAt >= POLL_MS) await lookBack()
    else await readFrom(newest)
  }

  async function lookBack(): Promise<void> {
    const now = clock.now()
    // Never back, also when the clock is: what was forgotten would be news again.
    floor = Math.max(floor, now - LOOK_BACK_MS)
    if (newest.at < floor) newest = startOf(floor)
    await readFrom(startOf(floor))
    lookedBackAt = now
    for (const [key, at] of seen) if (at < floor) seen.delete(key)
  }

  async function readFrom(start: NewsPosition): Promise<void> {
    for (let position = start; ; ) {
      const items = await store.news.after(orgId, NEWS_KINDS, position, MARKS)
      const facts = factsOf(items, ALL).filter(({ key }) => !seen.has(key))
      for (let at = 0; at < facts.length; at += TOLD_AT_ONCE) {
        await everybodyReady()
        await spread(facts.slice(at, at + TOLD_AT_ONCE))
      }
      const last = items.at(-1)
      if (last === undefined) return
      newest = last
      if (items.length < MARKS) return
      position = last
    }
  }

  async function everybodyReady(): Promise<void> {
    const enough = new AbortController()
    const all = Promise.all([...listeners].map((listener) => listener.ready()))
    await Promise.race([all, clock.wait(PATIENCE_MS, enough.signal)])
    enough.abort()
  }

  async function spread(facts: readonly Fact[]): Promise<void> {
    const wanted = facts.filter(({ kind }) => [...listeners].some((listener) => listener.kinds.has(kind)))
    const told = wanted.length === 0 ? [] : await tell(store, orgId, wanted)
    for (const { key, item } of facts) seen.set(key, item.at)
    for (const one of told) {
      for (const listener of listeners) if (listener.kinds.has(one.kind)) listener.hear(one)
    }
  }

  /** Whoever waits by now is let in by the same look. */
  async function admit(listener: Listener): Promise<void> {
    if (listeners.has(listener)) return
    const together = joining.splice(0)
    try {
      await lookBack()
    } catch (error) {
      joining.push(...together.filter((one) => one !== listener))
      throw error
    }
    for (const one of together) listeners.add(one)
  }

  return {
    join(listener) {
      joining.push(listener)
      return inTurn(() => admit(listener))
    },
    leave: (listener) => void listeners.delete(listener),
    ring: () => doorbell.ring(),
    async run(signal) {
      let failing = false
      while (!signal.aborted) {
        await doorbell.wait(POLL_MS, signal)
        if (signal.aborted) return
        try {
          await inTurn(look)
          failing = false
        } catch (error) {
          if (!failing && !signal.aborted) {
            log.error({ err: error }, 'news for open streams could not be read; trying again every second')
          }
          failing = true
        }
        await clock.wait(REST_MS, signal)
      }
    },
  }
}
