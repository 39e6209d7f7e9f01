/** What looks found, written on PostgreSQL: one transaction for a batch of results, each fenced by its lease. */
import {
  phaseOf,
  type CheckResult,
  type Checks,
  type DueCheck,
  type MonitorId,
  type RecordedCheck,
} from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { id, json, readId } from '../rows/columns.ts'
import { isNewLook, lookRow } from '../rows/looks.ts'
import { statusColumns } from '../rows/monitors.ts'
import type { Bytes } from '../tables.ts'
import { uuidText, type PostgresDatabase, type Statements } from './database.ts'
import { keysOf, writePublication } from './publication.ts'

/** The key and the lease of each row, as arrays: the first five parameters of what ends leases. */
const HELD_LEASES = `unnest($1::uuid[], $2::integer[], $3::uuid[], $4::uuid[], $5::bigint[])`

const RELEASE = `
  update checks c
     set lease_owner = null, lease_until = null
    from ${HELD_LEASES} as r (org_id, phase, monitor_id, lease_owner, lease_token)
   where c.org_id = r.org_id and c.phase = r.phase and c.monitor_id = r.monitor_id
     and c.lease_owner = r.lease_owner and c.lease_token = r.lease_token`

/**
 * An update of the rows `r` that changes none whose lease was lost, or whose monitor was edited, disabled or deleted
 * since it was claimed. Rows are locked in the order of their keys first, so that two batches with rows in common cannot
 * block each other for good.
 */
function fencedUpdate(columns: string, names: string, assignments: string): string {
  return `
  with r as (
    select * from unnest(
      $1::uuid[], $2::integer[], $3::uuid[], $4::uuid[], $5::bigint[], $6::integer[], ${columns}
    ) as t (org_id, phase, monitor_id, lease_owner, lease_token, expected_version, ${names})),
  held as (
    select c.org_id, c.phase, c.monitor_id
      from checks c
      join r on r.org_id = c.org_id and r.phase = c.phase and r.monitor_id = c.monitor_id
     where c.is_active and c.expected_version = r.expected_version
       and c.lease_owner = r.lease_owner and c.lease_token = r.lease_token
     order by c.org_id, c.phase, c.monitor_id
       for update of c)
  update checks c
     set ${assignments}, lease_owner = null, lease_until = null
    from r
    join held on held.org_id = r.org_id and held.phase = r.phase and held.monitor_id = r.monitor_id
   where c.org_id = r.org_id and c.phase = r.phase and c.monitor_id = r.monitor_id
  returning c.monitor_id, c.lease_token`
}

const WRITE_STATUS = fencedUpdate(
  `$7::bigint[], $8::bigint[], $9::text[], $10::jsonb[], $11::text[], $12::jsonb[], $13::integer[], $14::bigint[],
      $15::boolean[], $16::jsonb[]`,
  'next_check, last_checked, state, "current", answer_hash, reasons, incidence_count, broken_since, was_valid, pending',
  `next_check = r.next_check, last_checked = r.last_checked, state = r.state, "current" = r."current",
         answer_hash = r.answer_hash, reasons = r.reasons, incidence_count = r.incidence_count,
         broken_since = r.broken_since, was_valid = r.was_valid, pending = r.pending`,
)

/** What nearly every look writes. */
const WRITE_TIMES = fencedUpdate(
  '$7::bigint[], $8::bigint[]',
  'next_check, last_checked',
  'next_check = r.next_check, last_checked = r.last_checked',
)

const TAKE_BASELINES = `
  update monitors m
     set expected = r.expected
    from unnest($1::uuid[], $2::uuid[], $3::jsonb[]) as r (org_id, id, expected)
   where m.org_id = r.org_id and m.id = r.id`

/** After the rows of `checks`, which this transaction has locked: nobody else writes the looks of these monitors. */
const KEEP_LOOKS = `
  insert into looks (org_id, monitor_id, looked, look)
  select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[])
      on conflict (org_id, monitor_id) do update set looked = excluded.looked, look = excluded.look`

export function recordChecks(context: QueryContext, db: PostgresDatabase): Checks['record'] {
  return async (results) => {
    if (results.length === 0) return []
    // Most batches: one statement, and so a transaction without the two messages that begin and end one.
    if (results.every(isRoutine)) return recordTimes(results)
    return db.transaction((trx) => recordAll(trx, results))
  }

  async function recordTimes(results: readonly CheckResult[]): Promise<RecordedCheck[]> {
    const isWritten = await writeStatuses(db, results)
    return results.map((result) => ({ monitorId: result.check.monitor.id, recorded: isWritten(result), event: null }))
  }

  /** Answers of which results the statuses were written; the leases of the others are over, too. */
  async function writeStatuses(
    statements: Statements,
    results: readonly CheckResult[],
  ): Promise<(result: CheckResult) => boolean> {
    const written = new Set<string>()
    const write = async (sql: string, values: unknown[]): Promise<void> => {
      const rows = await statements.all<{ monitor_id: Bytes; lease_token: number }>(sql, values)
      for (const row of rows) written.add(leaseName(readId('mon', row.monitor_id), row.lease_token))
    }
    const unchanged = results.filter((result) => result.unchanged)
    const changed = results.filter((result) => !result.unchanged)
    if (unchanged.length > 0) await write(WRITE_TIMES, timeArrays(unchanged))
    if (changed.length > 0) await write(WRITE_STATUS, statusArrays(changed))
    const isWritten = ({ check }: CheckResult) => written.has(leaseName(check.monitor.id, check.lease.token))
    const dropped = results.filter((result) => !isWritten(result))
    await releaseChecks(
      statements,
      dropped.map(({ check }) => check),
    )
    return isWritten
  }

  async function recordAll(trx: Statements, results: readonly CheckResult[]): Promise<RecordedCheck[]> {
    const isWritten = await writeStatuses(trx, results)
    const recorded = results.filter(isWritten)
    await takeBaselines(trx, recorded)
    await keepLooks(trx, recorded)
    const events = await writePublication(context, trx, recorded)
    return results.map((result) => {
      const monitorId = result.check.monitor.id
      const isRecorded = isWritten(result)
      return { monitorId, recorded: isRecorded, event: isRecorded ? (events.get(monitorId) ?? null) : null }
    })
  }
}

/** Of which only the times are new: no event, no evidence, no expectation follows from it. */
function isRoutine(result: CheckResult): boolean {
  return result.unchanged && result.change === null && result.baseline === null && !isNewLook(result)
}

async function takeBaselines(trx: Statements, recorded: readonly CheckResult[]): Promise<void> {
  const taken = recorded.filter(({ baseline }) => baseline !== null)
  if (taken.length === 0) return
  await trx.run(TAKE_BASELINES, [...keysOf(taken), taken.map(({ baseline }) => json(baseline))])
}

async function keepLooks(trx: Statements, recorded: readonly CheckResult[]): Promise<void> {
  const rows = recorded.filter(isNewLook).map(lookRow)
  if (rows.length === 0) return
  await trx.run(KEEP_LOOKS, [
    rows.map((row) => uuidText(row.org_id)),
    rows.map((row) => uuidText(row.monitor_id)),
    rows.map((row) => row.looked),
    rows.map((row) => row.look),
  ])
}

/** Ends leases without a result. */
export async function releaseChecks(statements: Statements, checks: readonly DueCheck[]): Promise<void> {
  if (checks.length > 0) await statements.run(RELEASE, heldLeases(checks))
}

/** One batch may hold two looks at a monitor, of which the first one lost its lease to the second. */
function leaseName(monitorId: MonitorId, token: number): string {
  return `${monitorId} ${token}`
}

function heldLeases(checks: readonly DueCheck[]): unknown[] {
  return [
    checks.map(({ monitor }) => uuidText(id(monitor.orgId))),
    checks.map(({ monitor }) => phaseOf(monitor.id)),
    checks.map(({ monitor }) => uuidText(id(monitor.id))),
    checks.map(({ lease }) => uuidText(id(lease.node))),
    checks.map(({ lease }) => lease.token),
  ]
}

/** One array a column, in the order of the parameters of WRITE_TIMES. */
function timeArrays(results: readonly CheckResult[]): unknown[] {
  return [
    ...heldLeases(results.map(({ check }) => check)),
    results.map(({ check }) => check.monitor.expectedVersion),
    results.map(({ status }) => status.nextCheck),
    results.map(({ status }) => status.lastChecked),
  ]
}

/** The same and the other columns of WRITE_STATUS. */
function statusArrays(results: readonly CheckResult[]): unknown[] {
  const columns = results.map(({ status }) => statusColumns(status))
  return [
    ...timeArrays(results),
    columns.map((row) => row.state),
    columns.map((row) => row.current),
    columns.map((row) => row.answer_hash),
    columns.map((row) => row.reasons),
    columns.map((row) => row.incidence_count),
    columns.map((row) => row.broken_since),
    columns.map((row) => row.was_valid),
    columns.map((row) => row.pending),
  ]
}
