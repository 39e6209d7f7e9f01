/** Marks on system events that concern the operator: leased, tried again later, cleared. Index: system_events_notify. */
import type { ClaimedNotice, OperatorNotices, Subject } from '@dnsradar/core'
import { id, json, readJson, readJsonOrNull } from '../rows/columns.ts'
import { readSystemEvent } from '../rows/system-events.ts'
import type { SystemEventRow } from '../tables.ts'
import type { QueryContext } from './context.ts'

export function noticeQueries({ db, engine, now }: QueryContext): OperatorNotices {
  return {
    async claimDue({ limit, leaseMs }) {
      const at = now()
      const due = db
        .selectFrom('system_events')
        .select('id')
        .where('notify_at', '<=', at)
        .orderBy('id')
        .limit(limit)
        .$if(engine.locksRows, (query) => query.forUpdate().skipLocked())
      const rows = await db
        .updateTable('system_events')
        .set({ notify_at: at + leaseMs })
        .where('id', 'in', due)
        .returningAll()
        .execute()
      // What an update returns is in no order.
      return rows.map(readNotice).toSorted((a, b) => (a.event.id < b.event.id ? -1 : 1))
    },

    async settle({ event, leasedUntil }, rest) {
      await db
        .updateTable('system_events')
        .set({ notify_at: rest?.at ?? null, notify_owed: rest === null ? null : json(rest.owed) })
        .where('org_id', '=', id(event.orgId))
        .where('id', '=', id(event.id))
        .where('notify_at', '=', leasedUntil)
        .execute()
    },

    async nextDue() {
      const { next } = await db
        .selectFrom('system_events')
        .select((select) => select.fn.min<number | null>('notify_at').as('next'))
        .where('notify_at', 'is not', null)
        .executeTakeFirstOrThrow()
      return next
    },
  }
}

function readNotice(row: SystemEventRow): ClaimedNotice {
  return {
    event: readSystemEvent(row),
    // Rows without one are older than the first notice.
    subject: readJson<Subject>(row.subject ?? ''),
    owed: readJsonOrNull(row.notify_owed),
    leasedUntil: row.notify_at ?? 0,
  }
}
