/** What can be done about deliveries under way: try again, send once more, recover, sign with another secret. */
import { setImmediate as turn } from 'node:timers/promises'
import {
  type Delivery,
  type EventId,
  notFound,
  RadarError,
  refuseDisabled,
  type SystemEventId,
  type Webhook,
  type WebhookId,
} from '@dnsradar/core'
import { generateSecret } from '@dnsradar/core/delivery/sign'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { type Allowance, refuseExcess, spend } from '../http/limits.ts'
import { refusal } from '../http/validate.ts'
import { readId } from '../schemas/fields.ts'
import { findRequest } from './requests.ts'
import { getOwnWebhook } from './webhooks.ts'

export async function retryWebhook(deps: Deps, account: Account, id: string): Promise<Webhook> {
  const webhook = await deps.store.webhooks.retry(account.organization.id, knownWebhook(id))
  deps.deliverer.poke()
  return webhook ?? missing(id)
}

/** A retry reaches somebody else's server, so this holds whatever the operator's own limit is. */
const RETRY_ALLOWANCE: Allowance = { limit: 1, windowMs: 30_000 }

/** Counts one more retry of a request that may be retried; throws when it is too soon, or when it may not be. */
export async function limitRetries(deps: Deps, account: Account, webhookId: string, id: string): Promise<void> {
  const { webhook, delivery } = await findRequest(deps, account, webhookId, id)
  refuseDisabled(webhook)
  const spent = await spend(deps.rateLimits, deps.clock, `${delivery.id} retry`, RETRY_ALLOWANCE)
  refuseExcess(spent, 'retry of one request')
}

/** The request itself when it is the head of its queue; when it was delivered, the new one that sends it once more. */
export async function retryRequest(deps: Deps, account: Account, webhookId: string, id: string): Promise<Delivery> {
  const { webhook, delivery } = await findRequest(deps, account, webhookId, id)
  const retried = await deps.store.deliveries.retry(account.organization.id, webhook.id, delivery.id)
  deps.deliverer.poke()
  if (retried === null) throw notFound('request', id)
  return retried
}

/** Events looked at in one transaction: fractions of a second, during which the webhook's queue stands still. */
const SLICE = 200

/** `since` in epoch milliseconds. Each slice is committed by itself; asking again finishes what broke off. */
export async function recoverWebhook(deps: Deps, account: Account, id: string, since: number): Promise<number> {
  const webhookId = knownWebhook(id)
  refuseFuture(since, deps.clock.now())
  let queued = 0
  let after: EventId | SystemEventId | null = null
  do {
    if (deps.stopping.aborted) throw new RadarError('not_ready', 'The server stops; ask again to recover the rest.')
    const slice = await deps.store.webhooks.recover(account.organization.id, webhookId, { since, after, limit: SLICE })
    if (slice === null) return missing(id)
    queued += slice.queued
    after = slice.after
    deps.deliverer.poke()
    // SQLite works on this very thread: what else waits there has its turn.
    await turn()
  } while (after !== null)
  return queued
}

function refuseFuture(since: number, now: number): void {
  if (since <= now) return
  const message = 'is in the future; give the Unix seconds of a moment that is past'
  throw refusal('invalid_field', { since: message })
}

const DAY_MS = 86_400_000

/** The new secret is in the answer. `overlapMs`: how long the old one goes on signing; a day when left out. */
export async function rotateSecret(
  deps: Deps,
  account: Account,
  id: string,
  overlapMs: number = DAY_MS,
): Promise<Webhook> {
  const rotation = { secret: generateSecret(deps.randomBytes), overlapMs }
  const { id: known } = await getOwnWebhook(deps, account, id)
  const webhook = await deps.store.webhooks.rotateSecret(account.organization.id, known, rotation)
  return webhook ?? missing(id)
}

function knownWebhook(id: string): WebhookId {
  return readId('wh', id) ?? missing(id)
}

function missing(id: string): never {
  throw notFound('webhook', id)
}
