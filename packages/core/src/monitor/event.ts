/** An event: a change that was recorded, with a snapshot of what was expected then. Later edits do not rewrite it. */
import type { EventId, GroupId, MonitorId, OrganizationId } from '../ids.ts'
import type { MonitorType } from '../record-types.ts'
import type { JudgedState, MonitorState } from './state.ts'
import type { Reason } from './verdict.ts'

export const DNS_EVENT_KINDS = ['record.broken', 'record.changed', 'record.restored'] as const
export type DnsEventKind = (typeof DNS_EVENT_KINDS)[number]

export const SYSTEM_EVENT_KINDS = [
  'domain.restored',
  'domain.record_missing',
  'domain.record_restored',
  'monitor.created',
  'monitor.enabled',
  'monitor.disabled',
  'monitor.deleted',
  'webhook.disabled',
  'webhook.recovered',
  'resolver.outage',
  'resolver.recovered',
] as const
export type SystemEventKind = (typeof SYSTEM_EVENT_KINDS)[number]

export type EventKind = DnsEventKind | SystemEventKind

/** What `transition` found worth telling, before it is recorded. */
export interface StateChange {
  readonly kind: DnsEventKind
  readonly oldState: MonitorState
  readonly newState: JudgedState
  readonly previous: readonly string[]
  readonly current: readonly string[]
  readonly incidenceCount: number
  readonly reasons: readonly Reason[]
  /** A second look (or the authoritative servers) agreed before this was recorded. */
  readonly confirmed: boolean
}

export interface DnsEvent extends StateChange {
  readonly id: EventId
  readonly orgId: OrganizationId
  readonly monitorId: MonitorId
  readonly groupId: GroupId
  /** The millisecond of the id. */
  readonly occurred: number
  readonly domain: string
  readonly subdomain: string | null
  readonly type: MonitorType
  readonly expected: readonly string[]
  readonly externalId: string | null
}
