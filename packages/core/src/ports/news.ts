/** What happened lately in an organization, in the order of time: what those who watch it live are told. */
import type { Delivery, DeliveryStatus } from '../delivery/delivery.ts'
import type { DeliveryId, EventId, Id, IdPrefix, MonitorId, OrganizationId, WebhookId } from '../ids.ts'
import type { DnsEvent } from '../monitor/event.ts'
import type { WatchedMonitor } from '../monitor/monitor.ts'

export const NEWS_KINDS = ['event', 'request', 'monitor'] as const
export type NewsKind = (typeof NEWS_KINDS)[number]

/** Epoch milliseconds, and among rows of one millisecond the id; of the id only what follows its prefix counts. */
export interface NewsPosition {
  readonly at: number
  readonly id: Id<IdPrefix>
}

/** That something is new, without the thing itself. */
export type NewsItem =
  /** `at`: when it was recorded. */
  | { readonly kind: 'event'; readonly at: number; readonly id: EventId; readonly monitorId: MonitorId }
  /** `at`: when its latest attempt began, or when it was made while there was none. */
  | {
      readonly kind: 'request'
      readonly at: number
      readonly id: DeliveryId
      readonly webhookId: WebhookId
      readonly attempts: number
      readonly status: DeliveryStatus
    }
  /** `at`: when it was made, edited, enabled or disabled. What looks at it find is told by its events. */
  | { readonly kind: 'monitor'; readonly at: number; readonly id: MonitorId }

export interface NewsFeed {
  /** Up to `limit` of these kinds that lie after `position`, oldest first. */
  after(
    orgId: OrganizationId,
    kinds: readonly NewsKind[],
    position: NewsPosition,
    limit: number,
  ): Promise<readonly NewsItem[]>
  /** As they are now, in no order; what is gone is left out. */
  events(orgId: OrganizationId, ids: readonly EventId[]): Promise<readonly DnsEvent[]>
  deliveries(orgId: OrganizationId, ids: readonly DeliveryId[]): Promise<readonly Delivery[]>
  monitors(orgId: OrganizationId, ids: readonly MonitorId[]): Promise<readonly WatchedMonitor[]>
}
