/** The members that people read, for the objects that have more than ten. */
import type { INodeProperties } from 'n8n-workflow'
import type { WireEvent, WireMonitor, WireWebhook } from '../shared/client.ts'
import { hostname } from '../shared/text.ts'
import { type Call, isSet } from './operation.ts'

export const SIMPLIFY_FIELD: INodeProperties = {
  displayName: 'Simplify',
  name: 'simplify',
  type: 'boolean',
  default: true,
  description: 'Whether to return a simplified version of the response instead of the raw data',
}

export function shownMonitor(call: Call, monitor: WireMonitor): object {
  return isSet(call, 'simplify') ? simpleMonitor(monitor) : monitor
}

function simpleMonitor(monitor: WireMonitor) {
  const { uuid, record_type, state, expected_value, current_value, reasons } = monitor
  const { is_active, group, external_id, last_checked } = monitor
  return {
    uuid,
    name: hostname(monitor),
    record_type,
    state,
    expected_value,
    current_value,
    reason: reasons[0]?.message ?? null,
    is_active,
    group,
    external_id,
    last_checked,
  }
}

export function shownEvent(call: Call, event: WireEvent): object {
  if (!isSet(call, 'simplify')) return event
  const { uuid, monitor_uuid, kind, record_type, old_state, new_state, occurred } = event
  const { previous_value, current_value, reasons } = event
  return {
    uuid,
    monitor_uuid,
    kind,
    name: hostname(event),
    record_type,
    old_state,
    new_state,
    previous_value,
    current_value,
    reason: reasons[0]?.message ?? null,
    occurred,
  }
}

export function shownWebhook(call: Call, webhook: WireWebhook): object {
  if (!isSet(call, 'simplify')) return webhook
  const { uuid, url, source, is_active, events, groups, all_groups, pending, last_error, last_executed } = webhook
  return { uuid, url, source, is_active, events, groups, all_groups, pending, last_error, last_executed }
}
