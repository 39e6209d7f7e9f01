/** What looks found, written on SQLite. It runs inside the caller's transaction. */
import { phaseOf, type CheckResult, type MonitorId, type RecordedCheck } from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { id, json } from '../rows/columns.ts'
import { isNewLook, lookRow } from '../rows/looks.ts'
import { statusColumns } from '../rows/monitors.ts'
import type { CheckRow } from '../tables.ts'
import type { Params, SqliteDatabase } from './database.ts'
import type { LeaseTable } from './leases.ts'
import { writePublication } from './publication.ts'

/** Of no row when the monitor was edited, disabled or deleted since it was claimed. */
const WRITE_STATUS = `
  update checks
     set next_check = :next_check, last_checked = :last_checked, state = :state, "current" = :current,
         answer_hash = :answer_hash, reasons = :reasons, incidence_count = :incidence_count,
         broken_since = :broken_since, was_valid = :was_valid, pending = :pending
   where phase = :phase and org_id = :org_id and monitor_id = :monitor_id
     and is_active = 1 and expected_version = :expected_version`

/** What nearly every look writes, fenced in the same way. */
const WRITE_TIMES = `
  update checks
     set next_check = ?, last_checked = ?
   where phase = ? and org_id = ? and monitor_id = ? and is_active = 1 and expected_version = ?`

const TAKE_BASELINE = `update monitors set expected = :expected where org_id = :org_id and id = :monitor_id`

const KEEP_LOOK = `
  insert into looks (org_id, monitor_id, looked, look)
  values (:org_id, :monitor_id, :looked, :look)
      on conflict (org_id, monitor_id) do update set looked = excluded.looked, look = excluded.look`

type CheckKeyColumns = Pick<CheckRow, 'org_id' | 'phase' | 'monitor_id'>

export function sqliteRecording(
  context: QueryContext,
  db: SqliteDatabase,
  leases: LeaseTable,
): (results: readonly CheckResult[]) => RecordedCheck[] {
  return recordAll

  function recordAll(results: readonly CheckResult[]): RecordedCheck[] {
    const written = new Set(results.filter(writeStatus))
    for (const result of written) if (isNewLook(result)) db.run(KEEP_LOOK, { ...lookRow(result) })
    const events = writePublication(context, db, [...written])
    return results.map((result) => {
      const monitorId = result.check.monitor.id
      const isWritten = written.has(result)
      return { monitorId, recorded: isWritten, event: isWritten ? (events.get(monitorId) ?? null) : null }
    })
  }

  function writeStatus(result: CheckResult): boolean {
    const { check, baseline } = result
    const { monitor, lease } = check
    if (!leases.holds(monitor.id, lease)) return false
    const key = checkKey(id(monitor.orgId), monitor.id)
    if (writeColumns(key, result) === 0) return false
    if (baseline !== null) {
      db.run(TAKE_BASELINE, { org_id: key.org_id, monitor_id: key.monitor_id, expected: json(baseline) })
    }
    return true
  }

  function writeColumns(key: CheckKeyColumns, { check, status, unchanged }: CheckResult): number {
    const { expectedVersion } = check.monitor
    if (!unchanged) return db.run(WRITE_STATUS, { ...statusColumns(status), ...key, expected_version: expectedVersion })
    const { nextCheck, lastChecked } = status
    return db.change(WRITE_TIMES, [nextCheck, lastChecked, key.phase, key.org_id, key.monitor_id, expectedVersion])
  }
}

export function checkKey(orgId: Uint8Array, monitorId: MonitorId): Params & CheckKeyColumns {
  return { org_id: orgId, phase: phaseOf(monitorId), monitor_id: id(monitorId) }
}
