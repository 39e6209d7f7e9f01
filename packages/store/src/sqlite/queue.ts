/** The delivery queues on SQLite. Leases are in memory, so a claim and its renewals write nothing; a settlement is one transaction. */
import type { ClaimedDelivery, Delivery, Queue, QueueClaim, Webhook } from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { bit, id, readId } from '../rows/columns.ts'
import { readDelivery } from '../rows/deliveries.ts'
import { readWebhook } from '../rows/webhooks.ts'
import { mayBeSent } from '../settlement.ts'
import type { Bytes, DeliveryRow, WebhookRow } from '../tables.ts'
import type { SqliteDatabase } from './database.ts'
import type { LeaseTable } from './leases.ts'
import { headOf, sqliteSettlements, WEBHOOK } from './settle.ts'

/** Index: webhooks_due. Few columns, because a thousand may have to be passed over for one that is claimed. */
const DUE = `
  select id, org_id from webhooks
   where is_active = 1 and next_at is not null and next_at <= :now
     and (:retrying is null or (retries > 0) = :retrying)
   order by next_at`

const FROM_NOW_ON = `
  select id, next_at from webhooks
   where is_active = 1 and next_at is not null
   order by next_at`

const PENDING = `
  select count(*) as pending from deliveries
   where webhook_id = :webhook_id and status in ('PENDING', 'RETRYING') and seq is not null`

const GROUPS = `
  select group_id from webhook_groups where org_id = :org_id and webhook_id = :webhook_id order by group_id`

const IS_ACTIVE = `select 1 from webhooks where org_id = :org_id and id = :id and is_active = 1`

/** A webhook whose only waiting delivery was delivered by a late attempt has nothing left to be due for. */
const NOTHING_DUE = `update webhooks set next_at = null, resume_at = null where org_id = :org_id and id = :id`

/** Index: deliveries_loose. */
const DUE_LOOSE = `
  select * from deliveries
   where status in ('PENDING', 'RETRYING') and seq is null and next_attempt <= :now
   order by next_attempt limit cast(:limit as integer)`

/** The moment until which a loose delivery is hidden is also the token of whoever has it: a later claim sets a later one. */
const HIDE_LOOSE = `update deliveries set next_attempt = :until where org_id = :org_id and id = :id`

const FAIL_LOOSE = `update deliveries set status = 'FAILED', next_attempt = null where org_id = :org_id and id = :id`

const NEXT_LOOSE = `
  select min(next_attempt) as due from deliveries
   where status in ('PENDING', 'RETRYING') and seq is null and next_attempt is not null`

type WebhookKey = Pick<WebhookRow, 'id' | 'org_id'>

export function sqliteQueue(context: QueryContext, db: SqliteDatabase, leases: LeaseTable): Queue {
  const { keyRing, now } = context
  const settlements = sqliteSettlements(context, db, leases)

  return {
    claimDue: (asked) =>
      db.transaction(() =>
        dueRows(asked).flatMap((row) => {
          const delivery = headOf(db, row.id)
          if (delivery !== null) return [claim(row, delivery, asked)]
          db.run(NOTHING_DUE, { org_id: row.org_id, id: row.id })
          // As a claim does: whoever let its lease lapse has no more say.
          leases.end(readId('wh', row.id))
          return []
        }),
      ),

    renew: (webhook, lease, leaseMs) =>
      db.read(
        () =>
          leases.holds(webhook.id, lease) &&
          db.get(IS_ACTIVE, { org_id: id(webhook.orgId), id: id(webhook.id) }) !== undefined &&
          leases.extend(webhook.id, lease, now() + leaseMs),
      ),

    async settle(claimed, settlement, keepLease) {
      const { webhook, lease } = claimed
      const after = await db.together(() => settlements.settleHead(claimed, settlement, keepLease))
      if (after.kind !== 'next') leases.release(webhook.id, lease)
      return after
    },

    async release({ webhook, lease }) {
      leases.release(webhook.id, lease)
    },

    claimLoose: ({ node, limit, leaseMs }) =>
      db.transaction(() =>
        db.all<DeliveryRow>(DUE_LOOSE, { now: now(), limit }).flatMap((row) => {
          const found = db.get<WebhookRow>(WEBHOOK, { org_id: row.org_id, id: row.webhook_id })
          if (found === undefined) return []
          const webhook = read(found)
          const until = now() + leaseMs
          const delivery = readDelivery({ ...row, next_attempt: until })
          const key = { org_id: row.org_id, id: row.id }
          if (!mayBeSent(delivery.kind, webhook)) {
            db.run(FAIL_LOOSE, key)
            return []
          }
          db.run(HIDE_LOOSE, { ...key, until })
          return [{ webhook, delivery, lease: { node, token: until } }]
        }),
      ),

    settleLoose: (claimed, settlement) => db.transaction(() => settlements.settleLoose(claimed, settlement)),

    nextDue: () => db.read(nextDue),
  }

  function dueRows({ lane, yielding = [], limit }: QueueClaim): readonly WebhookRow[] {
    const due: WebhookKey[] = []
    const after: WebhookKey[] = []
    const late = yielding.map(id)
    const retrying = lane === undefined ? null : bit(lane === 'retrying')
    for (const row of db.each<WebhookKey>(DUE, { now: now(), retrying })) {
      if (due.length >= limit) break
      const isLate = late.some((org) => Buffer.compare(org, row.org_id) === 0)
      if (isLate && after.length >= limit) continue
      if (leases.leasedUntil(readId('wh', row.id), now()) !== null) continue
      ;(isLate ? after : due).push(row)
    }
    return [...due, ...after]
      .slice(0, Math.max(limit, 0))
      .flatMap(({ org_id, id: webhookId }) => db.get<WebhookRow>(WEBHOOK, { org_id, id: webhookId }) ?? [])
  }

  function claim(row: WebhookRow, delivery: Delivery, { node, leaseMs }: QueueClaim): ClaimedDelivery {
    const webhook = read(row)
    return { webhook, delivery, lease: leases.take(webhook.id, node, now() + leaseMs) }
  }

  function read(row: WebhookRow): Webhook {
    const groups = db.all<{ group_id: Bytes }>(GROUPS, { org_id: row.org_id, webhook_id: row.id })
    const count = db.get<{ pending: number }>(PENDING, { webhook_id: row.id })
    return readWebhook(row, { groups: groups.map((link) => link.group_id), pending: count?.pending ?? 0 }, keyRing)
  }

  function nextDue(): number | null {
    let earliest: number | null = db.get<{ due: number | null }>(NEXT_LOOSE)?.due ?? null
    for (const row of db.each<{ id: Bytes; next_at: number }>(FROM_NOW_ON)) {
      const until = leases.leasedUntil(readId('wh', row.id), now())
      const due = Math.max(row.next_at, until ?? row.next_at)
      earliest = Math.min(earliest ?? due, due)
      if (until === null || row.next_at > earliest) break
    }
    return earliest
  }
}
