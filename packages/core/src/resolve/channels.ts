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
import type { ChannelEnd, ChannelRules, OpenChannel } from './channel.ts'
import type { Entropy } from './entropy.ts'
import { createFifo } from './fifo.ts'
import { newSlot, newWaiting, type Slot, type Waiting } from './slot.ts'

/** A timer this late means that the process was busy, and that replies may wait unread in the socket. */
const LATE_MS = 20
const GRACE_MS = 50
/** Timers count whole milliseconds of a clock of their own. */
const EARLY_MS = 2

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
  #dispatching = false
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
      const waiting = newWaiting(query, patience, resolve)
      if (this.#closed) this.#settle(waiting, CLOSED)
      else this.#enqueue(waiting)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    const slots = [...this.#slots, ...this.#leaving]
    const waiting = [...this.#queue.takeAll(), ...slots.flatMap((slot) => slot.pending.takeAll())]
    for (const one of waiting) this.#settle(one, CLOSED)
    for (const slot of slots) this.#drop(slot)
  }

  #enqueue(waiting: Waiting): void {
    waiting.slot = null
    this.#queue.push(waiting)
    this.#arm(waiting)
    this.#soon()
  }

  /**
   * Queries of one turn of the event loop leave together: the server is woken once for many of them. Waking it for
   * each one took half of this process's time.
   */
  #soon(): void {
    if (this.#dispatching || this.#queue.first() === undefined) return
    this.#dispatching = true
    setImmediate(dispatch, this)
  }

  /** Called once per turn only. */
  dispatch(): void {
    this.#dispatching = false
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
    const slot = newSlot(this.#now())
    this.#slots.push(slot)
    slot.channel = this.#open({
      opened: () => {
        if (slot.state !== 'opening') return
        slot.state = 'open'
        this.#soon()
      },
      received: (message) => this.#received(slot, message),
      ended: (end) => this.#ended(slot, end),
    })
  }

  #send(slot: Slot, waiting: Waiting): void {
    let id = this.#entropy.uint16()
    while (slot.pending.get(id) !== undefined) id = this.#entropy.uint16()
    setId(waiting.query, id)
    waiting.mixed = this.#rules.kind === 'datagrams' && this.#echo.wanted
    if (waiting.mixed) mixCase(waiting.query, this.#entropy.uint32)
    waiting.id = id
    waiting.slot = slot
    slot.pending.add(id, waiting)
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
    const pending = slot.pending.takeAll()
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
    waiting.requeued = true
    this.#enqueue(waiting)
  }

  /** A later deadline leaves the timer as it is: it finds out when it fires, which it seldom does. */
  #arm(waiting: Waiting): void {
    const now = this.#now()
    const ms = Math.max(1, Math.ceil(Math.min(waiting.patience.shareMs, waiting.patience.until - now)))
    waiting.due = now + ms
    waiting.timer ??= setTimeout(expire, ms, this, waiting)
  }

  /** Called by the timer only. */
  expire(waiting: Waiting): void {
    if (waiting.settled) return
    const { slot } = waiting
    const late = this.#now() - waiting.due
    if (late < -EARLY_MS || (late > LATE_MS && !waiting.overdue)) {
      waiting.overdue = late > 0
      waiting.timer = setTimeout(expire, waiting.overdue ? GRACE_MS : Math.ceil(-late), this, waiting)
      return
    }
    if (slot === null) {
      const ours = this.#slots.some((one) => one.state === 'open')
      const detail = ours ? 'too many queries wait for their turn' : 'no connection came about in time'
      this.#settle(waiting, { kind: 'unreachable', ours, detail })
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
    this.#soon()
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
const CLOSED: ChannelEnd = { kind: 'unreachable', ours: true, detail: 'the resolver is shutting down' }

function dispatch(pool: ChannelPool): void {
  pool.dispatch()
}

function expire(pool: ChannelPool, waiting: Waiting): void {
  pool.expire(waiting)
}
