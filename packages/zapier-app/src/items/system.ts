/**
 * What happened to monitors, domains and webhooks rather than to a record. A delivery and `/system-events` tell the same
 * event; both become one shape first.
 */
import type { SystemDelivery, SystemEventKind, WireMonitor, WireSystemEvent, WireWebhook } from '@dnsradar/client'
import type { PlainOutputField } from 'zapier-platform-core'
import { MONITOR_FIELDS, type MonitorItem, monitorItem } from './monitor.ts'
import { hostOf } from './names.ts'

export interface Happening {
  /** The system event's id: the same for every delivery of it. */
  readonly id: string
  readonly type: SystemEventKind
  readonly occurred: string
  readonly data: Readonly<Record<string, unknown>>
}

export function happeningFromDelivery({ type, created, data }: SystemDelivery): Happening {
  const { system_event_uuid: id, ...rest } = data
  return { id, type, occurred: created, data: rest }
}

export function happeningFromEvent({ uuid, type, created, data }: WireSystemEvent): Happening {
  return { id: uuid, type, occurred: created, data }
}

/** The monitor a happening speaks of; null when it speaks of something else. */
export function monitorOf({ data }: Happening): WireMonitor | null {
  return (data['monitor'] as WireMonitor | undefined) ?? null
}

export interface ActivityItem extends MonitorItem {
  readonly monitor_id: string
  readonly change: 'enabled' | 'disabled'
  readonly occurred: string
}

/** Under the happening's id: one monitor may be enabled and disabled many times. */
export function activityItem({ id, type, occurred }: Happening, monitor: WireMonitor): ActivityItem {
  const change = type === 'monitor.enabled' ? 'enabled' : 'disabled'
  return { ...monitorItem(monitor), id, monitor_id: monitor.uuid, change, occurred }
}

export const ACTIVITY_FIELDS: PlainOutputField[] = [
  ...MONITOR_FIELDS,
  { key: 'monitor_id', label: 'Monitor ID', type: 'string' },
  { key: 'change', label: 'Change', type: 'string' },
  { key: 'occurred', label: 'Occurred', type: 'datetime' },
]

export interface DomainItem {
  readonly id: string
  readonly domain: string
  /** Monitor ids. */
  readonly monitors: readonly string[]
  readonly broken_since: string | null
  readonly broken_for_seconds: number | null
  readonly occurred: string
  readonly summary: string
}

export function domainItem({ id, occurred, data }: Happening): DomainItem {
  const told = data as unknown as Omit<DomainItem, 'id' | 'occurred' | 'summary'>
  return {
    id,
    domain: told.domain,
    monitors: told.monitors,
    broken_since: told.broken_since,
    broken_for_seconds: told.broken_for_seconds,
    occurred,
    summary: `All monitored records of ${told.domain} are as expected again.`,
  }
}

export const DOMAIN_FIELDS: PlainOutputField[] = [
  { key: 'id', label: 'ID', type: 'string', primary: true },
  { key: 'domain', label: 'Domain', type: 'string' },
  { key: 'summary', label: 'Summary', type: 'string' },
  { key: 'broken_since', label: 'Broken Since', type: 'datetime' },
  { key: 'broken_for_seconds', label: 'Broken for Seconds', type: 'integer' },
  { key: 'monitors', label: 'Monitor IDs', type: 'string', list: true },
  { key: 'occurred', label: 'Occurred', type: 'datetime' },
]

/** What is shown of a webhook. */
export type KnownWebhook = Pick<WireWebhook, 'uuid' | 'url' | 'source' | 'groups' | 'all_groups'>

export interface DisabledWebhookItem {
  readonly id: string
  readonly webhook_id: string
  readonly host: string
  readonly reason: string | null
  readonly failed: number
  readonly last_error: string | null
  readonly source: string | null
  readonly groups: readonly string[]
  readonly all_groups: boolean
  readonly occurred: string
  readonly summary: string
}

export function disabledWebhookItem({ id, occurred, data }: Happening): DisabledWebhookItem {
  const { webhook, reason, failed, last_error } = data as unknown as DisabledWebhook
  const host = hostOf(webhook.url)
  return {
    id,
    webhook_id: webhook.uuid,
    host,
    reason,
    failed,
    last_error,
    source: webhook.source,
    groups: webhook.groups,
    all_groups: webhook.all_groups,
    occurred,
    summary: `The webhook to ${host} is disabled, ${failed} ${failed === 1 ? 'delivery' : 'deliveries'} failed.`,
  }
}

interface DisabledWebhook extends Pick<DisabledWebhookItem, 'reason' | 'failed' | 'last_error'> {
  readonly webhook: KnownWebhook
}

export const DISABLED_WEBHOOK_FIELDS: PlainOutputField[] = [
  { key: 'id', label: 'ID', type: 'string', primary: true },
  { key: 'summary', label: 'Summary', type: 'string' },
  { key: 'webhook_id', label: 'Webhook ID', type: 'string' },
  { key: 'host', label: 'Host', type: 'string' },
  { key: 'reason', label: 'Reason', type: 'string' },
  { key: 'failed', label: 'Failed Deliveries', type: 'integer' },
  { key: 'last_error', label: 'Last Error', type: 'string' },
  { key: 'source', label: 'Source', type: 'string' },
  { key: 'groups', label: 'Groups', type: 'string', list: true },
  { key: 'all_groups', label: 'All Groups', type: 'boolean' },
  { key: 'occurred', label: 'Occurred', type: 'datetime' },
]
