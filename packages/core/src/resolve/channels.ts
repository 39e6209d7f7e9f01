/**
 * Queries in flight over a few sockets to one server: the part that UDP, TCP and TLS have in common.
 *
 * A channel is one socket. Whatever does not fit on the channels waits in a queue in order: replies to an unbounded
 * burst overflow the socket's receive buffer, and each one lost there looks like a timeout of somebody's name server.
 *
 * A channel goes opening -> open -> ended; an open one that is old enough is retired: it gets no more queries and is
 * closed after its last reply. A query goes queued -> sent -> settled, and back to queued at most once, when a
 * connection that worked before dies under it (RFC 7766 section 6.2.4).
 */
import type { Transport } from '../dns/answer.ts'
import { idOf, isResponse } from '../dns/header.ts'
import { compareReply, mixCase, type Query, setId } from '../dns/query.ts'
import type { Carrier, Patience, Reply } from './carrier.ts'
import { CaseEcho } from './case-echo.ts'
import type { Channel, ChannelEnd, ChannelRules, OpenChannel } from './channel.ts'
import type { Entropy } from './entropy.ts'
import { createFifo } from './fifo.ts'

interface Slot {
  channel: Channel | null
  state: 'opening' | 'open' | 'ended'
  readonly pending: Map<number, Waiting>
  readonly openedAt: number
  sent: number
  answered: number
  lastMessageAt: number
  retired: boolean
}

interface Waiting {
  readonly query: Query
  readonly patience: Patience
  readonly resolve: (reply: Reply) => void
  id: number
  slot: Slot | null
  sentAt: number
  timer: NodeJS.Timeout | undefined
  due: number
  mixed: boolean
  requeued: boolean
  settled: boolean
  /** Why something that did come was passed over. */
  garbled: string | null
}

/** A timer this late means that the process was busy, and that replies may wait unread in the socket. */
const LATE_MS = 20
const GRACE_MS = 50

export class ChannelPool implements Carrier {
  readonly transport: Transport
  readonly #open: OpenChannel
  readonly #rules: ChannelRules
  readonly #entropy: Entropy
  readonly #now: () => number
  readonly #echo = new CaseEcho()
  #slots: Slot[] = []
  /** Retired channels that still wait for replies. */
  readonly #leaving = new Set<Slot>()
  readonly #queue = createFifo<Waiting>()
  #turn = 0
  #closed = false

  constructor(open: OpenChannel, rules: ChannelRules, deps: { entropy: Entropy; monotonic: () => number }) {
    this.transport = rules.transport
    this.#open = open
    this.#rules = rules
    this.#entropy = deps.entropy
    this.#now = deps.monotonic
  }

  exchange(query: Query, patience: Patience): Promise<Reply> {
    return new Promise((resolve) => {
      const waiting: Waiting = {
        query,
        patience,
        resolve,
        id: 0,
        slot: null,
        sentAt: 0,
        timer: undefined,
        due: 0,
        mixed: false,
        requeued: false,
        settled: false,
        garbled: null,
      }
      if (this.#closed) this.#settle(waiting, CLOSED)
      else this.#enqueue(waiting)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    const slots = [...this.#slots, ...this.#leaving]
    const waiting = [...this.#queue.takeAll(), ...slots.flatMap((slot) => [...slot.pending.values()])]
    for (const one of waiting) this.#settle(one, CLOSED)
    for (const slot of slots) this.#drop(slot)
  }

  #enqueue(waiting: Waiting): void {
    waiting.slot = null
    this.#queue.push(waiting)
    this.#dispatch()
    if (waiting.slot === null && !waiting.settled) this.#arm(waiting)
  }

  #dispatch(): void {
    for (let next = this.#queue.first(); next !== undefined; next = this.#queue.first()) {
      if (!next.settled) {
        const slot = this.#freeSlot()
        if (slot === null) return
        this.#send(slot, next)
      }
      this.#queue.dropFirst()
    }
  }

  /** A channel with room; null while none has, and then the next reply or opened channel dispatches again. */
  #freeSlot(): Slot | null {
    this.#retireOld()
    const { channels, kind } = this.#rules
    if (kind === 'datagrams') while (this.#slots.length < channels) this.#openSlot()
    for (let i = 0; i < this.#slots.length; i += 1) {
      const at = kind === 'datagrams' ? (this.#turn + i) % this.#slots.length : i
      const slot = this.#slots[at] as Slot
      if (slot.state !== 'open' || slot.pending.size >= this.#rules.inFlight) continue
      this.#turn = at + 1
      return slot
    }
    const opening = this.#slots.some((slot) => slot.state === 'opening')
    if (!opening && this.#slots.length < channels) this.#openSlot()
    return null
  }

  #retireOld(): void {
    const { maxQueries, maxAgeMs } = this.#rules
    const bornBefore = this.#now() - maxAgeMs
    for (let at = this.#slots.length - 1; at >= 0; at -= 1) {
      const slot = this.#slots[at] as Slot
      if (slot.sent < maxQueries && slot.openedAt >= bornBefore) continue
      this.#slots.splice(at, 1)
      slot.retired = true
      if (slot.pending.size === 0) this.#drop(slot)
      else this.#leaving.add(slot)
    }
  }

  #openSlot(): void {
    const slot: Slot = {
      channel: null,
      state: 'opening',
      pending: new Map(),
      openedAt: this.#now(),
      sent: 0,
      answered: 0,
      lastMessageAt: 0,
      retired: false,
    }
    this.#slots.push(slot)
    slot.channel = this.#open({
      opened: () => {
        if (slot.state !== 'opening') return
        slot.state = 'open'
        this.#dispatch()
      },
      received: (message) => this.#received(slot, message),
      ended: (end) => this.#ended(slot, end),
    })
  }

  #send(slot: Slot, waiting: Waiting): void {
    let id = this.#entropy.uint16()
    while (slot.pending.has(id)) id = this.#entropy.uint16()
    setId(waiting.query, id)
    waiting.mixed = this.#rules.kind === 'datagrams' && this.#echo.wanted
    if (waiting.mixed) mixCase(waiting.query, this.#entropy.uint32)
    waiting.id = id
    waiting.slot = slot
    slot.pending.set(id, waiting)
    slot.sent += 1
    this.#arm(waiting)
    waiting.sentAt = this.#now()
    slot.channel?.send(waiting.query.wire)
  }

  #received(slot: Slot, message: Uint8Array): void {
    if (slot.state === 'ended') return
    const stream = this.#rules.kind === 'stream'
    if (!isResponse(message)) {
      if (stream) this.#ended(slot, { kind: 'garbled', detail: 'the server sent something that is no DNS response' })
      return
    }
    const waiting = slot.pending.get(idOf(message))
    if (waiting === undefined) return
    const verdict = compareReply(waiting.query, message)
    if (verdict === 'other') {
      waiting.garbled = 'the server answered something else than the question'
      if (!stream) return
      this.#settle(waiting, { kind: 'garbled', detail: waiting.garbled })
      return
    }
    if (waiting.mixed && !this.#echo.accept(waiting.query, verdict === 'same')) {
      waiting.garbled = 'the server repeated the question in another case'
      return
    }
    slot.answered += 1
    slot.lastMessageAt = this.#now()
    this.#settle(waiting, { kind: 'message', message })
  }

  #ended(slot: Slot, end: ChannelEnd): void {
    if (slot.state === 'ended') return
    const wasOpen = slot.state === 'open'
    const pending = [...slot.pending.values()]
    slot.pending.clear()
    this.#drop(slot)
    const worked = slot.answered > 0 && (end.kind === 'closed' || end.kind === 'silence')
    for (const waiting of pending) {
      if (worked && !waiting.requeued) this.#requeue(waiting)
      else this.#settle(waiting, end)
    }
    // Nobody else is there to send what waits: a closed port is news at once, not at the end of the budget.
    if (!wasOpen && !this.#slots.some((other) => other.state !== 'ended')) {
      for (const waiting of this.#queue.takeAll()) this.#settle(waiting, end)
    }
  }

  #requeue(waiting: Waiting): void {
    clearTimeout(waiting.timer)
    waiting.requeued = true
    this.#enqueue(waiting)
  }

  #arm(waiting: Waiting): void {
    clearTimeout(waiting.timer)
    const now = this.#now()
    const ms = Math.max(1, Math.ceil(Math.min(waiting.patience.shareMs, waiting.patience.until - now)))
    waiting.due = now + ms
    waiting.timer = setTimeout(expire, ms, this, waiting)
  }

  /** Called by the timer only. */
  expire(waiting: Waiting): void {
    if (waiting.settled) return
    const { slot } = waiting
    if (this.#now() - waiting.due > LATE_MS) {
      waiting.due = Number.POSITIVE_INFINITY
      waiting.timer = setTimeout(expire, GRACE_MS, this, waiting)
      return
    }
    if (slot === null) {
      const detail = this.#slots.some((one) => one.state === 'open')
        ? 'too many queries wait for their turn'
        : 'no connection came about in time'
      this.#settle(waiting, { kind: 'unreachable', detail })
      return
    }
    this.#settle(waiting, waiting.garbled === null ? SILENCE : { kind: 'garbled', detail: waiting.garbled })
    // A connection on which nothing has come since may be stuck in the middle of a message for good.
    if (this.#rules.kind === 'stream' && slot.lastMessageAt < waiting.sentAt) this.#ended(slot, SILENCE)
  }

  #settle(waiting: Waiting, reply: Reply): void {
    if (waiting.settled) return
    waiting.settled = true
    clearTimeout(waiting.timer)
    const { slot } = waiting
    if (slot !== null) {
      slot.pending.delete(waiting.id)
      if (slot.retired && slot.pending.size === 0) this.#drop(slot)
    }
    waiting.resolve(reply)
    this.#dispatch()
  }

  #drop(slot: Slot): void {
    if (slot.state === 'ended') return
    slot.state = 'ended'
    this.#leaving.delete(slot)
    this.#slots = this.#slots.filter((other) => other !== slot)
    slot.channel?.close()
  }
}

const SILENCE: ChannelEnd = { kind: 'silence' }
const CLOSED: ChannelEnd = { kind: 'unreachable', detail: 'the resolver is shutting down' }

function expire(pool: ChannelPool, waiting: Waiting): void {
  pool.expire(waiting)
}
