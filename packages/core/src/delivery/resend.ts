/** A delivered request sent once more: a request of its own, about the same event. */
import { RadarError } from '../errors.ts'
import type { DeliveryId } from '../ids.ts'
import type { Delivery } from './delivery.ts'
import { type DeliveryIdentity, wireTime } from './payload.ts'

/**
 * The stored body under the new request's identity. A body in another system's words does not tell its request's
 * identity and is repeated unchanged; which of the two it is shows in the body itself, because the webhook's format may
 * have changed since.
 */
export function resendBody(body: string, original: DeliveryId, identity: DeliveryIdentity): string {
  const told = parsed(body)
  if (typeof told !== 'object' || told === null || !('uuid' in told && 'created' in told)) return body
  // What is written is what was read, the identity apart: only then is writing it again safe.
  if (told.uuid !== original || JSON.stringify(told) !== body) return body
  return JSON.stringify({ ...told, uuid: identity.id, created: wireTime(identity.created) })
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

/** What retrying a request means: its queue is hurried, or it is sent once more beside the queue. */
export type RequestRetry = 'hurry' | 'resend'

/** `head` is the request that the webhook's queue waits for. Refuses with `not_head`. */
export function retryOf(delivery: Pick<Delivery, 'id' | 'kind' | 'status'>, head: DeliveryId | null): RequestRetry {
  if (delivery.id === head) return 'hurry'
  if (delivery.status === 'DELIVERED' && delivery.kind !== 'test') return 'resend'
  throw new RadarError('not_head', refusal(delivery, head))
}

function refusal({ id, kind, status }: Pick<Delivery, 'id' | 'kind' | 'status'>, head: DeliveryId | null): string {
  if (kind === 'test') return 'A test is not repeated; send another one with POST /webhooks/{id}/test.'
  if (kind === 'resend')
    return `The request ${id} is a resend, which has one attempt; retry the delivered request itself.`
  switch (status) {
    case 'FAILED':
      return `The request ${id} was given up; POST /webhooks/{id}/recover brings it back in its place.`
    case 'PENDING':
    case 'RETRYING':
    case 'DELIVERED':
      return `The request ${id} waits for ${head ?? 'another one'}, the head of the queue; retry that one.`
  }
}
