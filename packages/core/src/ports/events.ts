/** The history of records, and of the installation itself. */
import type { ResolverEventKind, SystemEvent } from '../delivery/system-event.ts'
import type { EventId, MonitorId, OrganizationId } from '../ids.ts'
import type { DnsEvent } from '../monitor/event.ts'
import type { MonitorState } from '../monitor/state.ts'
import type { MonitorType } from '../record-types.ts'
import type { Page, PageRequest, TimeRange } from './lists.ts'

export interface EventFilter {
  readonly monitorId?: MonitorId
  readonly group?: string
  readonly type?: MonitorType
  readonly oldState?: MonitorState
  readonly newState?: MonitorState
  readonly occurred?: TimeRange
}

export interface Events {
  list(orgId: OrganizationId, filter: EventFilter, page: PageRequest): Promise<Page<DnsEvent>>
  get(orgId: OrganizationId, id: EventId): Promise<DnsEvent | null>
}

export interface SystemEventFilter {
  /** A kind, or a prefix of kinds that ends in `*`. */
  readonly type?: string
  readonly created?: TimeRange
}

export interface SystemEvents {
  /**
   * Records what happened to a resolver, with its deliveries. What happens to monitors, domains and webhooks is
   * recorded by the transactions that make it happen.
   */
  record(orgId: OrganizationId, type: ResolverEventKind, data: SystemEvent['data']): Promise<SystemEvent>
  list(orgId: OrganizationId, filter: SystemEventFilter, page: PageRequest): Promise<Page<SystemEvent>>
}
