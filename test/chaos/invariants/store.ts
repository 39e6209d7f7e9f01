/** What the store must say at the end: nothing lost, nothing invented, nothing stuck, and every count right. */
import type { Attempt, DnsEvent } from '@dnsradar/core'
import { RETRY_DELAYS } from '../cast.ts'
import type { Evidence } from '../run.ts'
import type { Queued, Snapshot } from '../world.ts'
import { hadSuccess } from './arrivals.ts'
import { SLACK_MS } from './in-queue.ts'

const MOST_ATTEMPTS = 1 + RETRY_DELAYS.length

type Kept = Queued['deliveries'][number]

/** Every event has exactly one delivery to each webhook that was on, and none to one that was off. */
export function lostOrInvented(evidence: Evidence): string[] {
  const { calm, recovered, ledger } = evidence
  const known = new Set(recovered.events.map(({ id }) => id))
  const unknown = [...ledger.confirmed].filter((id) => !known.has(id)).map((id) => `${id} was confirmed and is gone`)
  const atRest = calm.queues.flatMap((queue) => calm.events.flatMap((event) => miscounted(evidence, queue, event)))
  const atTheEnd = living(recovered).flatMap((queue) =>
    recovered.events.flatMap(({ id }) => {
      const { length } = queue.deliveries.filter((delivery) => delivery.kind === 'event' && delivery.eventId === id)
      return length === 1 ? [] : [`${queue.player.name}: ${length} deliveries of ${id} after the recovery`]
    }),
  )
  return [...unknown, ...atRest, ...atTheEnd, ...living(recovered).flatMap(gaps), ...untold(recovered)]
}

function miscounted({ ledger }: Evidence, queue: Queued, { id, occurred }: DnsEvent): string[] {
  const { player, webhook, pauses, deliveries } = queue
  if (webhook === null) return []
  const { length } = deliveries.filter((delivery) => delivery.kind === 'event' && delivery.eventId === id)
  const mayMiss = pauses.some(
    ({ since, until }) => occurred >= since - SLACK_MS && occurred <= (until ?? Infinity) + SLACK_MS,
  )
  const mustMiss = pauses.some(
    ({ since, until }) => occurred > since + SLACK_MS && occurred < (until ?? Infinity) - SLACK_MS,
  )
  const isRecovered = ledger.actions.some(({ order }) => order.do === 'recover' && order.webhook === webhook.id)
  const least = mayMiss ? 0 : 1
  const most = mustMiss && !isRecovered ? 0 : 1
  return length < least || length > most
    ? [`${player.name}: ${length} deliveries of ${id}, not ${least} to ${most}`]
    : []
}

/** Numbers are given in turn and none is left out. */
function gaps({ player, deliveries }: Queued): string[] {
  const numbers = deliveries.flatMap(({ sequence }) => (sequence === null ? [] : [sequence])).toSorted((a, b) => a - b)
  const wrong = numbers.find((number, i) => number !== i + 1)
  return wrong === undefined ? [] : [`${player.name}: its numbers have a gap or a repetition at ${wrong}`]
}

/** What happened to other webhooks is told to the one that listens to everything. */
function untold({ systemEvents, queues }: Snapshot): string[] {
  const listener = queues.find(({ player }) => player.name === 'everything')
  if (listener === undefined) return ['nobody listens to everything']
  return systemEvents
    .filter(({ type, data }) => type.startsWith('webhook.') && !JSON.stringify(data).includes(listener.player.webhook))
    .flatMap(({ id, type }) => {
      const { length } = listener.deliveries.filter(({ systemEventId }) => systemEventId === id)
      return length === 1 ? [] : [`everything: ${length} deliveries of ${type} ${id}`]
    })
}

function living({ queues }: Snapshot): readonly Queued[] {
  return queues.filter(({ webhook }) => webhook !== null)
}

/** Marked delivered means that a receiver said so. */
export function falselyDelivered({ crashed, calm, recovered }: Evidence): string[] {
  const found = [crashed, calm, recovered].flatMap(({ queues }) =>
    queues.flatMap((queue) =>
      queue.deliveries
        .filter(({ id, status, delivered }) => status === 'DELIVERED' && !hadSuccess(queue, id, delivered ?? 0))
        .map(({ id }) => `${queue.player.name}: ${id} is marked delivered and no receiver accepted it`),
    ),
  )
  return [...new Set(found)]
}

/** In the end all of it is delivered. */
export function undelivered({ recovered }: Evidence): string[] {
  return living(recovered).flatMap(({ player, deliveries }) =>
    deliveries
      .filter(({ kind, status }) => (kind === 'event' || kind === 'system') && status !== 'DELIVERED')
      .map(({ id, status }) => `${player.name}: ${id} is ${status} after the recovery`),
  )
}

/** A queue that waits has a time; a webhook that is off has neither. */
export function withoutTime({ crashed, calm, recovered }: Evidence): string[] {
  return [crashed, calm, recovered].flatMap((snapshot) =>
    living(snapshot).flatMap(({ player, webhook, deliveries }) => {
      const waits = deliveries.some(
        ({ sequence, status }) => sequence !== null && (status === 'PENDING' || status === 'RETRYING'),
      )
      if (webhook?.isActive === true)
        return waits && webhook.nextAttempt === null ? [`${player.name}: waits for ever`] : []
      return waits || webhook?.nextAttempt !== null ? [`${player.name}: is off and still has something due`] : []
    }),
  )
}

/** At most ten attempts between two fresh starts, and none before its time. */
export function offSchedule(evidence: Evidence): string[] {
  return living(evidence.recovered).flatMap((queue) =>
    queue.deliveries.flatMap((delivery) => {
      if (delivery.sequence === null) return []
      const attempts = counted(delivery)
      const faults = attempts.flatMap((attempt, i) => tooSoon(evidence, queue, attempts[i - 1], attempt))
      const most = MOST_ATTEMPTS * (1 + queue.pauses.length) + hurries(evidence, queue, 0, Infinity)
      if (attempts.length > most) faults.push(`has had ${attempts.length} attempts`)
      return faults.map((fault) => `${queue.player.name}: ${delivery.id} ${fault}`)
    }),
  )
}

function counted({ history }: Kept): readonly Attempt[] {
  return history.filter(({ late }) => !late).toSorted((a, b) => a.started - b.started)
}

function tooSoon(evidence: Evidence, queue: Queued, before: Attempt | undefined, attempt: Attempt): string[] {
  if (before === undefined) return []
  const failed = before.started + before.outcome.durationMs
  const gap = attempt.started - failed
  if (gap >= Math.min(...RETRY_DELAYS) - SLACK_MS) return []
  const anew = queue.pauses.some(({ since }) => since >= before.started && since <= attempt.started)
  if (anew || hurries(evidence, queue, before.started - PATIENCE_MS, attempt.started) > 0) return []
  return [`was tried again after ${gap} ms`]
}

/** An order may be carried out this long after it was given: its process stood still. */
const PATIENCE_MS = 2_000

/** Calls that make a head due before its time; a test does when it is accepted. */
function hurries({ ledger }: Evidence, { player }: Queued, from: number, until: number): number {
  return ledger.actions.filter(
    ({ order, asked }) =>
      order.webhook === player.webhook &&
      (order.do === 'retry' || order.do === 'retry-request' || (order.do === 'test' && player.name !== 'broken')) &&
      asked >= from &&
      asked <= until,
  ).length
}

/** Who never answers well is given up after exactly ten attempts, whatever died or was tested meanwhile. */
export function notGivenUp({ calm }: Evidence): string[] {
  const queue = calm.queues.find(({ player }) => player.name === 'broken')
  const head = queue?.deliveries.find(({ sequence }) => sequence === 1)
  if (!queue?.webhook || head === undefined) return ['broken: has no queue']
  const { isActive, disabledReason, retries } = queue.webhook
  const faults: string[] = []
  if (isActive || disabledReason !== 'gave_up') faults.push(`is ${isActive ? 'still on' : disabledReason}`)
  if (retries !== MOST_ATTEMPTS) faults.push(`counts ${retries} failures`)
  if (counted(head).length !== MOST_ATTEMPTS) faults.push(`has had ${counted(head).length} attempts that count`)
  const tried = queue.deliveries.filter(
    ({ sequence, history }) => sequence !== null && sequence > 1 && history.length > 0,
  )
  if (tried.length > 0) faults.push(`went on to ${tried.length} others`)
  return faults.map((fault) => `broken: ${fault}`)
}

/** 410 ends a subscription at once, and nothing else. */
export function wronglyGone({ calm }: Evidence): string[] {
  return living(calm).flatMap(({ player, webhook, deliveries }) => {
    const said = deliveries.some((delivery) => counted(delivery).some(({ outcome }) => outcome.statusCode === 410))
    const expected = said && player.role.source !== undefined
    return (webhook?.disabledReason === 'gone') === expected ? [] : [`${player.name}: is gone, or should be`]
  })
}

/** The count of failures starts anew at a success and when the webhook is enabled, and nowhere else. */
export function miscountedFailures(evidence: Evidence): string[] {
  return [evidence.crashed, evidence.calm].flatMap((snapshot) =>
    living(snapshot).flatMap((queue) => {
      const { player, webhook, pauses, deliveries } = queue
      const queued = deliveries.filter(({ sequence }) => sequence !== null)
      const isUnsure = queued.some(({ history }) =>
        history.some(({ late, outcome }) => late && outcome.kind === 'accepted'),
      )
      if (isUnsure || webhook === null || hurries(evidence, queue, 0, Infinity) > 0) return []
      const enabled = Math.max(0, ...pauses.map(({ until }) => until ?? 0))
      const attempts = queued
        .flatMap(counted)
        .filter(({ started }) => started >= enabled)
        .toSorted((a, b) => a.started - b.started)
      const success = attempts.findLastIndex(({ outcome }) => outcome.kind === 'accepted')
      const expected = attempts.length - 1 - success
      return webhook.retries === expected ? [] : [`${player.name}: counts ${webhook.retries} failures of ${expected}`]
    }),
  )
}
