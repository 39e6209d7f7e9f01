/**
 * A request that came to a Zap's address: whether it is from the server that the Zap subscribed at, and what it says.
 *
 * Anybody who learns the address could write to it, so nothing is read before the signature over the raw body holds. Its
 * age is not looked at: Zapier may hold a request and run it later.
 */
import { type SubscriptionDelivery, type SystemDelivery, verifyBodySignature } from '@dnsradar/client'
import type { Bundle, ZObject } from 'zapier-platform-core'

export type Delivery = SubscriptionDelivery | SystemDelivery

export function isSystem(delivery: Delivery): delivery is SystemDelivery {
  return 'type' in delivery
}

/** What subscribing returns and Zapier keeps for as long as the Zap is on. */
export interface Subscription {
  /** The webhook's. */
  readonly id: string
  readonly secret: string
}

/** Throws an error that stops the run and leaves the Zap on: a stranger must not be able to switch it off. */
export async function verifiedDelivery(z: ZObject, bundle: Bundle): Promise<Delivery> {
  const { secret } = Object(bundle.subscribeData) as Partial<Subscription>
  const { content, headers } = bundle.rawRequest ?? {}
  const isSigned =
    typeof secret === 'string' &&
    secret !== '' &&
    typeof content === 'string' &&
    (await verifyBodySignature({ body: content, headers: plainNames(headers ?? {}) }, secret))
  if (!isSigned) {
    throw new z.errors.HaltedError(
      'This request is not signed by the server that this Zap subscribed at. It was ignored.',
    )
  }
  return JSON.parse(content) as Delivery
}

/** Zapier writes the names of a request's headers as `Http-X-Dnsradar-Signature`. */
function plainNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase().replace(/^http-/, ''), value]),
  )
}

const TWO_DAYS_S = 172_800

/**
 * A delivery is repeated when its answer was lost, over at most 46 hours, and Zapier runs a hook's Zap each time. False
 * for a repeat. When Zapier's cache fails, a change told twice is better than one not told.
 */
export async function isFirst(z: ZObject, { uuid }: Delivery): Promise<boolean> {
  try {
    if ((await z.cache.get(`delivery ${uuid}`)) !== null) return false
    await z.cache.set(`delivery ${uuid}`, true, TWO_DAYS_S)
  } catch {
    return true
  }
  return true
}
