/** Webhooks, as users write and read them, and the history of what they were sent. */
import type {
  Attempt,
  Delivery,
  DeliveryStatus,
  DisabledReason,
  Format,
  Webhook,
  WebhookFilters,
  WebhookMethod,
  WebhookSource,
} from '../delivery/delivery.ts'
import type { DeliveryId, OrganizationId, WebhookId } from '../ids.ts'
import type { Page, PageRequest, TimeRange } from './lists.ts'

export interface NewWebhook {
  readonly url: string
  readonly method: WebhookMethod
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly secret: string
  readonly callerGaveSecret: boolean
  /** Slugs or `grp_` ids; null means the default group. Unknown slugs make groups, in the same transaction. */
  readonly groups: readonly string[] | null
  readonly allGroups: boolean
  readonly source: WebhookSource | null
  readonly format: Format
  readonly formatOptions: Readonly<Record<string, string>>
  readonly filters: WebhookFilters
  readonly timeoutMs: number
  readonly isActive: boolean
}

/**
 * What of a webhook may be changed; members left out stay as they are. A new `secret` is the caller's own and counts at
 * once. Groups that are not named are left; named ones replace all.
 */
export type WebhookEdit = Partial<
  Pick<NewWebhook, 'url' | 'method' | 'headers' | 'secret' | 'allGroups' | 'format' | 'formatOptions' | 'timeoutMs'>
> & {
  readonly groups?: readonly string[]
  readonly filters?: WebhookFilters
}

export interface WebhookFilter {
  readonly url?: string
  readonly source?: WebhookSource
  readonly group?: string
  readonly isActive?: boolean
}

export interface Webhooks {
  /** Refuses with `group_webhook_limit` (naming the group) when any of its groups is full; atomic over the groups. */
  create(orgId: OrganizationId, webhook: NewWebhook, limitPerGroup: number): Promise<Webhook>
  /**
   * Creates a webhook with a `source`, or puts this one in the place of the one with the same source and url, which keeps
   * its id, history and queue numbers; its state becomes the one given. `created` tells which. Refuses a new one with
   * `subscription_limit` when the organization has `limit` of them.
   */
  subscribe(
    orgId: OrganizationId,
    webhook: NewWebhook & { readonly source: WebhookSource },
    limit: number,
  ): Promise<{ webhook: Webhook; created: boolean }>
  /**
   * Asks `edit` what to change about the webhook as it stands and writes that, in one transaction; when `edit` throws,
   * nothing is written. Refuses with `group_webhook_limit` for groups that it joins, and with `conflict` when a
   * subscription takes the url of another one. Null when there is no such webhook.
   */
  update(
    orgId: OrganizationId,
    id: WebhookId,
    edit: (current: Webhook) => WebhookEdit,
    limitPerGroup: number,
  ): Promise<Webhook | null>
  get(orgId: OrganizationId, id: WebhookId): Promise<Webhook | null>
  list(orgId: OrganizationId, filter: WebhookFilter, page: PageRequest): Promise<Page<Webhook>>
  /**
   * Disabling ends the lease of whoever is sending and marks the queue FAILED; enabling clears `lastError` and the
   * count, and starts empty. Both keep a record of the pause. Null when there is no such webhook.
   */
  setActive(
    orgId: OrganizationId,
    id: WebhookId,
    change: { isActive: true } | { isActive: false; reason: DisabledReason },
  ): Promise<Webhook | null>
  /** Its history goes with it. Answers what was deleted; null when there is no such webhook. */
  delete(orgId: OrganizationId, id: WebhookId): Promise<Webhook | null>
}

export interface DeliveryFilter {
  readonly status?: DeliveryStatus
  /** One exact code, or a class such as 5 for 500 to 599. */
  readonly statusCode?: { readonly exact: number } | { readonly hundreds: number }
  readonly created?: TimeRange
  readonly delivered?: TimeRange
  readonly lastAttempt?: TimeRange
  /** Only those not delivered yet. */
  readonly undelivered?: boolean
}

export interface Deliveries {
  list(orgId: OrganizationId, webhookId: WebhookId, filter: DeliveryFilter, page: PageRequest): Promise<Page<Delivery>>
  get(orgId: OrganizationId, webhookId: WebhookId, id: DeliveryId): Promise<Delivery | null>
  attempts(orgId: OrganizationId, id: DeliveryId): Promise<readonly Attempt[]>
  /**
   * Adds a test delivery outside the queue; `bodyOf` is given the new id because the body carries it.
   * Null when there is no such webhook.
   */
  createTest(
    orgId: OrganizationId,
    webhookId: WebhookId,
    bodyOf: (delivery: { id: DeliveryId; created: number }, webhook: Webhook) => string,
  ): Promise<Delivery | null>
}
