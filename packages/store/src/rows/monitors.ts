/** A monitor: its cold row (monitors) and its hot one (checks). */
import {
  idFromHex,
  phaseOf,
  timeOf,
  unchecked,
  type CheckStatus,
  type DueCheck,
  type Monitor,
  type MonitorId,
  type NewMonitor,
  type OrganizationId,
  type Target,
  type WatchedMonitor,
} from '@dnsradar/core'
import type { Bytes, CheckRow, MonitorRow, StatusColumns, TargetColumns } from '../tables.ts'
import {
  bit,
  id,
  json,
  jsonOrNull,
  readGroupHex,
  readId,
  readJson,
  readJsonLike,
  readJsonOrNull,
  text,
  textOrNull,
} from './columns.ts'

/** The phase is only looked up by. */
export type WatchedRow = Omit<MonitorRow, 'phase'> & StatusColumns
/** As lists select it: the organization is known, and ids are hexadecimal. */
export type ListedRow = Configuration & StatusColumns & { readonly id: string; readonly group_id: string }

/** All but the ids. */
export const MONITOR_COLUMNS = [
  'owner_domain',
  'owner_subdomain',
  'owner_name',
  'registrable',
  'record_type',
  'match',
  'expected',
  'expected_version',
  'frequency',
  'notify',
  'is_active',
  'external_id',
  'metadata',
  'created',
  'updated',
] as const satisfies readonly (keyof MonitorRow)[]
type Configuration = Pick<MonitorRow, (typeof MONITOR_COLUMNS)[number]>

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
    ...targetColumns(monitor),
    ...statusColumns(unchecked(monitor.created)),
  }
}

/** Whoever writes them to `monitors` writes them to `checks` in the same transaction. */
export function targetColumns(row: TargetColumns): TargetColumns {
  const { owner_name, registrable, record_type, expected_version, frequency } = row
  return { owner_name, registrable, record_type, expected_version, frequency }
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
  return readRows(row, row)
}

/** A monitor of which each row is at hand. */
export function readRows(row: Omit<MonitorRow, 'phase'>, check: StatusColumns): WatchedMonitor {
  const monitor = readWhole(row)
  return { monitor, status: readStatus(check, row.expected, monitor.expected) }
}

export function readListed(orgId: OrganizationId, row: ListedRow): WatchedMonitor {
  const ids = { id: idFromHex('mon', row.id), orgId, groupId: readGroupHex(row.group_id) }
  const monitor = readMonitor(ids, row)
  return { monitor, status: readStatus(row, row.expected, monitor.expected) }
}

/** What a claim reads. */
export type DueColumns = TargetColumns & StatusColumns

export function readDue({ id, orgId }: Pick<Target, 'id' | 'orgId'>, row: DueColumns): Omit<DueCheck, 'lease'> {
  const monitor: Target = {
    id,
    orgId,
    ownerName: row.owner_name,
    registrable: row.registrable,
    type: row.record_type as Target['type'],
    expectedVersion: row.expected_version,
    intervalMinutes: row.frequency,
  }
  return { monitor, status: readStatus(row, NOTHING_EXPECTED, []) }
}

/** No JSON. */
const NOTHING_EXPECTED = ''

export function readWhole(row: Omit<MonitorRow, 'phase'>): Monitor {
  const ids = { id: readId('mon', row.id), orgId: readId('org', row.org_id), groupId: readId('grp', row.group_id) }
  return readMonitor(ids, row)
}

function readMonitor(ids: Pick<Monitor, 'id' | 'orgId' | 'groupId'>, row: Configuration): Monitor {
  return {
    ...ids,
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

/** What is seen is mostly what is expected. */
function readStatus(row: StatusColumns, expectedText: string, expected: readonly string[]): CheckStatus {
  return {
    state: row.state as CheckStatus['state'],
    current: row.current === null ? null : readJsonLike(row.current, expectedText, expected),
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
