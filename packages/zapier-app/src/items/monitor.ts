/** A monitor as a Zap sees it: what the API says of it, and what a message needs. */
import type { WireCheck, WireMonitor } from '@dnsradar/client'
import type { PlainOutputField } from 'zapier-platform-core'
import { hostnameOf, isBroken, lineOf, reasonText } from './names.ts'

export interface MonitorItem extends WireMonitor {
  readonly id: string
  readonly hostname: string
  readonly is_broken: boolean
  readonly expected_text: string
  readonly current_text: string
  readonly reason: string
}

export function monitorItem(answer: WireMonitor): MonitorItem {
  const { check: _, ...monitor } = answer as WireMonitor & { readonly check?: unknown }
  return {
    id: monitor.uuid,
    ...monitor,
    hostname: hostnameOf(monitor),
    is_broken: isBroken(monitor.state),
    expected_text: lineOf(monitor.expected_value),
    current_text: lineOf(monitor.current_value),
    reason: reasonText(monitor.reasons),
  }
}

/** A monitor that was just looked at, and what the look found. */
export interface CheckedMonitorItem extends MonitorItem {
  readonly check: WireCheck
  readonly found_text: string
}

export function checkedMonitorItem(monitor: WireMonitor & { readonly check: WireCheck }): CheckedMonitorItem {
  return { ...monitorItem(monitor), check: monitor.check, found_text: lineOf(monitor.check.values) }
}

export const MONITOR_FIELDS: PlainOutputField[] = [
  { key: 'id', label: 'ID', type: 'string', primary: true },
  { key: 'hostname', label: 'Hostname', type: 'string' },
  { key: 'record_type', label: 'Record Type', type: 'string' },
  { key: 'state', label: 'State', type: 'string' },
  { key: 'is_broken', label: 'Is Broken', type: 'boolean' },
  { key: 'reason', label: 'Reason', type: 'string' },
  { key: 'expected_text', label: 'Expected Values (Text)', type: 'string' },
  { key: 'current_text', label: 'Current Values (Text)', type: 'string' },
  { key: 'expected_value', label: 'Expected Values', type: 'string', list: true },
  { key: 'current_value', label: 'Current Values', type: 'string', list: true },
  { key: 'domain', label: 'Domain', type: 'string' },
  { key: 'subdomain', label: 'Subdomain', type: 'string' },
  { key: 'group', label: 'Group', type: 'string' },
  { key: 'is_active', label: 'Is Active', type: 'boolean' },
  { key: 'match', label: 'Match', type: 'string' },
  { key: 'is_exact_match', label: 'Is Exact Match', type: 'boolean' },
  { key: 'frequency', label: 'Frequency (Minutes)', type: 'integer' },
  { key: 'notify', label: 'Notify', type: 'string' },
  { key: 'incidence_count', label: 'Incidence Count', type: 'integer' },
  { key: 'external_id', label: 'External ID', type: 'string' },
  { key: 'pending_state', label: 'Pending State', type: 'string' },
  { key: 'last_checked', label: 'Last Checked', type: 'datetime' },
  { key: 'next_check', label: 'Next Check', type: 'datetime' },
  { key: 'created', label: 'Created', type: 'datetime' },
  { key: 'updated', label: 'Updated', type: 'datetime' },
  { key: 'uuid', label: 'UUID', type: 'string' },
]

export const CHECKED_MONITOR_FIELDS: PlainOutputField[] = [
  ...MONITOR_FIELDS,
  { key: 'found_text', label: 'Found Values (Text)', type: 'string' },
  { key: 'check__state', label: 'Check State', type: 'string' },
  { key: 'check__confirmed', label: 'Check Confirmed', type: 'boolean' },
  { key: 'check__values', label: 'Check Values', type: 'string', list: true },
  { key: 'check__ttl', label: 'Check TTL', type: 'integer' },
  { key: 'check__rcode', label: 'Check RCODE', type: 'string' },
  { key: 'check__duration_ms', label: 'Check Duration (ms)', type: 'integer' },
]
