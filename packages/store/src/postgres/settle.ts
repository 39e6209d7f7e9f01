/** What an attempt's outcome writes on PostgreSQL. Every function here runs inside the caller's transaction. */
import type { AfterSettle, ClaimedDelivery, Delivery, Settlement } from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { insertSql } from '../queries/insert.ts'
import { bit, id, readId } from '../rows/columns.ts'
import { attemptRow, outcomeColumns, readDelivery } from '../rows/deliveries.ts'
import { disabledWebhook, effectiveChange, queueAfter, type SlugRow } from '../settlement.ts'
import type { Bytes, DeliveryRow, WebhookRow } from '../tables.ts'
import { uuidText, type Statements } from './database.ts'
import { lockAudience, writeHappenings } from './publication.ts'

export type LeasedRow = WebhookRow & { lease_owner: Bytes | null; lease_token: number }

/** Index: deliveries_queue, whose condition is repeated word for word. */
export const HEADS = `
  select head.*
    from unnest($1::uuid[]) as queue (webhook_id)
   cross join lateral (
     select * from deliveries
      where webhook_id = queue.webhook_id and status in ('PENDING', 'RETRYING') and seq is not null
      order by seq limit 1) as head`

export const RELEASE = `
  update webhooks set lease_owner = null, lease_until = null
   where org_id = $1 and id = $2 and lease_owner = $3 and lease_token = $4`

/** Settlements of one webhook take turns here, the late ones included. */
const LOCK_WEBHOOK = `select * from webhooks where org_id = $1 and id = $2 for no key update`

const WRITE_QUEUE = `
  update webhooks
     set is_active = $3, disabled_reason = $4, retries = $5, last_error = $6, last_executed = $7, next_at = $8,
         resume_at = $9
   where org_id = $1 and id = $2`

const OUTCOME = `
  update deliveries
     set status = $3, delivered = $4, last_attempt = $5, next_attempt = $6, attempts = $7, status_code = $8,
         response_body = $9, error_message = $10
   where org_id = $1 and id = $2`

const WRITE_DELIVERY = `${OUTCOME} and status in ('PENDING', 'RETRYING')`

/** Also of a delivery that was failed with its queue meanwhile: its receiver has it. */
const WRITE_LATE_SUCCESS = `${OUTCOME} and status <> 'DELIVERED'`

const DELIVERY_EXISTS = `select 1 from deliveries where org_id = $1 and id = $2`

const NEXT_ATTEMPT_NUMBER = `
  select coalesce(max(number), 0) + 1 as number from attempts where org_id = $1 and delivery_id = $2`

const FAIL_QUEUE = `
  update deliveries
     set status = 'FAILED', next_attempt = null
   where webhook_id = $1 and status in ('PENDING', 'RETRYING') and seq is not null`

const OPEN_PAUSE = `insert into webhook_pauses (org_id, webhook_id, since, reason) values ($1, $2, $3, $4)`

const WAKE_HEAD = `update deliveries set next_attempt = $3 where org_id = $1 and id = $2`

const HOLDS_LOOSE = `
  select 1 from deliveries
   where org_id = $1 and id = $2 and status in ('PENDING', 'RETRYING') and next_attempt = $3
     for update`

export interface Settlements {
  settleHead(
    trx: Statements,
    claimed: ClaimedDelivery,
    settlement: Settlement,
    keepLease: boolean,
  ): Promise<AfterSettle>
  settleLoose(trx: Statements, claimed: ClaimedDelivery, settlement: Settlement): Promise<void>
}

const GROUPS = `
  select g.id, g.slug
    from webhook_groups l
    join groups g on g.org_id = l.org_id and g.id = l.group_id
   where l.org_id = $1 and l.webhook_id = $2
   order by g.id`

export function postgresSettlements(context: QueryContext): Settlements {
  const { engine, now } = context
  return { settleHead, settleLoose }

  async function settleHead(
    trx: Statements,
    { webhook, delivery, lease }: ClaimedDelivery,
    settlement: Settlement,
    keepLease: boolean,
  ): Promise<AfterSettle> {
    if (settlement.webhook.do === 'disable') await lockAudience(trx, webhook)
    const [row] = await trx.all<LeasedRow>(LOCK_WEBHOOK, [id(webhook.orgId), id(webhook.id)])
    if (row === undefined) return { kind: 'late' }
    const owner = row.lease_owner === null ? null : readId('nod', row.lease_owner)
    if (row.is_active === 0 || owner !== lease.node || row.lease_token !== lease.token) {
      await writeLate(trx, delivery, settlement)
      return { kind: 'late' }
    }
    const change = effectiveChange(settlement, await writeOutcome(trx, delivery, settlement))
    const next = await writeQueue(trx, row, change)
    if (keepLease && change.do === 'advance' && next !== null) return { kind: 'next', delivery: next }
    await trx.run(RELEASE, leaseKey({ webhook, lease }))
    return { kind: change.do === 'disable' ? 'disabled' : 'idle' }
  }

  /** Answers the head that waits afterwards. */
  async function writeQueue(trx: Statements, row: LeasedRow, change: Settlement['webhook']): Promise<Delivery | null> {
    const key = [row.org_id, row.id]
    const waiting = change.do === 'disable' ? await trx.run(FAIL_QUEUE, [row.id]) : 0
    if (change.do === 'disable') await trx.run(OPEN_PAUSE, [...key, now(), change.reason])
    const [headRow] = await trx.all<DeliveryRow>(HEADS, [[uuidText(row.id)]])
    const head = headRow === undefined ? null : readDelivery(headRow)
    const after = queueAfter(change, row, now(), head !== null)
    const { is_active, disabled_reason, retries, last_error, last_executed, next_at, resume_at } = after
    const columns = [is_active, disabled_reason, retries, last_error, last_executed, next_at, resume_at]
    await trx.run(WRITE_QUEUE, [...key, ...columns])
    if (change.do === 'none' && change.wake && head !== null && row.is_active === 1) {
      await trx.run(WAKE_HEAD, [...keyOf(head), now()])
    }
    if (change.do === 'disable') {
      const groups = await trx.all<SlugRow>(GROUPS, key)
      await writeHappenings(context, trx, [disabledWebhook({ ...row, ...after }, groups, waiting + 1, context.keyRing)])
    }
    return head
  }

  /** The attempt, and its delivery unless that is closed already; answers whether it was open. */
  async function writeOutcome(trx: Statements, delivery: Delivery, settlement: Settlement): Promise<boolean> {
    const wasOpen = await writeDelivery(trx, delivery, settlement, WRITE_DELIVERY)
    await writeAttempt(trx, delivery, settlement, false)
    return wasOpen
  }

  async function writeDelivery(
    trx: Statements,
    delivery: Delivery,
    settlement: Settlement,
    statement: string,
  ): Promise<boolean> {
    const { status, delivered, last_attempt, next_attempt, attempts, status_code, response_body, error_message } =
      outcomeColumns(settlement.delivery)
    const outcome = [status, delivered, last_attempt, next_attempt, attempts, status_code, response_body, error_message]
    return (await trx.run(statement, [...keyOf(delivery), ...outcome])) > 0
  }

  /** A fact for the history, and a success is a fact about its delivery too; the queue is somebody else's by now. */
  async function writeLate(trx: Statements, delivery: Delivery, settlement: Settlement): Promise<void> {
    if ((await trx.all(DELIVERY_EXISTS, keyOf(delivery))).length === 0) return
    if (settlement.attempt.outcome.kind === 'accepted') {
      await writeDelivery(trx, delivery, settlement, WRITE_LATE_SUCCESS)
    }
    await writeAttempt(trx, delivery, settlement, true)
  }

  /** Numbered here: a late attempt may have taken the number that the settlement counted on. */
  async function writeAttempt(
    trx: Statements,
    delivery: Delivery,
    settlement: Settlement,
    late: boolean,
  ): Promise<void> {
    const [next] = await trx.all<{ number: number }>(NEXT_ATTEMPT_NUMBER, keyOf(delivery))
    const number = next?.number ?? settlement.attempt.number
    const row = { ...attemptRow(delivery, settlement.attempt), number, late: bit(late) }
    await trx.run(insertSql(engine, 'attempts', Object.keys(row), 1), Object.values(row))
  }

  async function settleLoose(
    trx: Statements,
    { webhook, delivery, lease }: ClaimedDelivery,
    settlement: Settlement,
  ): Promise<void> {
    const [row] = await trx.all<LeasedRow>(LOCK_WEBHOOK, [id(webhook.orgId), id(webhook.id)])
    if (row === undefined) return
    const held = await trx.all(HOLDS_LOOSE, [...keyOf(delivery), lease.token])
    if (held.length === 0) return writeLate(trx, delivery, settlement)
    await writeOutcome(trx, delivery, settlement)
    await writeQueue(trx, row, settlement.webhook)
  }
}

/** Key and lease, as the first four parameters of what renews or ends it. */
export function leaseKey({ webhook, lease }: Pick<ClaimedDelivery, 'webhook' | 'lease'>): unknown[] {
  return [id(webhook.orgId), id(webhook.id), id(lease.node), lease.token]
}

function keyOf(delivery: Delivery): [Bytes, Bytes] {
  return [id(delivery.orgId), id(delivery.id)]
}
