/**
 * What may happen next to a queue, as single steps made from where the machine stands: a plan is told the machine before
 * each of its steps, so it fits whatever the steps before it led to.
 */
import { nextDue, type Hand, type Machine } from './machine.ts'
import type { Lane, Reply, Step, Topic } from './words.ts'

/** Steps, each made from the machine as it then is. */
export type Plan = (machine: () => Machine) => Iterable<Step>

/** Something to do, in words, and whether there is a place for it. */
export interface Deed {
  readonly words: string
  readonly fits: (machine: Machine) => boolean
  readonly plan: Plan
}

const always = () => true

export function single(words: string, step: Step): Deed {
  return { words, fits: always, plan: () => [step] }
}

export function events(topic: Topic, count: number): Deed {
  const step: Step = { do: 'event', topic }
  return { words: `${count} events for ${topic}`, fits: always, plan: () => Array.from({ length: count }, () => step) }
}

export function untilDue(): Deed {
  return {
    words: 'wait until something is due',
    fits: (machine) => (nextDue(machine) ?? 0) > machine.now,
    *plan(machine) {
      yield untilTime(machine(), nextDue(machine()))
    },
  }
}

function untilTime({ now }: Machine, time: number | null): Step {
  return { do: 'pass', ms: Math.max(0, (time ?? now) - now) }
}

/** How a worker goes through what it is handed. */
export interface Round {
  readonly worker: number
  readonly lane: Lane | null
  readonly reply: Reply
  readonly tookMs: number
  /** So many letters under one lease. */
  readonly letters: number
}

export function round(going: Round): Deed {
  const { worker, lane, reply, tookMs, letters } = going
  return {
    words: `worker ${worker} sends up to ${letters} of ${lane ?? 'every'} queue: ${replyWords(reply)} after ${tookMs} ms`,
    fits: always,
    plan: (machine) => workThrough(machine, going),
  }
}

function* workThrough(machine: () => Machine, { worker, lane, reply, tookMs, letters }: Round): Generator<Step> {
  const first = machine().handsGiven + 1
  yield { do: 'claim', worker, lane }
  const last = machine().handsGiven
  for (let hand = first; hand <= last; hand++) {
    for (let sent = 1; find(machine(), hand) !== undefined; sent++) {
      yield { do: 'renew', hand }
      if (find(machine(), hand) === undefined) break
      yield { do: 'send', hand, reply, tookMs }
      yield { do: 'settle', hand, keepLease: sent < letters }
    }
  }
}

/** The receivers are down for so many attempts, each in its turn. */
export function outage(worker: number, reply: Reply, attempts: number): Deed {
  return {
    words: `outage over ${attempts} attempts: ${replyWords(reply)}`,
    fits: (machine) => nextDue(machine) !== null,
    *plan(machine) {
      for (let i = 0; i < attempts; i++) {
        yield untilTime(machine(), nextDue(machine()))
        yield* workThrough(machine, { worker, lane: null, reply, tookMs: 12, letters: 1 })
      }
    },
  }
}

/** A worker that stops for longer than its lease while another takes over, and then says what came of its attempt. */
export function takeover(frozen: Reply, other: Reply): Deed {
  return {
    words: `takeover: ${replyWords(other)}, and late ${replyWords(frozen)}`,
    fits: isDue,
    *plan(machine) {
      const late = yield* freeze(machine, 0, frozen)
      yield* workThrough(machine, { worker: 1, lane: null, reply: other, tookMs: 12, letters: 1 })
      yield* settleAll(late)
    },
  }
}

/** Both workers stop, the first comes back before and the second after somebody looked again. */
export function doubleTakeover(first: Reply, second: Reply): Deed {
  return {
    words: `double takeover: late ${replyWords(first)}, later ${replyWords(second)}`,
    fits: isDue,
    *plan(machine) {
      const late = yield* freeze(machine, 0, first)
      const later = yield* freeze(machine, 1, second)
      yield* settleAll(late)
      yield { do: 'claim', worker: 0, lane: null }
      yield* settleAll(later)
    },
  }
}

function isDue({ hooks, now }: Machine): boolean {
  return hooks.some((hook) => (hook?.due ?? Infinity) <= now)
}

/** Claims and sends, and is silent until its leases have run out; the claims whose outcome it still knows. */
function* freeze(machine: () => Machine, worker: number, reply: Reply): Generator<Step, readonly number[]> {
  const first = machine().handsGiven + 1
  yield { do: 'claim', worker, lane: null }
  const hands = machine().hands.filter(({ id }) => id >= first)
  for (const { id } of hands) yield { do: 'renew', hand: id }
  for (const { id } of hands) yield { do: 'send', hand: id, reply, tookMs: 20_000 }
  return hands.map(({ id }) => id)
}

function* settleAll(hands: readonly number[]): Generator<Step> {
  for (const hand of hands) yield { do: 'settle', hand, keepLease: true }
}

/** A test of the webhook, sent at once. */
export function trial(webhook: number, reply: Reply): Deed {
  return {
    words: `test of webhook ${webhook}: ${replyWords(reply)}`,
    fits: always,
    *plan(machine) {
      yield { do: 'test', webhook }
      const first = machine().handsGiven + 1
      yield { do: 'claimLoose', worker: 0 }
      for (let hand = first; hand <= machine().handsGiven; hand++) {
        yield { do: 'send', hand, reply, tookMs: 12 }
        yield { do: 'settle', hand, keepLease: false }
      }
    },
  }
}

/** Nobody hears of what happens meanwhile, until somebody asks for it: at once, or with something waiting already. */
export function pause(webhook: number, topic: Topic, recover: 'not' | 'at once' | 'late'): Deed {
  return {
    words: `webhook ${webhook} is disabled over 2 events for ${topic}, recovered ${recover}`,
    fits: ({ hooks }) => hooks[webhook]?.isOn === true,
    *plan(machine) {
      yield { do: 'event', topic: 'both' }
      yield { do: 'disable', webhook }
      yield* events(topic, 2).plan(machine)
      yield { do: 'enable', webhook }
      if (recover === 'not') return
      if (recover === 'late') {
        yield { do: 'event', topic: 'both' }
        const reply = { status: 503, retryAfterMs: null }
        yield* workThrough(machine, { worker: 0, lane: null, reply, tookMs: 12, letters: 1 })
      }
      yield { do: 'recover', webhook, since: 0, slice: 100 }
    },
  }
}

/** One step of a claim that somebody holds; `pick` chooses among those that are so far. */
export function handled(verb: 'renew' | 'release' | 'crash', pick: number): Deed {
  const ready = (hand: Hand) => verb === 'crash' || (!hand.isLoose && hand.sent === null)
  return ofHand(`${verb} claim ${pick}`, ready, pick, ({ id }) => ({ do: verb, hand: id }))
}

export function sent(pick: number, reply: Reply, tookMs: number): Deed {
  const ready = (hand: Hand) => hand.isRenewed && hand.sent === null
  const words = `send claim ${pick}: ${replyWords(reply)} after ${tookMs} ms`
  return ofHand(words, ready, pick, ({ id }) => ({ do: 'send', hand: id, reply, tookMs }))
}

export function settled(pick: number, keepLease: boolean): Deed {
  const words = `settle claim ${pick}${keepLease ? ' and go on' : ''}`
  return ofHand(
    words,
    (hand) => hand.sent !== null,
    pick,
    ({ id }) => ({ do: 'settle', hand: id, keepLease }),
  )
}

function ofHand(words: string, isReady: (hand: Hand) => boolean, pick: number, step: (hand: Hand) => Step): Deed {
  return {
    words,
    fits: ({ hands }) => hands.some(isReady),
    *plan(machine) {
      const ready = machine().hands.filter(isReady)
      const hand = ready[pick % ready.length]
      if (hand !== undefined) yield step(hand)
    },
  }
}

export function recovery(webhook: number, agoMs: number, slice: number): Deed {
  return {
    words: `recover webhook ${webhook} since ${agoMs / 1000} s ago, ${slice} at a time`,
    fits: ({ hooks }) => hooks[webhook]?.isOn === false || hooks[webhook]?.pauses.length !== 0,
    *plan(machine) {
      yield { do: 'recover', webhook, since: machine().now - agoMs, slice }
    },
  }
}

/** For what only makes sense, or is only likely to, while the webhook is off. */
export function whileOff(webhook: number, deed: Deed): Deed {
  return { ...deed, fits: (machine) => machine.hooks[webhook]?.isOn === false && deed.fits(machine) }
}

/** For what hurries a head that has failed and is not due yet. */
export function whileWaiting(webhook: number, deed: Deed): Deed {
  return { ...deed, fits: (machine) => (machine.hooks[webhook]?.due ?? 0) > machine.now && deed.fits(machine) }
}

/** Disabled while somebody is about to say what came of an attempt, or while events go by. */
export function inFlight(webhook: number, deed: Deed): Deed {
  return { ...deed, fits: (machine) => machine.hands.some((hand) => hand.webhook === webhook) && deed.fits(machine) }
}

export function requestRetry(webhook: number, pick: number): Deed {
  return {
    words: `retry request ${pick} of webhook ${webhook}`,
    fits: (machine) => (machine.hooks[webhook]?.letters.length ?? 0) > 0,
    *plan(machine) {
      const count = machine().hooks[webhook]?.letters.length ?? 0
      yield { do: 'retryRequest', webhook, letter: pick % count }
    },
  }
}

function find({ hands }: Machine, id: number): Hand | undefined {
  return hands.find((hand) => hand.id === id)
}

function replyWords({ status, retryAfterMs }: Reply): string {
  return `${status ?? 'silence'}${retryAfterMs === null ? '' : ` (Retry-After ${retryAfterMs / 1000} s)`}`
}
