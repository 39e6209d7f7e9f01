/** The hot path of the scheduler on SQLite: claims that only read, and one transaction for a batch of results. */
import type { CheckResult, Checks, ClaimedCheck, LateShare, MonitorId, NodeId, RecordedCheck } from '@dnsradar/core'
import { phaseOf } from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { id, json, readId } from '../rows/columns.ts'
import { isNewLook, lookRow } from '../rows/looks.ts'
import { readWatched, statusColumns, timeColumns, type WatchedRow } from '../rows/monitors.ts'
import type { CheckRow } from '../tables.ts'
import type { Params, SqliteDatabase } from './database.ts'
import type { LeaseTable } from './leases.ts'
import { writePublication } from './publication.ts'

/** Answered from the index checks_due alone; rows in flight are still in it and are stepped over. */
const DUE = `
  select org_id, phase, monitor_id, next_check
    from checks
   where is_active = 1 and next_check >= :since and next_check <= :until
   order by next_check`

const NOTHING_LATE: LateShare = { before: 0, limit: 0 }

/** Per second. Index: monitors_frequency. */
const STEADY_RATE = `
  select sum(monitors / (frequency * 60.0)) as rate
    from (select frequency, count(*) as monitors from monitors where is_active = 1 group by frequency)`

const FROM_NOW_ON = `
  select monitor_id, next_check
    from checks
   where is_active = 1
   order by next_check`

const WATCHED = `
  select m.*, c.next_check, c.last_checked, c.state, c."current", c.answer_hash, c.reasons, c.incidence_count,
         c.broken_since, c.was_valid, c.pending
    from checks c
    join monitors m on m.org_id = c.org_id and m.id = c.monitor_id
   where c.phase = ? and c.org_id = ? and c.monitor_id = ?`

/** Of no row when the monitor was edited, disabled or deleted since it was claimed. */
const STILL_CLAIMED = `
   where org_id = :org_id and phase = :phase and monitor_id = :monitor_id and is_active = 1
     and exists (select 1 from monitors m
                  where m.org_id = :org_id and m.id = :monitor_id
                    and m.expected_version = :expected_version and m.is_active = 1)`

const WRITE_STATUS = `
  update checks
     set next_check = :next_check, last_checked = :last_checked, state = :state, "current" = :current,
         answer_hash = :answer_hash, reasons = :reasons, incidence_count = :incidence_count,
         broken_since = :broken_since, was_valid = :was_valid, pending = :pending
${STILL_CLAIMED}`

/** What nearly every look writes. */
const WRITE_TIMES = `update checks set next_check = :next_check, last_checked = :last_checked ${STILL_CLAIMED}`

const TAKE_BASELINE = `update monitors set expected = :expected where org_id = :org_id and id = :monitor_id`

const KEEP_LOOK = `
  insert into looks (org_id, monitor_id, looked, look)
  values (:org_id, :monitor_id, :looked, :look)
      on conflict (org_id, monitor_id) do update set looked = excluded.looked, look = excluded.look`

type CheckKeyColumns = Pick<CheckRow, 'org_id' | 'phase' | 'monitor_id'>

export function sqliteChecks(context: QueryContext, db: SqliteDatabase, leases: LeaseTable): Checks {
  const { now } = context

  const claim = (row: WatchedRow, node: NodeId, leaseMs: number): ClaimedCheck => {
    const watched = readWatched(row)
    return { ...watched, lease: leases.take(watched.monitor.id, node, now() + leaseMs) }
  }

  const watched = ({ phase, org_id, monitor_id }: CheckKeyColumns): WatchedRow | undefined =>
    db.getWide<WatchedRow>(WATCHED, [phase, org_id, monitor_id])

  /** In the order due, without those that are being looked at. */
  const freeDue = (since: number, until: number, limit: number): CheckKeyColumns[] => {
    const free: CheckKeyColumns[] = []
    if (limit <= 0) return free
    for (const { org_id, phase, monitor_id } of db.each<CheckKeyColumns>(DUE, { since, until })) {
      if (leases.leasedUntil(readId('mon', monitor_id), now()) !== null) continue
      free.push({ org_id, phase, monitor_id })
      if (free.length === limit) break
    }
    return free
  }

  return {
    claimDue: ({ node, limit, leaseMs, late = NOTHING_LATE }) =>
      db.read(() => {
        const overdue = freeDue(0, late.before - 1, Math.min(limit, late.limit))
        const keys = [...overdue, ...freeDue(late.before, now(), limit - overdue.length)]
        return keys.flatMap((key) => {
          const row = watched(key)
          return row === undefined ? [] : [claim(row, node, leaseMs)]
        })
      }),

    claimOne: (orgId, monitorId, { node, leaseMs }) =>
      db.read(() => {
        const row = watched(keyOf(id(orgId), monitorId))
        if (row === undefined) return 'missing'
        if (row.is_active === 0) return 'inactive'
        return leases.leasedUntil(monitorId, now()) === null ? claim(row, node, leaseMs) : 'busy'
      }),

    async record(results) {
      const recorded = await db.transaction(() => recordAll(results))
      for (const { check } of results) leases.release(check.monitor.id, check.lease)
      return recorded
    },

    async release(checks) {
      for (const { monitor, lease } of checks) leases.release(monitor.id, lease)
    },

    nextDue: () => db.read(nextDue),

    steadyRate: () => db.read(() => db.get<{ rate: number | null }>(STEADY_RATE)?.rate ?? 0),
  }

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

  function writeStatus({ check, status, baseline, unchanged }: CheckResult): boolean {
    const { monitor, lease } = check
    if (!leases.holds(monitor.id, lease)) return false
    const key = keyOf(id(monitor.orgId), monitor.id)
    const fenced = { ...key, expected_version: monitor.expectedVersion }
    const changed = unchanged
      ? db.run(WRITE_TIMES, { ...timeColumns(status), ...fenced })
      : db.run(WRITE_STATUS, { ...statusColumns(status), ...fenced })
    if (changed === 0) return false
    if (baseline !== null) {
      db.run(TAKE_BASELINE, { org_id: key.org_id, monitor_id: key.monitor_id, expected: json(baseline) })
    }
    return true
  }

  /** The first free monitor, or the end of a lease before it. */
  function nextDue(): number | null {
    let earliest: number | null = null
    for (const row of db.each<{ monitor_id: Uint8Array; next_check: number }>(FROM_NOW_ON)) {
      const until = leases.leasedUntil(readId('mon', row.monitor_id), now())
      const due = Math.max(row.next_check, until ?? row.next_check)
      earliest = Math.min(earliest ?? due, due)
      if (until === null || row.next_check > earliest) break
    }
    return earliest
  }
}

function keyOf(orgId: Uint8Array, monitorId: MonitorId): Params & CheckKeyColumns {
  return { org_id: orgId, phase: phaseOf(monitorId), monitor_id: id(monitorId) }
}
