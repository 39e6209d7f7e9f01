/** What a delivery is, and whether a trigger with these choices wants it. */
import type { SubscriptionDelivery, SystemDelivery } from '../shared/client.ts'
import type { TriggerChoices } from './subscription.ts'

export type Delivery = SubscriptionDelivery | SystemDelivery

/** Null when the text is no delivery of DNSRadar's. */
export function parseDelivery(text: string): Delivery | null {
  try {
    const value: unknown = JSON.parse(text)
    return isDelivery(value) ? value : null
  } catch {
    return null
  }
}

function isDelivery(value: unknown): value is Delivery {
  if (typeof value !== 'object' || value === null || !('uuid' in value) || typeof value.uuid !== 'string') return false
  if ('type' in value) return typeof value.type === 'string' && 'data' in value
  return 'event' in value && typeof value.event === 'object' && 'context' in value && typeof value.context === 'object'
}

export function isDnsDelivery(delivery: Delivery): delivery is SubscriptionDelivery {
  return 'event' in delivery
}

/** Marked in every id of a test, so that a sample cannot be taken for news. */
export function isTest(delivery: Delivery): boolean {
  return delivery.uuid.includes('_test_')
}

export function kindOf(delivery: Delivery): string {
  return isDnsDelivery(delivery) ? delivery.context.kind : delivery.type
}

/**
 * Why these choices do not want the delivery; null when they do. The server filters first: this catches what was
 * queued before the choices changed. Groups are the server's alone, because a delivery names the group by a slug that
 * may have been renamed since, and a guess here would lose events.
 */
export function unwanted(delivery: Delivery, choices: TriggerChoices): string | null {
  const kind = kindOf(delivery)
  if (choices.events.length > 0 && !choices.events.some((pattern) => matchesPattern(pattern, kind))) return 'event'
  if (!isDnsDelivery(delivery)) return null
  const { event, context } = delivery
  if (choices.states.length > 0 && !choices.states.includes(event.new_state)) return 'state'
  if (choices.recordTypes.length > 0 && !choices.recordTypes.includes(event.record_type)) return 'record_type'
  if (choices.monitors.length > 0 && !choices.monitors.includes(event.monitor_uuid)) return 'monitor'
  if (choices.domain !== '' && !matchesPattern(choices.domain, context.hostname)) return 'domain'
  return null
}

/** `*` stands for any characters; case does not matter, nor does a final dot. */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = plain(pattern).split('*')
  const subject = plain(text)
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return subject === first
  if (!subject.startsWith(first)) return false
  let from = first.length
  for (const part of rest) {
    const found = subject.indexOf(part, from)
    if (found < 0) return false
    from = found + part.length
  }
  return subject.length - last.length >= from && subject.endsWith(last)
}

function plain(text: string): string {
  return text.trim().toLowerCase().replace(/\.$/, '')
}
