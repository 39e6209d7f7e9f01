/** The hot path of the scheduler on PostgreSQL: leases in the rows, and one transaction for a batch of results. */
import {
  ALIVE_MS,
  phaseOf,
  type CheckResult,
  type Checks,
  type DueCheck,
  type LateShare,
  type MonitorId,
  type NodeId,
  type RecordedCheck,
} from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { id, json, readId } from '../rows/columns.ts'
import { isNewLook, lookRow } from '../rows/looks.ts'
import { readDue, readWatched, readWhole, statusColumns, type DueColumns, type WatchedRow } from '../rows/monitors.ts'
import type { Bytes, MonitorRow } from '../tables.ts'
import { uuidText, type PostgresDatabase, type Statements } from './database.ts'
import { keysOf, writePublication } from './publication.ts'

/** $1 node, $2 now, $3 end of the lease: what every claim writes and answers. */
const LEASE = `
  update checks c
     set lease_owner = $1, lease_until = $3, lease_token = c.lease_token + 1
    from due
   where c.org_id = due.org_id and c.phase = due.phase and c.monitor_id = due.monitor_id
  returning c.*`

const LEASED_WITH_MONITOR = `
  select m.*, c.next_check, c.last_checked, c.state, c."current", c.answer_hash, c.reasons, c.incidence_count,
         c.broken_since, c.was_valid, c.pending, c.lease_token
    from leased c
    join monitors m on m.org_id = c.org_id and m.id = c.monitor_id`

const LEASED = `
  select org_id, monitor_id, owner_name, registrable, record_type, expected_version, frequency, next_check, last_checked,
         state, "current", answer_hash, reasons, incidence_count, broken_since, was_valid, pending, lease_token
    from leased
   order by next_check`

const WHOLE = `select * from monitors where org_id = $1 and id = $2 and expected_version = $3 and is_active`

/**
 * $4 rows in all, of those due before $5 at most $6. Index: checks_due. Rows that another process is just claiming are
 * stepped over, not waited for.
 */
const CLAIM_DUE = `
  with late as (
    select org_id, phase, monitor_id
      from checks
     where is_active and next_check < $5 and (lease_until is null or lease_until <= $2)
     order by next_check
     limit $6
       for update skip locked),
  punctual as (
    select org_id, phase, monitor_id
      from checks
     where is_active and next_check >= $5 and next_check <= $2 and (lease_until is null or lease_until <= $2)
     order by next_check
     limit $4 - (select count(*) from late)
       for update skip locked),
  due as (select * from late union all select * from punctual),
  leased as (${LEASE})
  ${LEASED}`

const CLAIM_ONE = `
  with due as (
    select org_id, phase, monitor_id
      from checks
     where org_id = $4 and phase = $5 and monitor_id = $6
       and is_active and (lease_until is null or lease_until <= $2)
       for update),
  leased as (${LEASE})
  ${LEASED_WITH_MONITOR}`

/** Per second and process that checks: this one counts as one even before it has said that it lives. */
const STEADY_RATE = `
  select coalesce(sum(monitors / (frequency * 60.0)), 0)::float8
           / greatest(1, (select count(*) from nodes where heartbeat >= $1 and roles ? 'check')) as rate
    from (select frequency, count(*) as monitors from monitors where is_active group by frequency) as paces`

const NOTHING_LATE: LateShare = { before: 0, limit: 0 }

const IS_ACTIVE = `select is_active from checks where org_id = $1 and phase = $2 and monitor_id = $3`

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

/** The first free monitor, or the end of a lease before it. */
const NEXT_DUE = `
  select least(
    (select next_check from checks
      where is_active and (next_check > $1 or lease_until is null or lease_until <= $1)
      order by next_check limit 1),
    (select min(lease_until) from checks where is_active and next_check <= $1 and lease_until > $1)) as due`

type LeasedRow = DueColumns & { org_id: Bytes; monitor_id: Bytes; lease_token: number }

export function postgresChecks(context: QueryContext, db: PostgresDatabase): Checks {
  const { now } = context
  return {
    async claimDue({ node, limit, leaseMs, late = NOTHING_LATE }) {
      const most = Math.max(limit, 0)
      const values = [id(node), now(), now() + leaseMs, most, late.before, Math.min(most, late.limit)]
      return (await db.all<LeasedRow>(CLAIM_DUE, values)).map((row) => leased(row, node))
    },

    async claimOne(orgId, monitorId, { node, leaseMs }) {
      const key = [id(orgId), phaseOf(monitorId), id(monitorId)]
      const values = [id(node), now(), now() + leaseMs, ...key]
      const [row] = await db.all<WatchedRow & { lease_token: number }>(CLAIM_ONE, values)
      if (row !== undefined) return { ...readWatched(row), lease: { node, token: row.lease_token } }
      const [check] = await db.all<{ is_active: number }>(IS_ACTIVE, key)
      if (check === undefined) return 'missing'
      return check.is_active === 1 ? 'busy' : 'inactive'
    },

    async monitorOf({ monitor: { orgId, id: monitorId, expectedVersion } }) {
      const [row] = await db.all<MonitorRow>(WHOLE, [id(orgId), id(monitorId), expectedVersion])
      return row === undefined ? null : readWhole(row)
    },

    async record(results) {
      if (results.length === 0) return []
      // Most batches: one statement, and so a transaction without the two messages that begin and end one.
      if (results.every(isRoutine)) return recordTimes(results)
      return db.transaction((trx) => recordAll(trx, results))
    },

    async release(checks) {
      if (checks.length > 0) await db.run(RELEASE, heldLeases(checks))
    },

    async nextDue() {
      const [row] = await db.all<{ due: number | null }>(NEXT_DUE, [now()])
      return row?.due ?? null
    },

    async steadyRate() {
      const [row] = await db.all<{ rate: number }>(STEADY_RATE, [now() - ALIVE_MS])
      return row?.rate ?? 0
    },
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
    if (dropped.length > 0) await statements.run(RELEASE, heldLeases(dropped.map(({ check }) => check)))
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

function leased(row: LeasedRow, node: NodeId): DueCheck {
  const ids = { id: readId('mon', row.monitor_id), orgId: readId('org', row.org_id) }
  const { monitor, status } = readDue(ids, row)
  return { monitor, status, lease: { node, token: row.lease_token } }
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
