/**
 * A DNS change as a Zap sees it: flat, because Zapier's field picker shows nested objects badly, and the same whether
 * it was delivered or listed, because Zapier compares a trigger's sample with its live data.
 */
import type { DnsDelivery, JudgedState, RecordType, State, WireEvent } from '@dnsradar/client'

export interface ChangeItem {
  /** The event's id: Zapier's key. */
  readonly id: string
  readonly monitor_id: string
  readonly domain: string
  readonly subdomain: string | null
  /** The whole name: `www.example.com`. */
  readonly hostname: string
  readonly record_type: RecordType
  readonly old_state: State
  readonly new_state: JudgedState
  readonly is_broken: boolean
  readonly expected_value: readonly string[]
  readonly previous_value: readonly string[]
  readonly current_value: readonly string[]
  /** The three lists in one line each, for messages; arrays reach a Zap as line items. */
  readonly expected_text: string
  readonly previous_text: string
  readonly current_text: string
  readonly summary: string
  readonly incidence_count: number
  /** ISO 8601 in UTC. */
  readonly occurred: string
}

export function changeFromDelivery({ event }: DnsDelivery): ChangeItem {
  return change(event.event_uuid, event)
}

export function changeFromEvent(event: WireEvent): ChangeItem {
  return change(event.uuid, event)
}

/** What both forms call by the same names. */
type Change = Omit<DnsDelivery['event'], 'event_uuid'>

function change(id: string, event: Change): ChangeItem {
  const hostname = event.subdomain === null ? event.domain : `${event.subdomain}.${event.domain}`
  return {
    id,
    monitor_id: event.monitor_uuid,
    domain: event.domain,
    subdomain: event.subdomain,
    hostname,
    record_type: event.record_type,
    old_state: event.old_state,
    new_state: event.new_state,
    is_broken: event.new_state !== 'VALID',
    expected_value: event.expected_value,
    previous_value: event.previous_value,
    current_value: event.current_value,
    expected_text: text(event.expected_value),
    previous_text: text(event.previous_value),
    current_text: text(event.current_value),
    summary: `${event.record_type} of ${hostname}: ${event.old_state} to ${event.new_state}`,
    incidence_count: event.incidence_count,
    occurred: event.occurred,
  }
}

function text(values: readonly string[]): string {
  return values.join(', ')
}

/** Shown while a Zap is set up and there is no event yet. */
export const SAMPLE_CHANGE: ChangeItem = changeFromDelivery({
  uuid: 'req_01hbtestsample000000000000',
  webhook_uuid: 'wh_01hbtestsample000000000000',
  created: '2026-01-08T10:35:22Z',
  event: {
    event_uuid: 'evt_01hbtestsample000000000000',
    monitor_uuid: 'mon_01hbtestsample000000000000',
    domain: 'example.com',
    subdomain: 'www',
    record_type: 'A',
    expected_value: ['192.0.2.1'],
    previous_value: ['192.0.2.1'],
    current_value: ['192.0.2.2'],
    old_state: 'VALID',
    new_state: 'MISMATCH',
    occurred: '2026-01-08T10:35:22Z',
    incidence_count: 1,
  },
})
