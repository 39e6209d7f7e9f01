/** One stream: first what its reader missed, page by page, then what happens. */
import type { NewsKind, NewsPosition, OrganizationId, Store, WebhookId } from '@dnsradar/core'
import type { Outlet } from './outlet.ts'
import { isAfter, LOOK_BACK_MS, startOf } from './position.ts'
import type { Listener, Tail } from './tail.ts'
import { type Fact, factsOf, tell, type Told } from './told.ts'

export interface Wish {
  readonly orgId: OrganizationId
  readonly kinds: ReadonlySet<NewsKind>
  /** Requests to this webhook only; null for all. */
  readonly webhookId: WebhookId | null
  /** What the reader saw last; null for one that only wants what happens from now on. */
  readonly position: NewsPosition | null
}

export interface Following {
  readonly store: Store
  readonly tail: Tail
  readonly outlet: Outlet
  readonly now: () => number
}

const PAGE = 100
/** With more than this waiting the reader is too slow for what happens. */
const MOST_UNSENT = 1_000_000

/** Resolves when the outlet is closed. Rejects when the store fails: the reader comes back. */
export async function follow(following: Following, wish: Wish, onLive: () => void): Promise<void> {
  const { tail } = following
  const queue = createQueue(following, wish)
  try {
    if (wish.position === null) {
      await tail.join(queue)
      onLive()
    } else {
      onLive()
      await catchUp(following, wish, wish.position, queue)
    }
    await queue.pour()
  } finally {
    tail.leave(queue)
  }
}

/**
 * Reads until there is nothing more, joins, and reads the end once more: what was committed in between is found there
 * or heard of, and what is both, in whichever order, is told once.
 */
async function catchUp(
  { store, tail, outlet, now }: Following,
  wish: Wish,
  missedFrom: NewsPosition,
  queue: Queue,
): Promise<void> {
  const kinds = sourcesOf(wish.kinds)
  const read = async (from: number): Promise<void> => {
    for (let position = startOf(from); !outlet.closed.aborted; ) {
      const items = await store.news.after(wish.orgId, kinds, position, PAGE)
      const missed = items.filter((item) => isAfter(item, missedFrom))
      const facts = factsOf(missed, wish.kinds).filter((fact) => isWanted(wish, fact))
      for (const told of await tell(store, wish.orgId, facts)) {
        if (queue.takes(told)) await outlet.write(bytesOf(wish, told))
      }
      queue.forget(now() - 2 * LOOK_BACK_MS)
      const last = items.at(-1)
      if (last === undefined || items.length < PAGE) return
      position = last
    }
  }
  const start = missedFrom.at - LOOK_BACK_MS
  await read(start)
  const readAt = now()
  await tail.join(queue)
  await read(Math.max(start, readAt - LOOK_BACK_MS))
}

/** What a monitor is told for is in part its events. */
function sourcesOf(kinds: ReadonlySet<NewsKind>): readonly NewsKind[] {
  return [...new Set<NewsKind>([...kinds, ...(kinds.has('monitor') ? (['event'] as const) : [])])]
}

function isWanted({ webhookId }: Wish, { item }: Fact): boolean {
  return webhookId === null || item.kind !== 'request' || item.webhookId === webhookId
}

/**
 * A monitor's id says when it was made, so as a place to go on from it would lead far back: beside other messages, which
 * carry better ones, it carries none.
 */
function bytesOf({ kinds }: Wish, told: Told): Buffer {
  return told.kind === 'monitor' && kinds.size > 1 ? told.anonymous : told.framed
}

interface Queue extends Listener {
  /**
   * Asked before something that was read is written: false when that was done before. What was heard of while it was
   * read waits no more, and what is heard of later is known.
   */
  takes(told: Told): boolean
  forget(before: number): void
  /** Writes what is heard until the outlet is closed. */
  pour(): Promise<void>
}

function createQueue({ outlet }: Following, wish: Wish): Queue {
  /** By key, in the order heard. */
  let waiting = new Map<string, Buffer>()
  let octets = 0
  let wake: () => void = () => {}
  let relieved: () => void = () => {}
  /** Keys of what was written before it could be heard of, by time. */
  const sent = new Map<string, number>()
  const hasRoom = (): boolean => octets + outlet.unsent <= MOST_UNSENT / 2
  outlet.closed.addEventListener('abort', () => {
    wake()
    relieved()
  })
  return {
    kinds: wish.kinds,
    takes({ key, item }) {
      if (sent.has(key)) return false
      const heard = waiting.get(key)
      if (heard === undefined) sent.set(key, item.at)
      // Written now and not in its turn: what was read with it may be newer.
      else octets -= heard.length
      waiting.delete(key)
      return true
    },
    forget(before) {
      for (const [key, at] of sent) if (at < before) sent.delete(key)
    },
    hear(told) {
      if (!isWanted(wish, told) || sent.delete(told.key)) return
      const bytes = bytesOf(wish, told)
      waiting.set(told.key, bytes)
      octets += bytes.length
      if (octets + outlet.unsent > MOST_UNSENT) outlet.close()
      wake()
    },
    async ready() {
      if (!hasRoom() && !outlet.closed.aborted) await new Promise<void>((resolve) => (relieved = resolve))
    },
    async pour() {
      while (!outlet.closed.aborted) {
        const batch = waiting
        waiting = new Map()
        for (const bytes of batch.values()) {
          await outlet.write(bytes)
          octets -= bytes.length
          if (hasRoom()) relieved()
        }
        if (waiting.size === 0 && !outlet.closed.aborted) await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
