/** What the model's runs see of a store. */
import { RadarError, type Delivery, type Webhook, type WebhookId } from '@dnsradar/core'
import type { Desk } from './desk.ts'
import { secretText, type Answer, type LetterKind, type SeenWebhook } from './words.ts'

/** Longer than any run makes a queue. */
const ALL = { limit: 10_000, way: 'asc', before: null, after: null } as const

interface Found {
  readonly webhook: Webhook
  /** In the order they were made. */
  readonly letters: readonly Delivery[]
}

/** The webhooks that are there. */
export async function lookAt({ webhooks, deliveries, orgId }: Desk): Promise<ReadonlyMap<WebhookId, Found>> {
  const { items } = await webhooks.list(orgId, {}, ALL)
  const found = items.map(async (webhook) => {
    const letters = (await deliveries.list(orgId, webhook.id, {}, ALL)).items
    return [webhook.id, { webhook, letters }] as const
  })
  return new Map(await Promise.all(found))
}

export function seeWebhook(found: Found | undefined, events: readonly string[]): SeenWebhook | null {
  if (found === undefined) return null
  return { ...seeColumns(found.webhook), letters: found.letters.map((letter) => seeLetter(letter, events)) }
}

function seeColumns(webhook: Webhook): Omit<SeenWebhook, 'letters'> {
  return {
    isActive: webhook.isActive,
    reason: webhook.disabledReason,
    retries: webhook.retries,
    due: webhook.nextAttempt,
    turn: webhook.resumeAt,
    hasError: webhook.lastError !== null,
    lastSent: webhook.lastExecuted,
    pending: webhook.pending,
    secret: secretNumber(webhook.secret),
    formerSecret: webhook.previousSecret === null ? null : secretNumber(webhook.previousSecret),
    formerUntil: webhook.previousSecretUntil,
  }
}

function seeLetter(delivery: Delivery, events: readonly string[]): SeenWebhook['letters'][number] {
  const { sequence, kind, status, attempts, eventId } = delivery
  return {
    number: sequence,
    kind: kind as LetterKind,
    status,
    tries: attempts,
    event: eventId === null ? null : events.indexOf(eventId),
  }
}

function secretNumber(secret: string): number {
  return Number(secret.slice(secretText(0).length - 1))
}

export function done(found: object | null): Answer {
  return found === null ? 'nothing' : 'done'
}

/** What the rules refuse is an answer like any other. */
export async function orRefusal(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    if (error.code !== 'webhook_disabled' && error.code !== 'not_head') throw error
    return `refused: ${error.code}`
  }
}
