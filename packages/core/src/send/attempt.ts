/**
 * The attempts of one claimed webhook, one after the other: renew the lease, send, write the outcome, and only then
 * the next. What a crash leaves behind is at most one request whose outcome nobody wrote down, and that one is sent
 * again.
 */
import type { Delivery, Outcome } from '../delivery/delivery.ts'
import { buildRequest } from '../delivery/request.ts'
import type { RetryPolicy } from '../delivery/retry.ts'
import { CLEARED, type Settlement, settle } from '../delivery/settle.ts'
import type { ClaimedDelivery, Clock, Log, Sender, Store } from '../ports.ts'
import { sayFarewell } from './farewell.ts'
import type { Slot } from './slots.ts'

export interface Attempting {
  readonly store: Pick<Store, 'queue'>
  readonly sender: Sender
  readonly clock: Clock
  readonly log: Log
  readonly policy: RetryPolicy
  /** `DNSRadar/` and the version. */
  readonly userAgent: string
  /** Called after an outcome that disabled its webhook was committed: a system event tells of it. */
  readonly onDisabled?: () => void
}

/** A lease lasts so many timeouts: one for the send, the rest for the store and for a slow process. */
const LEASE_PER_TIMEOUT = 3
/** A long queue gives way to other webhooks after this much, and is due again at once. */
const FLUSH_DELIVERIES = 50
const FLUSH_MS = 2_000
/** First pause after a failed write of an outcome; each further one is twice as long. */
const WRITE_AGAIN_MS = 50
/** When stopping, an outcome that cannot be written is given up after this: the attempt will be repeated. */
const LAST_WRITES_MS = 800

/** Sends the heads of a webhook's queue while each is accepted and the turn lasts. */
export async function flushQueue(
  deps: Attempting,
  claimed: ClaimedDelivery,
  slot: Pick<Slot, 'attempt'>,
  signal: AbortSignal,
): Promise<void> {
  const { queue } = deps.store
  const began = deps.clock.monotonic()
  let head = claimed
  for (let sent = 1; ; sent++) {
    if (signal.aborted || !(await renewed(deps, head))) {
      return queue.release(head)
    }
    slot.attempt(deps.clock.monotonic())
    const settlement = await attempt(deps, head)
    const goOn = !signal.aborted && sent < FLUSH_DELIVERIES && deps.clock.monotonic() - began < FLUSH_MS
    const after = await written(deps, signal, leaseMs(head), () => queue.settle(head, settlement, goOn))
    if (after?.kind === 'disabled') deps.onDisabled?.()
    // After a 410 the subscriber knows.
    if (after?.kind === 'disabled' && settlement.webhook.do === 'disable' && settlement.webhook.reason !== 'gone') {
      await sayFarewell(deps, head.webhook, signal)
    }
    if (after?.kind !== 'next') return
    head = { ...head, webhook: { ...head.webhook, ...CLEARED }, delivery: after.delivery }
  }
}

/** A test or a resend: one attempt, outside the queue. Its success may make a waiting head due. */
export async function sendLoose(
  deps: Attempting,
  claimed: ClaimedDelivery,
  slot: Pick<Slot, 'attempt'>,
  signal: AbortSignal,
): Promise<void> {
  slot.attempt(deps.clock.monotonic())
  const settlement = await attempt(deps, claimed)
  await written(deps, signal, leaseMs(claimed), () => deps.store.queue.settleLoose(claimed, settlement))
}

/**
 * False: disabled, deleted, taken over, or so slow that it may be soon. A process that was stopped for longer than its
 * lease must not send when it wakes, so the time since the renewal counts by a clock that nobody sets.
 */
async function renewed({ store, clock, log }: Attempting, head: ClaimedDelivery): Promise<boolean> {
  const asked = clock.monotonic()
  if (!(await store.queue.renew(head.webhook, head.lease, leaseMs(head)))) return false
  const waited = clock.monotonic() - asked
  if (waited <= leaseMs(head) / LEASE_PER_TIMEOUT) return true
  log.warn({ webhook: head.webhook.id, waitedMs: Math.round(waited) }, 'lease renewed too slowly to send')
  return false
}

function leaseMs({ webhook }: ClaimedDelivery): number {
  return LEASE_PER_TIMEOUT * webhook.timeoutMs
}

async function attempt(deps: Attempting, { webhook, delivery }: ClaimedDelivery): Promise<Settlement> {
  const { clock, sender, policy, userAgent } = deps
  const started = clock.now()
  const outcome = await sender.send(buildRequest(webhook, delivery, { now: started, userAgent }))
  logAttempt(deps, delivery, outcome)
  return settle(webhook, delivery, outcome, { started, finished: clock.now() }, policy)
}

function logAttempt({ log }: Attempting, delivery: Delivery, outcome: Outcome): void {
  log.info(
    {
      webhook: delivery.webhookId,
      delivery: delivery.id,
      attempt: delivery.attempts + 1,
      outcome: outcome.kind === 'accepted' ? 'accepted' : outcome.errorClass,
      status: outcome.statusCode,
      durationMs: outcome.durationMs,
    },
    'delivery attempted',
  )
}

/** Writes an outcome, again and again while the lease lasts: losing it would repeat an attempt that took place. */
async function written<T>(
  deps: Attempting,
  signal: AbortSignal,
  lastsMs: number,
  write: () => Promise<T>,
): Promise<T | null> {
  const { clock, log } = deps
  const began = clock.monotonic()
  for (let pause = WRITE_AGAIN_MS; ; pause *= 2) {
    try {
      return await write()
    } catch (error) {
      const patience = signal.aborted ? LAST_WRITES_MS : lastsMs
      const spent = clock.monotonic() - began
      log.error({ err: error }, 'the outcome of a delivery could not be written; trying again')
      if (spent + pause > patience) return null
      await clock.wait(pause)
    }
  }
}
