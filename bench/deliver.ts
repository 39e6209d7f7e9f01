/**
 * What the queue costs between an event and its receiver: durable (every commit waits for the disk), in order, with a
 * history of every attempt, to a receiver in a process of its own.
 *
 *     node bench/deliver.ts [--rounds 5] [--bullmq DIR]
 *
 * The ceiling is a bare loop that signs and posts the same bodies with 16 in flight and writes nothing down. BullMQ runs
 * where `redis-server` is installed and DIR is a folder with `bullmq` in its node_modules.
 */
import { parseArgs } from 'node:util'
import { bareLoop, bullMq, type Letter } from './deliver-ceilings.ts'
import { type DeliveryWorld, openWorld } from './delivery-world.ts'
import { type Contender, inTurns, medianOf, medianRatio, shown } from './rounds.ts'
import { type Sink, startSink } from './sink.ts'
import { TARGETS_OPTION, tellTargets } from './targets.ts'

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, bullmq: { type: 'string' }, ...TARGETS_OPTION },
})
const ROUNDS = Number(flags.rounds)
const WEBHOOKS = 100
const EVENTS_EACH = 50
/** BullMQ one at a time is slow enough to need no more. */
const BULLMQ_LETTERS = 2000
const PACED_EVENTS = 500
const PACED_MS = 10
const DEAD = 1000
/** A dead receiver's attempt lasts this long here, and the next one is due soon after: a steady crowd of retries. */
const DEAD_TIMEOUT_MS = 1000
const DEAD_RETRY_MS = 1000

interface Rate {
  readonly rate: number
}

interface Delay {
  readonly p50: number
  readonly p99: number
}

await using sink = await startSink()

/** Everything is waiting when the deliverer starts. */
async function queued(): Promise<Rate> {
  await using world = await openWorld(urlsOf(sink, WEBHOOKS))
  for (let event = 0; event < EVENTS_EACH; event += 1) await world.record(everyOne(WEBHOOKS))
  await sink.report()
  const started = performance.timeOrigin + performance.now()
  const deliverer = world.deliver()
  const { outOfOrder, lastAt, received } = await sink.until(WEBHOOKS * EVENTS_EACH)
  await deliverer.stop()
  if (outOfOrder > 0) throw new Error(`${outOfOrder} deliveries arrived out of order`)
  if (received > WEBHOOKS * EVENTS_EACH) throw new Error(`${received} deliveries arrived`)
  return { rate: (received / (lastAt - started)) * 1000 }
}

/** The deliveries that `queued` makes, ready to be signed and posted by others. */
async function lettersOf(count: number): Promise<readonly Letter[]> {
  await using world = await openWorld(urlsOf(sink, WEBHOOKS))
  for (let at = 0; at < count; at += WEBHOOKS) await world.record(everyOne(WEBHOOKS))
  const letters: Letter[] = []
  for (const webhook of world.webhooks) {
    const page = { limit: count / WEBHOOKS, way: 'asc', after: null, before: null } as const
    const { items } = await world.store.deliveries.list(webhook.orgId, webhook.id, {}, page)
    letters.push(...items.map((delivery) => ({ webhook, delivery })))
  }
  return letters.toSorted((a, b) => (a.delivery.sequence ?? 0) - (b.delivery.sequence ?? 0))
}

/** Events one by one to the first `healthy` webhooks, from before the transaction that records each to its arrival. */
async function paced(world: DeliveryWorld, healthy: number): Promise<Delay> {
  const sent = new Map<string, number>()
  const sequences = new Map<number, number>()
  const deliverer = world.deliver()
  await sink.report()
  for (let event = 0; event < PACED_EVENTS; event += 1) {
    const at = event % healthy
    const sequence = (sequences.get(at) ?? 0) + 1
    sequences.set(at, sequence)
    sent.set(`/${at} ${sequence}`, performance.timeOrigin + performance.now())
    await world.record([at])
    deliverer.poke()
    await new Promise((resolve) => setTimeout(resolve, PACED_MS))
  }
  const { arrivals } = await sink.until(PACED_EVENTS)
  await deliverer.stop()
  const delays = arrivals.map(([path, sequence, time]) => time - (sent.get(`${path} ${sequence}`) ?? Number.NaN))
  const sorted = delays.toSorted((a, b) => a - b)
  return { p50: sorted[sorted.length >> 1] ?? Number.NaN, p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN }
}

async function idle(): Promise<Delay> {
  await using world = await openWorld(urlsOf(sink, WEBHOOKS))
  return await paced(world, WEBHOOKS)
}

/** The same beside a thousand webhooks whose receivers accept and never answer, each at an origin of its own. */
async function besideTheDead(): Promise<Delay> {
  const dead = Array.from({ length: DEAD }, (_, at) => `http://dead${at}.example.net:${sink.deadPort}/`)
  const options = { timeoutMs: DEAD_TIMEOUT_MS, retryDelays: Array.from({ length: 1000 }, () => DEAD_RETRY_MS) }
  await using world = await openWorld([...urlsOf(sink, WEBHOOKS), ...dead], options)
  await world.record(everyOne(WEBHOOKS + DEAD).slice(WEBHOOKS))
  // Until each of them has failed once.
  const deliverer = world.deliver()
  for (;;) {
    const last = world.webhooks.at(-1)
    const webhook = last === undefined ? null : await world.store.webhooks.get(last.orgId, last.id)
    if (webhook !== null && webhook.retries > 0) break
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  await deliverer.stop()
  return await paced(world, WEBHOOKS)
}

function urlsOf({ url }: Sink, count: number): readonly string[] {
  // A name each: to one origin only a few attempts are in flight.
  return everyOne(count).map((at) => `${url.replace('127.0.0.1', `receiver${at}.example.net`)}/${at}`)
}

function everyOne(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at)
}

const letters = await lettersOf(WEBHOOKS * EVENTS_EACH)
const OURS = 'ours'
const BARE = 'bare loop, 16 in flight'
const BULLMQ = 'BullMQ, one at a time'
const rated = async (rate: Promise<number | null>): Promise<Rate | null> => {
  const value = await rate
  return value === null ? null : { rate: value }
}
const rates: Contender<Rate>[] = [
  { name: BARE, run: () => rated(bareLoop(sink, letters)) },
  { name: OURS, run: queued },
  { name: BULLMQ, run: () => rated(bullMq(flags.bullmq, sink, letters.slice(0, BULLMQ_LETTERS))) },
]
const byRate = await inTurns(rates, ROUNDS)
const runsOf = (name: string) => byRate.get(name) ?? []
const pick = ({ rate }: Rate): number => rate

console.log(
  `${WEBHOOKS} webhooks, ${EVENTS_EACH} deliveries each; medians of ${ROUNDS} rounds, node ${process.version}`,
)
console.table(
  Object.fromEntries(
    [...byRate].map(([name, runs]) => [
      name,
      {
        'per second': shown(medianOf(runs, pick), 0),
        'to bare loop': shown(medianRatio(runs, runsOf(BARE), pick), 2),
        'to BullMQ': shown(medianRatio(runs, runsOf(BULLMQ), pick), 2),
      },
    ]),
  ),
)

const IDLE = 'idle'
const BESIDE = `beside ${DEAD} dead`
const byDelay = await inTurns<Delay>(
  [
    { name: IDLE, run: idle },
    { name: BESIDE, run: besideTheDead },
  ],
  Math.min(ROUNDS, 3),
)
console.log('Event to receiver, milliseconds, the commit of the event included')
console.table(
  Object.fromEntries(
    [...byDelay].map(([name, runs]) => [
      name,
      {
        p50: shown(
          medianOf(runs, ({ p50 }) => p50),
          1,
        ),
        p99: shown(
          medianOf(runs, ({ p99 }) => p99),
          1,
        ),
        'p99 to idle': shown(
          medianRatio(runs, byDelay.get(IDLE) ?? [], ({ p99 }) => p99),
          2,
        ),
      },
    ]),
  ),
)

const [idleRuns, besideRuns] = [byDelay.get(IDLE) ?? [], byDelay.get(BESIDE) ?? []]
tellTargets(flags.targets, [
  {
    what: 'deliveries to a bare loop',
    value: medianRatio(runsOf(OURS), runsOf(BARE), pick),
    goal: 0.2,
    is: 'at least',
  },
  {
    what: 'deliveries to BullMQ in order',
    value: medianRatio(runsOf(OURS), runsOf(BULLMQ), pick),
    goal: 2.5,
    is: 'at least',
  },
  { what: 'event to receiver p50, ms', value: medianOf(idleRuns, ({ p50 }) => p50), goal: 50, is: 'at most' },
  { what: 'event to receiver p99, ms', value: medianOf(idleRuns, ({ p99 }) => p99), goal: 250, is: 'at most' },
  {
    what: `event to receiver p99 beside ${DEAD} dead to idle`,
    value: medianRatio(besideRuns, idleRuns, ({ p99 }) => p99),
    goal: 2,
    is: 'at most',
  },
])
