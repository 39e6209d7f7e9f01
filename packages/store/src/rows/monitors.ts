/** A monitor: its cold row (monitors) and its hot one (checks). */
import {
  phaseOf,
  timeOf,
  unchecked,
  type CheckStatus,
  type Monitor,
  type MonitorId,
  type NewMonitor,
  type OrganizationId,
  type WatchedMonitor,
} from '@dnsradar/core'
import type { Bytes, CheckRow, MonitorRow, StatusColumns } from '../tables.ts'
import { bit, id, json, jsonOrNull, readId, readJson, readJsonOrNull, text, textOrNull } from './columns.ts'

export type WatchedRow = MonitorRow & StatusColumns

export const STATUS_COLUMNS = [
  'next_check',
  'last_checked',
  'state',
  'current',
  'answer_hash',
  'reasons',
  'incidence_count',
  'broken_since',
  'was_valid',
  'pending',
] as const satisfies readonly (keyof StatusColumns)[]

export function newMonitorRow(
  monitorId: MonitorId,
  orgId: OrganizationId,
  groupId: Bytes,
  monitor: NewMonitor,
): MonitorRow {
  const created = timeOf(monitorId)
  return {
    id: id(monitorId),
    org_id: id(orgId),
    phase: phaseOf(monitorId),
    expected_version: 1,
    created,
    ...configurationColumns(monitor, groupId, created),
  }
}

/** What an edit may change. */
export function configurationColumns(monitor: Omit<NewMonitor, 'group'>, groupId: Bytes, updated: number) {
  return {
    group_id: groupId,
    owner_domain: text(monitor.domain),
    owner_subdomain: textOrNull(monitor.subdomain),
    owner_name: text(monitor.ownerName),
    registrable: text(monitor.registrable),
    record_type: monitor.type,
    match: monitor.match,
    expected: json(monitor.expected),
    frequency: monitor.intervalMinutes,
    notify: monitor.notify,
    is_active: bit(monitor.isActive),
    external_id: textOrNull(monitor.externalId),
    metadata: json(monitor.metadata),
    updated,
  } satisfies Partial<MonitorRow>
}

/** Never looked at, and due from the moment it was made. */
export function newCheckRow(monitor: MonitorRow): CheckRow {
  return {
    org_id: monitor.org_id,
    phase: monitor.phase,
    monitor_id: monitor.id,
    is_active: monitor.is_active,
    frequency: monitor.frequency,
    ...statusColumns(unchecked(monitor.created)),
  }
}

export function timeColumns(status: CheckStatus): Pick<StatusColumns, 'next_check' | 'last_checked'> {
  return { next_check: status.nextCheck, last_checked: status.lastChecked }
}

export function statusColumns(status: CheckStatus): StatusColumns {
  return {
    ...timeColumns(status),
    state: status.state,
    current: jsonOrNull(status.current),
    answer_hash: status.answerHash,
    reasons: json(status.reasons),
    incidence_count: status.incidenceCount,
    broken_since: status.brokenSince,
    was_valid: bit(status.wasValid),
    pending: jsonOrNull(status.pending),
  }
}

export function readWatched(row: WatchedRow): WatchedMonitor {
  return { monitor: readMonitor(row), status: readStatus(row) }
}

function readMonitor(row: MonitorRow): Monitor {
  return {
    id: readId('mon', row.id),
    orgId: readId('org', row.org_id),
    groupId: readId('grp', row.group_id),
    domain: row.owner_domain,
    subdomain: row.owner_subdomain,
    ownerName: row.owner_name,
    registrable: row.registrable,
    type: row.record_type as Monitor['type'],
    match: row.match as Monitor['match'],
    expected: readJson(row.expected),
    expectedVersion: row.expected_version,
    intervalMinutes: row.frequency,
    notify: row.notify as Monitor['notify'],
    isActive: row.is_active === 1,
    externalId: row.external_id,
    metadata: readJson(row.metadata),
    created: row.created,
    updated: row.updated,
  }
}

function readStatus(row: StatusColumns): CheckStatus {
  return {
    state: row.state as CheckStatus['state'],
    current: readJsonOrNull(row.current),
    answerHash: row.answer_hash,
    reasons: readJson(row.reasons),
    incidenceCount: row.incidence_count,
    brokenSince: row.broken_since,
    wasValid: row.was_valid === 1,
    pending: readJsonOrNull(row.pending),
    lastChecked: row.last_checked,
    nextCheck: row.next_check,
  }
}
