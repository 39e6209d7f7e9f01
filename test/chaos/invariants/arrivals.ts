/** What receivers may see: an order, one request at a time, the same bytes, and few repetitions. */
import { createHmac } from 'node:crypto'
import type { DeliveryId } from '@dnsradar/core'
import { SECRET } from '../cast.ts'
import type { Send } from '../ledger.ts'
import type { Arrival } from '../receivers.ts'
import type { Evidence } from '../run.ts'
import type { Queued } from '../world.ts'
import { SLACK_MS, wasInQueue } from './in-queue.ts'

export const isSuccess = ({ answer }: Arrival): boolean =>
  answer !== null && answer.status >= 200 && answer.status <= 299

/** No request before every earlier one of its queue has had a success or has left the queue. */
export function overtaking(evidence: Evidence): string[] {
  return evidence.recovered.queues.flatMap((queue) => {
    const created = new Map(queue.deliveries.map((delivery) => [delivery.sequence, delivery.created]))
    const accepted = new Set<number>()
    const arrived = inOrderOfArrival(queue)
    const highest = Math.max(0, ...arrived.map(({ sequence }) => sequence))
    return arrived.flatMap((arrival) => {
      const { sequence, answer, at } = arrival
      const from = sendOf(evidence, arrival)?.chosenFrom ?? at
      const early = Array.from({ length: Math.min(sequence, highest) - 1 }, (_, i) => i + 1).filter(
        (n) => !accepted.has(n) && wasInQueue(evidence, queue, created.get(n) ?? 0, from, at),
      )
      if (answer !== null && isSuccess(arrival)) accepted.add(sequence)
      return early.length === 0
        ? []
        : [`${queue.player.name}: number ${sequence} was sent before ${early.join(', ')} had a success`]
    })
  })
}

/** First successes come in the order of the queue. */
export function disorder(evidence: Evidence): string[] {
  return evidence.recovered.queues.flatMap((queue) => {
    const created = new Map(queue.deliveries.map((delivery) => [delivery.sequence, delivery.created]))
    const first = new Map<number, Arrival>()
    for (const arrival of inOrderOfArrival(queue)) {
      if (isSuccess(arrival) && !first.has(arrival.sequence)) first.set(arrival.sequence, arrival)
    }
    const successes = [...first].toSorted(([, a], [, b]) => (a.answer?.at ?? 0) - (b.answer?.at ?? 0))
    return successes.flatMap(([sequence, { at }], i) => {
      const before = successes
        .slice(0, i)
        .find(
          ([other, ahead]) =>
            other > sequence &&
            wasInQueue(evidence, queue, created.get(sequence) ?? 0, sendOf(evidence, ahead)?.chosenFrom ?? at, at),
        )
      return before === undefined ? [] : [`${queue.player.name}: number ${sequence} succeeded after ${before[0]}`]
    })
  })
}

type Numbered = Arrival & { readonly sequence: number }

function inOrderOfArrival({ player }: Queued): Numbered[] {
  return player.receiver.arrivals.filter((arrival): arrival is Numbered => arrival.sequence !== null)
}

export function sendOf({ ledger }: Evidence, { key }: Arrival): Send | undefined {
  return ledger.sends.get(key)
}

/**
 * At most one request of a queue is under way. Only a process that stood still for longer than its lease may have one
 * beside it: the lease does not bind who sleeps.
 */
export function crowding(evidence: Evidence): string[] {
  return evidence.players.flatMap(({ name, receiver }) => {
    const keys = new Set(receiver.arrivals.filter(({ sequence }) => sequence !== null).map(({ key }) => key))
    const sends = [...evidence.ledger.sends.values()]
      .filter(({ key }) => keys.has(key))
      .toSorted((a, b) => a.began - b.began)
    return sends.flatMap((later, i) =>
      sends
        .slice(0, i)
        .filter(
          (earlier) =>
            (earlier.ended ?? Infinity) > later.began && isLeased(earlier, later.began) && isLeased(later, later.began),
        )
        .map((earlier) => `${name}: ${later.key} was sent while ${earlier.key} was under way, both under a lease`),
    )
  })
}

function isLeased({ renewed }: Send, at: number): boolean {
  return renewed !== null && at < renewed.until - SLACK_MS
}

/** No request of a queue without a renewal of its own before it. */
export function unleased(evidence: Evidence): string[] {
  const queued = new Set(
    evidence.players.flatMap(({ receiver }) =>
      receiver.arrivals.filter(({ sequence }) => sequence !== null).map(({ key }) => key),
    ),
  )
  return [...evidence.ledger.sends.values()]
    .filter(({ key, renewed, chosenFrom }) => queued.has(key) && (renewed === null || chosenFrom === null))
    .map(({ key, delivery }) => `${key} sent ${delivery} without renewing its lease`)
}

/** All requests of a delivery are the same but for their time, and every signature holds. */
export function altered({ players }: Evidence): string[] {
  return players.flatMap(({ name, receiver }) =>
    [...Map.groupBy(receiver.arrivals, ({ delivery }) => delivery)].flatMap(([delivery, arrivals]) => {
      const bodies = new Set(arrivals.map(({ bodyHash }) => bodyHash)).size
      const signatures = new Set(arrivals.map(({ signature }) => signature)).size
      const sequences = new Set(arrivals.map(({ sequence }) => sequence)).size
      const faults = arrivals.flatMap(faultsOf)
      if (bodies !== 1 || signatures !== 1 || sequences !== 1) faults.push('differs between attempts')
      return faults.map((fault) => `${name}: ${delivery} ${fault}`)
    }),
  )
}

/** The clock of an attempt has whole seconds on the wire, and a paused process may send late what it signed before. */
const STALE_SECONDS = 10

function faultsOf({ signature, expectedSignature, headers, raw, at }: Arrival): string[] {
  const faults: string[] = []
  if (signature !== expectedSignature) faults.push('has a wrong X-DNSRadar-Signature')
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${raw}`
  const standard = `v1,${createHmac('sha256', SECRET).update(content).digest('base64')}`
  if (headers['webhook-signature'] !== standard) faults.push('has a wrong webhook-signature')
  const seconds = Number(headers['webhook-timestamp'])
  const age = at / 1000 - seconds
  if (!(age > -1 && age < STALE_SECONDS)) faults.push(`is signed with the time of ${age} s ago`)
  const iso = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
  if (headers['x-webhook-timestamp'] !== iso) faults.push('tells two times')
  return faults
}

export interface Repetitions {
  /** Requests that no attempt was written down for. */
  readonly unrecorded: number
  readonly repeats: number
  readonly timeouts: number
}

/** Of the deliveries that are still there. */
export function repetitionsOf({ deliveries, player }: Queued): Repetitions {
  const byDelivery = Map.groupBy(player.receiver.arrivals, ({ delivery }) => delivery)
  let unrecorded = 0
  let repeats = 0
  let timeouts = 0
  for (const { id, history } of deliveries) {
    const arrivals = byDelivery.get(id) ?? []
    unrecorded += Math.max(0, arrivals.length - history.length)
    repeats += repeatsIn(arrivals)
    timeouts += history.filter(({ outcome }) => outcome.kind === 'failed' && outcome.statusCode === null).length
  }
  return { unrecorded, repeats, timeouts }
}

function repeatsIn(arrivals: readonly Arrival[]): number {
  const first = arrivals.find(isSuccess)
  return arrivals.filter((arrival) => arrival !== first && arrival.at > (first?.answer?.at ?? Infinity)).length
}

/**
 * A killed process leaves at most one request per queue that nobody wrote down. A receiver hears a delivery again after
 * its success only for one of these, for an answer that came too late, or from a process that stood still.
 */
export function repetition(evidence: Evidence): string[] {
  const { lives } = evidence.ledger
  const kills = lives.filter(({ ended }) => ended?.how === 'killed').length
  const pauses = lives.reduce((sum, life) => sum + life.pauses.length, 0)
  return evidence.recovered.queues.flatMap((queue) => {
    const { unrecorded, repeats, timeouts } = repetitionsOf(queue)
    const faults: string[] = []
    // One from the queue and one beside it.
    const perKill = queue.deliveries.some(({ sequence }) => sequence === null) ? 2 : 1
    if (unrecorded > kills * perKill) faults.push(`${unrecorded} requests were not written down in ${kills} kills`)
    const bound = timeouts + kills * perKill + pauses
    if (repeats > bound) faults.push(`${repeats} repetitions after a success, and only ${bound} reasons for one`)
    return faults.map((fault) => `${queue.player.name}: ${fault}`)
  })
}

/** Nothing of a queue is sent once its webhook is off, but for what was already let through. */
export function sentWhileOff(evidence: Evidence): string[] {
  return evidence.recovered.queues.flatMap((queue) => {
    const { name, receiver } = queue.player
    const keys = new Set(receiver.arrivals.filter(({ sequence }) => sequence !== null).map(({ key }) => key))
    const renewals = [...evidence.ledger.sends.values()].flatMap(({ key, renewed }) =>
      renewed !== null && keys.has(key) ? [{ key, from: renewed.from }] : [],
    )
    return timesOff(evidence, queue).flatMap(({ from, until }) =>
      renewals
        .filter((renewal) => renewal.from > from && renewal.from < until)
        .map(({ key }) => `${name}: ${key} was let through while the webhook was off`),
    )
  })
}

function timesOff({ ledger }: Evidence, { player, pauses }: Queued): { from: number; until: number }[] {
  const actions = ledger.actions.filter(({ order }) => order.webhook === player.webhook)
  const enables = actions.filter(({ order }) => order.do === 'enable')
  const asked = actions.flatMap((action) => {
    if (!action.isDone || action.over === null || (action.order.do !== 'disable' && action.order.do !== 'delete'))
      return []
    // One that is still under way may come after it.
    if (enables.some((enable) => enable.asked <= action.asked && (enable.over ?? Infinity) > action.asked)) return []
    const until = Math.min(Infinity, ...enables.filter((one) => one.asked > action.asked).map((one) => one.asked))
    return [{ from: action.over, until }]
  })
  const byItself = pauses
    .filter(({ reason }) => reason !== 'manual')
    .map(({ since, until }) => ({ from: since + SLACK_MS, until: until ?? Infinity }))
  return [...asked, ...byItself]
}

/** Whether `delivery` had a success at its receiver until `time`. */
export function hadSuccess({ player }: Queued, delivery: DeliveryId, time: number): boolean {
  return player.receiver.arrivals.some(
    (arrival) => arrival.delivery === delivery && isSuccess(arrival) && (arrival.answer?.at ?? 0) <= time + SLACK_MS,
  )
}
