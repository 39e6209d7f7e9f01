/** The hot path of the scheduler on PostgreSQL: leases in the rows. What looks found is in recording.ts. */
import { ALIVE_MS, phaseOf, type Checks, type DueCheck, type LateShare, type NodeId } from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { id, readId } from '../rows/columns.ts'
import { readDue, readWatched, readWhole, type DueColumns, type WatchedRow } from '../rows/monitors.ts'
import type { Bytes, MonitorRow } from '../tables.ts'
import type { PostgresDatabase } from './database.ts'
import { recordChecks, releaseChecks } from './recording.ts'

/** $1 node, $2 now, $3 end of the lease: what every claim writes and answers. */
const LEASE = `
  update checks c
     set lease_owner = $1, lease_until = $3, lease_token = c.lease_token + 1
    from due
   where c.org_id = due.org_id and c.phase = due.phase and c.monitor_id = due.monitor_id
  returning c.*`

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

/** $4 organization, $5 phase, $6 monitor. It waits for an edit of the monitor that is not committed yet. */
const CLAIM_ONE = `
  with due as (
    select org_id, phase, monitor_id
      from checks
     where org_id = $4 and phase = $5 and monitor_id = $6
       and is_active and (lease_until is null or lease_until <= $2)
       for update)
  ${LEASE}`

/** A statement of its own: one that waited for an edit goes on seeing the other table as it was before. */
const CLAIMED_ONE = `
  select m.*, c.next_check, c.last_checked, c.state, c."current", c.answer_hash, c.reasons, c.incidence_count,
         c.broken_since, c.was_valid, c.pending
    from checks c
    join monitors m on m.org_id = c.org_id and m.id = c.monitor_id
   where c.org_id = $1 and c.phase = $2 and c.monitor_id = $3 and c.lease_owner = $4 and c.lease_token = $5`

/** Per second and process that checks: this one counts as one even before it has said that it lives. */
const STEADY_RATE = `
  select coalesce(sum(monitors / (frequency * 60.0)), 0)::float8
           / greatest(1, (select count(*) from nodes where heartbeat >= $1 and roles ? 'check')) as rate
    from (select frequency, count(*) as monitors from monitors where is_active group by frequency) as paces`

const NOTHING_LATE: LateShare = { before: 0, limit: 0 }

const IS_ACTIVE = `select is_active from checks where org_id = $1 and phase = $2 and monitor_id = $3`

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
      const [claimed] = await db.all<LeasedRow>(CLAIM_ONE, [id(node), now(), now() + leaseMs, ...key])
      if (claimed !== undefined) {
        const lease = { node, token: claimed.lease_token }
        const [row] = await db.all<WatchedRow>(CLAIMED_ONE, [...key, id(node), lease.token])
        if (row !== undefined) return { ...readWatched(row), lease }
      }
      const [check] = await db.all<{ is_active: number }>(IS_ACTIVE, key)
      if (check === undefined) return 'missing'
      return check.is_active === 1 ? 'busy' : 'inactive'
    },

    async monitorOf({ monitor: { orgId, id: monitorId, expectedVersion } }) {
      const [row] = await db.all<MonitorRow>(WHOLE, [id(orgId), id(monitorId), expectedVersion])
      return row === undefined ? null : readWhole(row)
    },

    record: recordChecks(context, db),

    release: (checks) => releaseChecks(db, checks),

    async nextDue() {
      const [row] = await db.all<{ due: number | null }>(NEXT_DUE, [now()])
      return row?.due ?? null
    },

    async steadyRate() {
      const [row] = await db.all<{ rate: number }>(STEADY_RATE, [now() - ALIVE_MS])
      return row?.rate ?? 0
    },
  }
}

function leased(row: LeasedRow, node: NodeId): DueCheck {
  const ids = { id: readId('mon', row.monitor_id), orgId: readId('org', row.org_id) }
  const { monitor, status } = readDue(ids, row)
  return { monitor, status, lease: { node, token: row.lease_token } }
}
