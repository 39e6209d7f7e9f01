/** What can be read of a webhook's deliveries, which the wire calls requests. */
import {
  type Attempt,
  type Delivery,
  type DeliveryFilter,
  notFound,
  type Page,
  type PageRequest,
  type Webhook,
} from '@dnsradar/core'
import { buildRequest } from '@dnsradar/core/delivery/request'
import type { Deps } from '../deps.ts'
import { hasScope } from '../http/auth.ts'
import type { Account } from '../http/context.ts'
import { readId } from '../schemas/fields.ts'
import { getWebhook } from './webhooks.ts'

type Headers = readonly (readonly [name: string, value: string])[]

export interface RequestDetail {
  readonly delivery: Delivery
  readonly attempts: readonly Attempt[]
  /** Of the latest attempt, as far as the caller may see them. */
  readonly headers: Headers
}

export async function listRequests(
  deps: Deps,
  account: Account,
  webhookId: string,
  filter: DeliveryFilter,
  page: PageRequest,
): Promise<Page<Delivery>> {
  const webhook = await getWebhook(deps, account, webhookId)
  return deps.store.deliveries.list(account.organization.id, webhook.id, filter, page)
}

/** Throws when there is no such webhook, or no such request of it. */
export async function findRequest(
  deps: Deps,
  account: Account,
  webhookId: string,
  id: string,
): Promise<{ readonly webhook: Webhook; readonly delivery: Delivery }> {
  const webhook = await getWebhook(deps, account, webhookId)
  const known = readId('req', id)
  const delivery = known === null ? null : await deps.store.deliveries.get(webhook.orgId, webhook.id, known)
  if (delivery === null) throw notFound('request', id)
  return { webhook, delivery }
}

export async function getRequest(deps: Deps, account: Account, webhookId: string, id: string): Promise<RequestDetail> {
  const { webhook, delivery } = await findRequest(deps, account, webhookId, id)
  const attempts = await deps.store.deliveries.attempts(webhook.orgId, delivery.id)
  return { delivery, attempts, headers: sentHeaders(deps, account, webhook, delivery) }
}

/**
 * Headers are made anew for every attempt and not kept; from the attempt's time they come out the same, as long as the
 * webhook's headers and secret stay.
 * Signatures and the caller's own values could be used against the receiver, so they need write scope.
 */
function sentHeaders({ server }: Deps, account: Account, webhook: Webhook, delivery: Delivery): Headers {
  if (delivery.lastAttempt === null) return []
  const { headers } = buildRequest(webhook, delivery, { now: delivery.lastAttempt, userAgent: server.userAgent })
  if (hasScope(account, 'write')) return headers
  const own = new Set(webhook.headers.map(([name]) => name))
  return headers
    .filter(([name]) => !/signature/i.test(name))
    .map(([name, value]) => [name, own.has(name) ? '***' : value])
}
