/** Deliveries, from a due webhook to a settled attempt. */
import { createDoorbell } from './doorbell.ts'
import type { NodeId, WebhookId } from './ids.ts'
import type { ClaimedDelivery, Lane } from './ports.ts'
import { type Attempting, flushQueue, sendLoose } from './send/attempt.ts'
import { createSlots, type Slot, type SlotUser } from './send/slots.ts'

export interface Deliverer {
  /** Sends what is due until `signal` aborts, then finishes the attempts in flight and gives back its leases. */
  run(signal: AbortSignal): Promise<void>
  /** Something became due: look without waiting for the next poll. */
  poke(): void
}

export interface DelivererDeps extends Attempting {
  readonly node: NodeId
  /** Attempts in flight at a time, 64 by default. */
  readonly slots?: number
}

const SLOTS = 64
const PER_ORIGIN = 4
/** Retries get one slot in so many, and so does one organization while others wait. */
const SHARE = 4
/** By now a healthy receiver has answered. */
const SLOW_MS = 250
/** First attempts to slow receivers beside the slots: a socket and some 10 kB each. */
const ASIDE = 1_000
/**
 * Claimed webhooks whose origin is busy, held here so that the next claim brings others. Their leases run out by
 * themselves when the wait is too long.
 */
const MAX_PARKED = 1024
/**
 * Retries that begin in one round. Each takes a millisecond or two, a connection mostly, and those that begin together fail
 * together, a timeout later, and begin again together: healthy webhooks would wait for all of them at every such moment.
 */
const RETRIES_AT_ONCE = 1
/** Of a claim: renewed to the webhook's own length before the first send. */
const CLAIM_LEASE_MS = 15_000
/** Of a loose delivery: three times the longest timeout, because it is not renewed. */
const LOOSE_LEASE_MS = 90_000
const POLL_MS = 1_000
/** Due, yet not to be claimed: another process has its lease, or it became due this moment. */
const CONTESTED_MS = 100

export function createDeliverer(deps: DelivererDeps): Deliverer {
  const doorbell = createDoorbell(deps.clock)
  return {
    poke: () => doorbell.ring(),
    async run(signal) {
      const round = createRounds(deps, signal, () => doorbell.ring())
      while (!signal.aborted) await doorbell.wait(await round.next(), signal)
      await round.finish()
    },
  }
}

/** `next` starts what may be sent now and says how long to sleep at most. */
function createRounds(deps: DelivererDeps, signal: AbortSignal, wake: () => void) {
  const { clock, log, node } = deps
  const { queue } = deps.store
  const total = deps.slots ?? SLOTS
  const share = Math.max(1, Math.floor(total / SHARE))
  const slots = createSlots({ total, perOrigin: PER_ORIGIN, retries: share, perOrganization: share, aside: ASIDE })
  const parked = new Map<WebhookId, Parked>()
  const inFlight = new Set<Promise<void>>()
  /** The last claims took all they asked for, so there may be more. */
  let backlog = false
  /** Of this round. */
  let retriesBegun = 0
  /** Parked retries that wait for the next round, and not for a slot. */
  let areHeldBack = false

  function start(slot: Slot, work: Promise<void>): void {
    const running = work
      // The lease is left to run out: what broke here would break again at once.
      .catch((error: unknown) => log.error({ err: error }, 'a delivery broke off'))
      .finally(() => {
        slot.giveBack()
        inFlight.delete(running)
        // A slot is free, and the next due time may be nearer than the one slept for.
        wake()
      })
    inFlight.add(running)
  }

  function startParked(): void {
    areHeldBack = false
    for (const [id, { claimed, user }] of parked) {
      if (user.isRetry && retriesBegun === RETRIES_AT_ONCE) {
        areHeldBack = slots.freeForRetries > 0
        continue
      }
      const slot = slots.take(user)
      if (slot === null) continue
      if (user.isRetry) retriesBegun += 1
      parked.delete(id)
      start(slot, flushQueue(deps, claimed, slot, signal))
    }
  }

  /** Tests and resends are rare and somebody waits for them: they need a slot, but no lane. */
  async function claimLoose(): Promise<boolean> {
    const limit = slots.free
    if (limit === 0) return false
    const loose = await queue.claimLoose({ node, limit, leaseMs: LOOSE_LEASE_MS })
    for (const claimed of loose) {
      const slot = slots.take({ ...userOf(claimed), origin: claimed.delivery.id, isRetry: false })
      if (slot !== null) start(slot, sendLoose(deps, claimed, slot, signal))
    }
    return loose.length === limit
  }

  /** Only what a slot of the lane is there for: what is claimed here, no other process can send. */
  async function claimDue(lane: Lane): Promise<boolean> {
    const free = lane === 'fresh' ? slots.claimable : Math.min(slots.claimable, slots.freeForRetries)
    const limit = Math.min(free, MAX_PARKED - parked.size)
    if (limit === 0 || (lane === 'retrying' && areHeldBack)) return false
    const due = await queue.claimDue({ node, limit, leaseMs: CLAIM_LEASE_MS, lane, yielding: slots.yielding })
    for (const claimed of due) {
      // A webhook that is parked already comes again when its lease ran out: the newer one counts, at the end.
      parked.delete(claimed.webhook.id)
      parked.set(claimed.webhook.id, { claimed, user: userOf(claimed) })
    }
    startParked()
    return due.length === limit
  }

  async function pause(): Promise<number> {
    // A slot that is given back ends the pause, and who holds one for long steps aside.
    if (slots.free === 0) return SLOW_MS
    if (backlog) return 0
    // What is due may be retries that no slot is there for.
    if (slots.freeForRetries === 0 || parked.size >= MAX_PARKED) return POLL_MS
    const due = await queue.nextDue()
    if (due === null) return POLL_MS
    const ahead = due - clock.now()
    return ahead <= 0 ? CONTESTED_MS : Math.min(ahead, POLL_MS)
  }

  return {
    async next(): Promise<number> {
      try {
        slots.relieve(clock.monotonic() - SLOW_MS)
        retriesBegun = 0
        startParked()
        const moreLoose = await claimLoose()
        const moreFresh = await claimDue('fresh')
        const moreRetries = await claimDue('retrying')
        backlog = moreLoose || moreFresh || moreRetries || areHeldBack
        return await pause()
      } catch (error) {
        log.error({ err: error }, 'the delivery queue could not be read; trying again')
        return POLL_MS
      }
    },
    async finish(): Promise<void> {
      await Promise.all(inFlight)
      await Promise.allSettled([...parked.values()].map(({ claimed }) => queue.release(claimed)))
    },
  }
}

interface Parked {
  readonly claimed: ClaimedDelivery
  readonly user: SlotUser
}

function userOf({ webhook }: ClaimedDelivery): SlotUser {
  return { origin: originOf(webhook.url), orgId: webhook.orgId, isRetry: webhook.retries > 0 }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}
