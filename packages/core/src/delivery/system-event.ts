/**
 * System events: what happened to monitors, domains, webhooks and resolvers rather than to a record.
 *
 * Each kind's `data` and what the filters of webhooks see of it are made here, from what the store holds when it
 * happens.
 */
import type { GroupId, MonitorId, OrganizationId, SystemEventId, WebhookId } from '../ids.ts'
import type { DomainMember } from '../monitor/domain.ts'
import type { SystemEventKind } from '../monitor/event.ts'
import type { WatchedMonitor } from '../monitor/monitor.ts'
import type { MonitorType } from '../record-types.ts'
import type { DisabledReason, Webhook } from './delivery.ts'
import { monitorObject, webhookObject } from './objects.ts'
import { wireTime } from './payload.ts'

export interface SystemEvent {
  readonly id: SystemEventId
  readonly orgId: OrganizationId
  readonly type: SystemEventKind
  /** The millisecond of the id. */
  readonly created: number
  /** JSON, shaped by the type. */
  readonly data: Readonly<Record<string, unknown>>
}

/** What a system event speaks of, as far as the filters of webhooks look at it. */
export type Subject =
  | {
      readonly of: 'monitor'
      readonly monitorId: MonitorId
      readonly type: MonitorType
      readonly groupId: GroupId
      readonly groupSlug: string
      readonly externalId: string | null
    }
  | { readonly of: 'domain'; readonly groups: readonly GroupId[] }
  | { readonly of: 'webhook'; readonly webhookId: WebhookId }
  | { readonly of: 'resolver' }

/** A system event before it is recorded. */
export interface Happening {
  readonly orgId: OrganizationId
  readonly type: SystemEventKind
  readonly data: SystemEvent['data']
  readonly subject: Subject
}

export type MonitorEventKind = Extract<SystemEventKind, `monitor.${string}`>
export type ResolverEventKind = Extract<SystemEventKind, `resolver.${string}`>

export function monitorHappening(type: MonitorEventKind, watched: WatchedMonitor, groupSlug: string): Happening {
  const { monitor } = watched
  return {
    orgId: monitor.orgId,
    type,
    data: { monitor: monitorObject(watched, groupSlug) },
    subject: {
      of: 'monitor',
      monitorId: monitor.id,
      type: monitor.type,
      groupId: monitor.groupId,
      groupSlug,
      externalId: monitor.externalId,
    },
  }
}

/** A registrable domain all of whose records are as expected again, from `now` on. */
export interface RestoredDomain {
  readonly orgId: OrganizationId
  readonly domain: string
  /** The domain's active monitors. */
  readonly members: readonly DomainMember[]
  /** Since when one or another of them had been broken. */
  readonly brokenSince: number
  readonly now: number
}

export function domainHappening({ orgId, domain, members, brokenSince, now }: RestoredDomain): Happening {
  return {
    orgId,
    type: 'domain.restored',
    data: {
      domain,
      monitors: members.map(({ id }) => id),
      broken_since: wireTime(brokenSince),
      broken_for_seconds: secondsBetween(brokenSince, now),
    },
    subject: { of: 'domain', groups: [...new Set(members.map(({ groupId }) => groupId))] },
  }
}

/** `failed`: deliveries of its queue that stay undelivered until somebody recovers them. */
export interface WebhookTurn {
  readonly reason: DisabledReason | null
  readonly failed: number
  readonly lastError: string | null
}

/** `webhook` as it is afterwards, `groups` the slugs of its groups. Others hear of it, so nothing secret is in it. */
export function webhookHappening(
  type: Extract<SystemEventKind, `webhook.${string}`>,
  webhook: Webhook,
  groups: readonly string[],
  { reason, failed, lastError }: WebhookTurn,
): Happening {
  return {
    orgId: webhook.orgId,
    type,
    data: {
      webhook: webhookObject(webhook, groups, false),
      reason,
      failed,
      last_error: lastError,
    },
    subject: { of: 'webhook', webhookId: webhook.id },
  }
}

/** `since` is in epoch milliseconds, the share 0 to 1. */
export function resolverData(outage: {
  readonly server: string
  readonly since: number
  readonly failingShare: number
}): SystemEvent['data'] {
  return { server: outage.server, since: wireTime(outage.since), failing_share: outage.failingShare }
}

/** Whole seconds from one moment to a later one; clocks of two processes may differ a little. */
export function secondsBetween(from: number, until: number): number {
  return Math.max(0, Math.floor((until - from) / 1000))
}
