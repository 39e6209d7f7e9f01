/**
 * Which rows of a history a cursor may go past.
 *
 * Rows are ordered by an id that is made before its transaction commits, so the row with the older id may be the later
 * one to appear, and a reader whose cursor has gone past its place would never see it. A page that goes on from a cursor
 * towards newer rows therefore leaves out, until its next visit, every row to which an older one can still come:
 *
 * - rows of transactions that are not older than every open one (their transaction id);
 * - rows made after the oldest open transaction began. Transaction ids alone do not do: of two open transactions the one
 *   with the higher id may make the older row. All ids are made inside a transaction, so none is older than its begin;
 * - where other processes are alive, rows of the last moment, within which clocks may disagree.
 */
import { ALIVE_MS } from '@dnsradar/core'
import { sql, type RawBuilder } from 'kysely'
import type { EngineTraits } from '../queries/context.ts'
import { firstIdOf } from '../queries/page.ts'
import type { Statements } from './database.ts'

/** What the clocks of two processes may differ by: half of a round trip to the database each. */
const DISAGREEMENT_MS = 100

/**
 * Transactions in which ids may be made: ours, also before they have written, and whatever else writes here.
 * `$1` is the oldest heartbeat of a process that lives.
 */
const OPEN = `
  select (extract(epoch from clock_timestamp() - min(a.xact_start)) * 1000)::float8 as age,
         (select count(*) from nodes where heartbeat >= $1) as nodes
    from pg_stat_get_activity(null) a
    join pg_database d on d.oid = a.datid and d.datname = current_database()
   where a.pid <> pg_backend_pid() and a.xact_start is not null
     and (a.backend_xid is not null or a.application_name = 'dnsradar')`

/**
 * A row whose transaction id lies beyond those given out came with a dump of another server, on which it was settled
 * long ago.
 */
function writtenBeforeAllOpen(table: string): RawBuilder<boolean> {
  const xid = sql.ref(`${table}.xid`)
  return sql<boolean>`(${xid} < (select pg_snapshot_xmin(pg_current_snapshot()))
    or ${xid} >= (select pg_snapshot_xmax(pg_current_snapshot())))`
}

/** `followsDatabase: false`: `now` is a test's own and says nothing about when a transaction began. */
export function settledOnly(
  statements: Statements,
  now: () => number,
  followsDatabase: boolean,
): NonNullable<EngineTraits['settledOnly']> {
  return async (table) => {
    const written = writtenBeforeAllOpen(table)
    if (!followsDatabase) return written
    // Asked before the page is read: who opens a transaction in between makes ids that are newer than all of this.
    const asked = now()
    const [open] = await statements.all<{ age: number | null; nodes: number }>(OPEN, [asked - ALIVE_MS])
    const age = open?.age ?? null
    const isShared = (open?.nodes ?? 0) > 1
    if (age === null && !isShared) return written
    const until = asked - Math.max(0, age ?? 0) - (isShared ? DISAGREEMENT_MS : 0)
    return sql<boolean>`${written} and ${sql.ref(`${table}.id`)} < ${firstIdOf(Math.floor(until))}`
  }
}
