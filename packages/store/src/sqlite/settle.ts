/** What an attempt's outcome writes on SQLite. Every function here runs inside the caller's transaction. */
import type { AfterSettle, ClaimedDelivery, Delivery, Settlement } from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { bit, id } from '../rows/columns.ts'
import { attemptRow, outcomeColumns, readDelivery } from '../rows/deliveries.ts'
import { disabledWebhook, effectiveChange, queueAfter, type SlugRow } from '../settlement.ts'
import type { Bytes, DeliveryRow, WebhookRow } from '../tables.ts'
import type { SqliteDatabase } from './database.ts'
import type { LeaseTable } from './leases.ts'
import { writeHappenings } from './publication.ts'

export const WEBHOOK = `select * from webhooks where org_id = :org_id and id = :id`

/** Index: deliveries_queue, whose condition is repeated word for word. */
const HEAD = `
  select * from deliveries
   where webhook_id = :webhook_id and status in ('PENDING', 'RETRYING') and seq is not null
   order by seq limit 1`

const WRITE_QUEUE = `
  update webhooks
     set is_active = :is_active, disabled_reason = :disabled_reason, retries = :retries, last_error = :last_error,
         last_executed = :last_executed, next_at = :next_at, resume_at = :resume_at
   where org_id = :org_id and id = :id`

const IS_OPEN = `select 1 from deliveries where org_id = :org_id and id = :id and status in ('PENDING', 'RETRYING')`

const OUTCOME = `
  update deliveries
     set status = :status, delivered = :delivered, last_attempt = :last_attempt, next_attempt = :next_attempt,
         attempts = :attempts, status_code = :status_code, response_body = :response_body,
         error_message = :error_message
   where org_id = :org_id and id = :id`

const WRITE_DELIVERY = `${OUTCOME} and status in ('PENDING', 'RETRYING')`

/** Also of a delivery that was failed with its queue meanwhile: its receiver has it. */
const WRITE_LATE_SUCCESS = `${OUTCOME} and status <> 'DELIVERED'`

const NEXT_ATTEMPT_NUMBER = `
  select coalesce(max(number), 0) + 1 as number from attempts where org_id = :org_id and delivery_id = :id`

const DELIVERY_EXISTS = `select 1 from deliveries where org_id = :org_id and id = :id`

const FAIL_QUEUE = `
  update deliveries
     set status = 'FAILED', next_attempt = null
   where webhook_id = :webhook_id and status in ('PENDING', 'RETRYING') and seq is not null`

const HOLDS_LOOSE = `
  select 1 from deliveries
   where org_id = :org_id and id = :id and status in ('PENDING', 'RETRYING') and next_attempt = :token`

const WAKE_HEAD = `update deliveries set next_attempt = :now where org_id = :org_id and id = :id`

export interface Settlements {
  settleHead(claimed: ClaimedDelivery, settlement: Settlement, keepLease: boolean): AfterSettle
  settleLoose(claimed: ClaimedDelivery, settlement: Settlement): void
}

const GROUPS = `
  select g.id, g.slug
    from webhook_groups l
    join groups g on g.org_id = l.org_id and g.id = l.group_id
   where l.org_id = :org_id and l.webhook_id = :id
   order by g.id`

export function sqliteSettlements(context: QueryContext, db: SqliteDatabase, leases: LeaseTable): Settlements {
  const { now } = context
  return { settleHead, settleLoose }

  function settleHead(
    { webhook, delivery, lease }: ClaimedDelivery,
    settlement: Settlement,
    keepLease: boolean,
  ): AfterSettle {
    const row = db.get<WebhookRow>(WEBHOOK, { org_id: id(webhook.orgId), id: id(webhook.id) })
    if (row === undefined || row.is_active === 0 || !leases.holds(webhook.id, lease)) {
      writeLate(delivery, settlement)
      return { kind: 'late' }
    }
    const change = effectiveChange(settlement, db.get(IS_OPEN, keyOf(delivery)) !== undefined)
    writeOutcome(delivery, settlement)
    const next = writeQueue(row, change)
    if (keepLease && change.do === 'advance' && next !== null) return { kind: 'next', delivery: next }
    return { kind: change.do === 'disable' ? 'disabled' : 'idle' }
  }

  /** The attempt, and its delivery unless that is closed already. */
  function writeOutcome(delivery: Delivery, settlement: Settlement): void {
    db.run(WRITE_DELIVERY, { ...outcomeColumns(settlement.delivery), ...keyOf(delivery) })
    writeAttempt(delivery, settlement, false)
  }

  /** Answers the head that waits afterwards. */
  function writeQueue(row: WebhookRow, change: Settlement['webhook']): Delivery | null {
    const webhook = { org_id: row.org_id, id: row.id }
    const waiting = change.do === 'disable' ? db.run(FAIL_QUEUE, { webhook_id: row.id }) : 0
    if (change.do === 'disable') {
      const pause = { org_id: row.org_id, webhook_id: row.id, since: now(), until: null, reason: change.reason }
      db.insert('webhook_pauses', pause)
    }
    const head = headOf(db, row.id)
    const after = queueAfter(change, row, now(), head !== null)
    db.run(WRITE_QUEUE, { ...after, ...webhook })
    if (change.do === 'none' && change.wake && head !== null && row.is_active === 1) {
      db.run(WAKE_HEAD, { ...keyOf(head), now: now() })
    }
    if (change.do === 'disable') {
      const groups = db.all<SlugRow>(GROUPS, webhook)
      writeHappenings(context, db, [disabledWebhook({ ...row, ...after }, groups, waiting + 1, context.keyRing)])
    }
    return head
  }

  /** A fact for the history, and a success is a fact about its delivery too; the queue is somebody else's by now. */
  function writeLate(delivery: Delivery, settlement: Settlement): void {
    const key = keyOf(delivery)
    if (db.get(DELIVERY_EXISTS, key) === undefined) return
    if (settlement.attempt.outcome.kind === 'accepted') {
      db.run(WRITE_LATE_SUCCESS, { ...outcomeColumns(settlement.delivery), ...key })
    }
    writeAttempt(delivery, settlement, true)
  }

  /** Numbered here: a late attempt may have taken the number that the settlement counted on. */
  function writeAttempt(delivery: Delivery, settlement: Settlement, late: boolean): void {
    const row = db.get<{ number: number }>(NEXT_ATTEMPT_NUMBER, keyOf(delivery))
    const number = row?.number ?? settlement.attempt.number
    db.insert('attempts', { ...attemptRow(delivery, settlement.attempt), number, late: bit(late) })
  }

  function settleLoose({ webhook, delivery, lease }: ClaimedDelivery, settlement: Settlement): void {
    const key = keyOf(delivery)
    if (db.get(HOLDS_LOOSE, { ...key, token: lease.token }) === undefined) return writeLate(delivery, settlement)
    writeOutcome(delivery, settlement)
    const row = db.get<WebhookRow>(WEBHOOK, { org_id: key.org_id, id: id(webhook.id) })
    if (row !== undefined) writeQueue(row, settlement.webhook)
  }
}

export function headOf(db: SqliteDatabase, webhookId: Bytes): Delivery | null {
  const row = db.get<DeliveryRow>(HEAD, { webhook_id: webhookId })
  return row === undefined ? null : readDelivery(row)
}

function keyOf(delivery: Delivery): { org_id: Bytes; id: Bytes } {
  return { org_id: id(delivery.orgId), id: id(delivery.id) }
}
