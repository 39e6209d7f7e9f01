/** The bodies that webhooks receive. */
import type { WireReason } from './contract.ts'
import type { DnsEventKind, JudgedState, RecordType, State, SystemEventKind } from './words.ts'

export interface DnsDelivery {
  /** The request's id: the same on every attempt, so receivers can tell a repeat. */
  readonly uuid: string
  readonly webhook_uuid: string
  readonly created: string
  readonly event: DeliveredEvent
}

export interface DeliveredEvent {
  readonly event_uuid: string
  readonly monitor_uuid: string
  readonly domain: string
  readonly subdomain: string | null
  readonly record_type: RecordType
  readonly expected_value: readonly string[]
  readonly previous_value: readonly string[]
  readonly current_value: readonly string[]
  readonly old_state: State
  readonly new_state: JudgedState
  readonly occurred: string
  readonly incidence_count: number
}

/** What a subscription (a webhook with a `source`) is sent: the same and the circumstances. */
export interface SubscriptionDelivery extends DnsDelivery {
  readonly context: {
    readonly kind: DnsEventKind
    readonly hostname: string
    readonly group: string
    readonly external_id: string | null
    readonly metadata: Readonly<Record<string, string>>
    readonly reasons: readonly WireReason[]
    readonly missing: readonly string[]
    readonly unexpected: readonly string[]
    readonly broken_since: string | null
    readonly broken_for_seconds: number | null
    readonly summary: string
    readonly url: string | null
  }
}

export interface SystemDelivery {
  readonly uuid: string
  readonly webhook_uuid: string
  readonly created: string
  readonly type: SystemEventKind
  /** What `/system-events` shows of the event, and its id there. */
  readonly data: Readonly<Record<string, unknown>> & { readonly system_event_uuid: string }
}
