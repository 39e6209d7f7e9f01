/** Webhooks, as users write and read them, and the history of what they were sent. */
import type { Attempt, Delivery, DeliveryStatus, DisabledReason, Webhook, WebhookSource } from '../delivery/delivery.ts'
import type { DeliveryId, EventId, OrganizationId, SystemEventId, WebhookId } from '../ids.ts'
import type { Page, PageRequest, TimeRange } from './lists.ts'

export type NewWebhook = Pick<
  Webhook,
  | 'url'
  | 'method'
  | 'headers'
  | 'secret'
  | 'callerGaveSecret'
  | 'allGroups'
  | 'source'
  | 'format'
  | 'formatOptions'
  | 'filters'
  | 'timeoutMs'
  | 'isActive'
> & {
  /** Slugs or `grp_` ids; null means the default group. Unknown slugs make groups, in the same transaction. */
  readonly groups: readonly string[] | null
}

/**
 * What of a webhook may be changed; members left out stay as they are. A new `secret` is the caller's own and counts at
 * once. Groups that are not named are left; named ones replace all.
 */
export type WebhookEdit = Partial<
  Pick<
    NewWebhook,
    'url' | 'method' | 'headers' | 'secret' | 'allGroups' | 'format' | 'formatOptions' | 'filters' | 'timeoutMs'
  >
> & { readonly groups?: readonly string[] }

export interface WebhookFilter {
  readonly url?: string
  readonly source?: WebhookSource
  /** Slug or id: those that hear of it, webhooks of all groups too. */
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
  /**
   * Makes a waiting head due now, as `hurried` says; nothing waiting is no fault. Refuses with `webhook_disabled`. Null
   * when there is no such webhook.
   */
  retry(orgId: OrganizationId, id: WebhookId): Promise<Webhook | null>
  /**
   * Puts a new secret in the place of the present one, which signs beside it for `overlapMs`. One that was still signing
   * beside the present one is dropped. Whether the caller chose its secret stays. Null when there is no such webhook.
   */
  rotateSecret(
    orgId: OrganizationId,
    id: WebhookId,
    rotation: { readonly secret: string; readonly overlapMs: number },
  ): Promise<Webhook | null>
  /**
   * One slice of a recovery, a transaction of its own unless it is part of one. The first (`after: null`) makes all
   * deliveries due again that were made at `since` or later and failed with their queue, in their old places, as one:
   * a part of them could be overtaken. Each adds deliveries, in new places and in the order of occurrence, for what
   * happened while the webhook was disabled and has none yet, looking at up to `limit` events. Ask again with the
   * `after` that it gives until that is null; asking anew after a crash adds what is missing and nothing twice.
   * Refuses with `webhook_disabled`. Null when there is no such webhook.
   */
  recover(orgId: OrganizationId, id: WebhookId, slice: RecoverySlice): Promise<Recovered | null>
}

export interface RecoverySlice {
  /** Epoch milliseconds. */
  readonly since: number
  readonly after: SystemEventId | EventId | null
  readonly limit: number
}

export interface Recovered {
  /** Deliveries that wait again, or now for the first time. */
  readonly queued: number
  readonly after: SystemEventId | EventId | null
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
  /**
   * Hurries the queue when this is its head; a delivered one is sent once more beside the queue, and the answer is that
   * new delivery. Refuses with `not_head` and `webhook_disabled`. Null when there is no such delivery.
   */
  retry(orgId: OrganizationId, webhookId: WebhookId, id: DeliveryId): Promise<Delivery | null>
}
