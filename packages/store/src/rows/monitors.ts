/** A monitor: its cold row (monitors) and its hot one (checks). */
import {
  phaseOf,
  timeOf,
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
    group_id: groupId,
    phase: phaseOf(monitorId),
    owner_domain: text(monitor.domain),
    owner_subdomain: textOrNull(monitor.subdomain),
    owner_name: text(monitor.ownerName),
    registrable: text(monitor.registrable),
    record_type: monitor.type,
    match: monitor.match,
    expected: json(monitor.expected),
    expected_version: 1,
    frequency: monitor.intervalMinutes,
    notify: monitor.notify,
    is_active: bit(monitor.isActive),
    external_id: textOrNull(monitor.externalId),
    metadata: json(monitor.metadata),
    created,
    updated: created,
  }
}

/** Never looked at, and due from the moment it was made. */
export function newCheckRow(monitor: MonitorRow): CheckRow {
  const status: CheckStatus = {
    state: 'UNSET',
    current: null,
    answerHash: null,
    reasons: [],
    incidenceCount: 0,
    brokenSince: null,
    wasValid: false,
    pending: null,
    lastChecked: null,
    nextCheck: monitor.created,
  }
  return {
    org_id: monitor.org_id,
    phase: monitor.phase,
    monitor_id: monitor.id,
    is_active: monitor.is_active,
    frequency: monitor.frequency,
    ...statusColumns(status),
  }
}

export function statusColumns(status: CheckStatus): StatusColumns {
  return {
    next_check: status.nextCheck,
    last_checked: status.lastChecked,
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
