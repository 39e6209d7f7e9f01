/** The hot path of the scheduler on SQLite: claims that only read. What looks found is in recording.ts. */
import { idFromHex, type Checks, type CheckResult, type DueCheck, type LateShare, type MonitorId } from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { id, readId, readOrganizationHex } from '../rows/columns.ts'
import { readDue, readWatched, readWhole, type DueColumns, type WatchedRow } from '../rows/monitors.ts'
import type { MonitorRow } from '../tables.ts'
import type { SqliteDatabase } from './database.ts'
import { createDueFront, type DueFront } from './due-front.ts'
import type { LeaseTable } from './leases.ts'
import { checkKey, sqliteRecording } from './recording.ts'

/** Index: checks_due. Rows in flight are still in it and are stepped over. */
const DUE = `
  select hex(monitor_id) as monitor, hex(org_id) as organization, owner_name, registrable, record_type, expected_version,
         frequency, next_check, last_checked, state, "current", answer_hash, reasons, incidence_count, broken_since,
         was_valid, pending
    from checks
   where is_active = 1 and next_check >= ? and next_check <= ?
   order by next_check`

const NOTHING_LATE: LateShare = { before: 0, limit: 0 }

/** How often claims begin at the longest overdue again, where leases lapse. */
const FROM_THE_BEGINNING_MS = 1000

/** Per second. Index: monitors_frequency. */
const STEADY_RATE = `
  select sum(monitors / (frequency * 60.0)) as rate
    from (select frequency, count(*) as monitors from monitors where is_active = 1 group by frequency)`

const FROM_THEN_ON = `
  select monitor_id, next_check
    from checks
   where is_active = 1 and next_check >= :since
   order by next_check`

const WATCHED = `
  select m.*, c.next_check, c.last_checked, c.state, c."current", c.answer_hash, c.reasons, c.incidence_count,
         c.broken_since, c.was_valid, c.pending
    from checks c
    join monitors m on m.org_id = c.org_id and m.id = c.monitor_id
   where c.phase = :phase and c.org_id = :org_id and c.monitor_id = :monitor_id`

const WHOLE = `
  select * from monitors
   where org_id = :org_id and id = :monitor_id and expected_version = :expected_version and is_active = 1`

type DueRow = DueColumns & { readonly monitor: string; readonly organization: string }

export function sqliteChecks(context: QueryContext, db: SqliteDatabase, leases: LeaseTable): Checks {
  const { now } = context
  const recordAll = sqliteRecording(context, db, leases)
  /** Of what is late, and of what is on time. */
  const fronts = { late: createDueFront(), punctual: createDueFront() }
  let began = Number.NEGATIVE_INFINITY
  let endedThen = 0

  function startOver(): void {
    fronts.late.reset()
    fronts.punctual.reset()
    began = now()
    endedThen = leases.ended
  }

  const watched = (orgId: Uint8Array, monitorId: MonitorId): WatchedRow | undefined =>
    db.get<WatchedRow>(WATCHED, checkKey(orgId, monitorId))

  /** In the order due, without those that are being looked at. */
  function takeFree(
    front: DueFront,
    due: { from: number; until: number },
    { limit, node, leaseMs }: Claim,
  ): DueCheck[] {
    const taken: DueCheck[] = []
    if (limit <= 0) return taken
    // Not beyond this millisecond: a monitor may still be made in it, and is due at once.
    let reached = Math.min(due.until + 1, now())
    for (const row of db.eachWide<DueRow>(DUE, [front.since(due.from), due.until])) {
      const monitorId = idFromHex('mon', row.monitor)
      if (leases.leasedUntil(monitorId, now()) !== null) continue
      const { monitor, status } = readDue({ id: monitorId, orgId: readOrganizationHex(row.organization) }, row)
      taken.push({ monitor, status, lease: leases.take(monitorId, node, now() + leaseMs) })
      if (taken.length < limit) continue
      reached = row.next_check
      break
    }
    front.reached(due.from, reached)
    return taken
  }

  return {
    claimDue: ({ node, limit, leaseMs, late = NOTHING_LATE }) =>
      db.read(() => {
        if (leases.ended !== endedThen || Math.abs(now() - began) >= FROM_THE_BEGINNING_MS) startOver()
        const of = { node, leaseMs }
        const share = Math.min(limit, late.limit)
        const overdue = takeFree(fronts.late, { from: 0, until: late.before - 1 }, { ...of, limit: share })
        const rest = limit - overdue.length
        return [...overdue, ...takeFree(fronts.punctual, { from: late.before, until: now() }, { ...of, limit: rest })]
      }),

    claimOne: (orgId, monitorId, { node, leaseMs }) =>
      db.read(() => {
        const row = watched(id(orgId), monitorId)
        if (row === undefined) return 'missing'
        if (row.is_active === 0) return 'inactive'
        if (leases.leasedUntil(monitorId, now()) !== null) return 'busy'
        return { ...readWatched(row), lease: leases.take(monitorId, node, now() + leaseMs) }
      }),

    monitorOf: ({ monitor: { id: monitorId, orgId, expectedVersion } }) =>
      db.read(() => {
        const key = { org_id: id(orgId), monitor_id: id(monitorId), expected_version: expectedVersion }
        const row = db.get<MonitorRow>(WHOLE, key)
        return row === undefined ? null : readWhole(row)
      }),

    async record(results) {
      const recorded = await db.transaction(() => recordAll(results))
      for (const { check } of results) leases.release(check.monitor.id, check.lease)
      // What is still due, or again, lies behind the claims that were made meanwhile.
      const isDue = ({ status }: CheckResult): boolean => status.nextCheck <= now()
      if (recorded.some((row) => !row.recorded) || results.some(isDue)) startOver()
      return recorded
    },

    async release(checks) {
      for (const { monitor, lease } of checks) leases.release(monitor.id, lease)
      startOver()
    },

    nextDue: () => db.read(nextDue),

    steadyRate: () => db.read(() => db.get<{ rate: number | null }>(STEADY_RATE)?.rate ?? 0),
  }

  /** The first free monitor, or the end of a lease before it. */
  function nextDue(): number | null {
    const until = leases.firstEnd()
    for (const row of db.each<{ monitor_id: Uint8Array; next_check: number }>(FROM_THEN_ON, { since: undecided() })) {
      if (leases.leasedUntil(readId('mon', row.monitor_id), now()) === null) {
        return Math.min(row.next_check, until ?? row.next_check)
      }
    }
    return until
  }

  /** From when on something due may be free. */
  function undecided(): number {
    const late = fronts.late.since(0)
    return Math.max(late, fronts.punctual.since(late))
  }
}

type Claim = Parameters<Checks['claimDue']>[0]
