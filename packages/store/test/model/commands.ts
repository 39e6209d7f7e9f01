/** How often what happens in a run: weighted, so that the rare ends of the machine are reached in every few runs. */
import fc from 'fast-check'
import * as plans from './plans.ts'
import type { Deed } from './plans.ts'
import { WEBHOOKS, type Lane, type Reply, type Topic } from './words.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const webhook = fc.constantFrom(...WEBHOOKS)
const worker = fc.constantFrom(0, 1)
const pick = fc.nat(40)
const recovered = fc.constantFrom('not', 'at once', 'late')
const verb = fc.constantFrom('renew', 'renew', 'renew', 'release', 'crash')
const lane = fc.option(fc.constantFrom<Lane[]>('fresh', 'retrying'), { freq: 2 })
const topic = fc.constantFrom<Topic[]>('both', 'both', 'subscription')
/** Some attempts outlast their lease. */
const tookMs = fc.constantFrom(0, 12, 12, 5000, 20_000)

const plain = (status: number | null): Reply => ({ status, retryAfterMs: null })
const accepted = fc.constantFrom(plain(200), plain(204))
const throttled = fc
  .constantFrom(MINUTE, 7 * MINUTE, 20 * MINUTE, 100 * HOUR)
  .map((retryAfterMs): Reply => ({ status: 429, retryAfterMs }))
const refused = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(plain(500), plain(302), plain(null)) },
  { weight: 2, arbitrary: throttled },
)
const gone = fc.constant(plain(410))
const reply = fc.oneof(
  { weight: 4, arbitrary: accepted },
  { weight: 4, arbitrary: refused },
  { weight: 2, arbitrary: gone },
)

/** Of a lease, of a loose one, of the first steps of the ladder. */
const passing = fc.constantFrom(1, 10_000, 16_000, 91_000, 5 * MINUTE, HOUR, 20 * HOUR)
const ago = fc.constantFrom(0, 10_000, HOUR, 1000 * HOUR, 1000 * HOUR)

const round = fc
  .record({ worker, lane, reply, tookMs, letters: fc.integer({ min: 1, max: 5 }) })
  .map((going) => plans.round(going))

const weighted: readonly (readonly [weight: number, deed: fc.Arbitrary<Deed>])[] = [
  [10, fc.tuple(topic, fc.integer({ min: 1, max: 3 })).map(([to, count]) => plans.events(to, count))],
  [5, passing.map((ms) => plans.single(`${ms / 1000} s pass`, { do: 'pass', ms }))],
  [5, fc.constant(plans.untilDue())],
  [10, round],
  [4, fc.tuple(worker, refused, fc.integer({ min: 1, max: 12 })).map(([by, says, n]) => plans.outage(by, says, n))],
  [3, fc.tuple(reply, reply).map(([frozen, other]) => plans.takeover(frozen, other))],
  [2, fc.tuple(reply, reply).map(([first, second]) => plans.doubleTakeover(first, second))],
  [6, fc.tuple(worker, lane).map(([by, only]) => claim(by, only))],
  [9, fc.tuple(verb, pick).map(([what, n]) => plans.handled(what, n))],
  [7, fc.tuple(pick, reply, tookMs).map(([n, says, took]) => plans.sent(n, says, took))],
  [7, fc.tuple(pick, fc.boolean()).map(([n, keep]) => plans.settled(n, keep))],
  [2, fc.tuple(webhook, reply).map(([at, says]) => plans.trial(at, says))],
  [4, fc.tuple(webhook, reply).map(([at, says]) => plans.whileWaiting(at, plans.trial(at, says)))],
  [
    2,
    worker.map((by) => plans.single(`worker ${by} takes what is beside the queues`, { do: 'claimLoose', worker: by })),
  ],
  [1, webhook.map((at) => asked('disable', at))],
  [2, webhook.map((at) => plans.inFlight(at, asked('disable', at)))],
  [3, fc.tuple(webhook, topic, recovered).map(([at, to, how]) => plans.pause(at, to, how))],
  [14, webhook.map((at) => plans.whileOff(at, asked('enable', at)))],
  [1, webhook.map((at) => asked('enable', at))],
  [1, webhook.map((at) => asked('retry', at))],
  [5, webhook.map((at) => plans.whileWaiting(at, asked('retry', at)))],
  [1, webhook.map((at) => asked('test', at))],
  [7, fc.tuple(webhook, pick).map(([at, n]) => plans.requestRetry(at, n))],
  [8, fc.tuple(webhook, ago, fc.constantFrom(1, 2, 100)).map(([at, since, slice]) => plans.recovery(at, since, slice))],
  [3, fc.tuple(webhook, fc.constantFrom(0, HOUR, 24 * HOUR)).map(([at, overlap]) => rotation(at, overlap))],
]

/** Twice as many of everything else as said, and one deletion: it ends half of a run. */
export const deeds: readonly fc.Arbitrary<Deed>[] = [
  ...weighted.flatMap(([weight, deed]) => Array<fc.Arbitrary<Deed>>(2 * weight).fill(deed)),
  webhook.map((at) => asked('delete', at)),
]

function asked(verb: 'disable' | 'enable' | 'retry' | 'test' | 'delete', at: number): Deed {
  return plans.single(`${verb} webhook ${at}`, { do: verb, webhook: at })
}

function rotation(at: number, overlapMs: number): Deed {
  return plans.single(`rotate the secret of webhook ${at}, ${overlapMs / HOUR} h of overlap`, {
    do: 'rotate',
    webhook: at,
    overlapMs,
  })
}

function claim(by: number, only: Lane | null): Deed {
  return plans.single(`worker ${by} claims ${only ?? 'every'} queue`, { do: 'claim', worker: by, lane: only })
}
