/** The delivery queues on PostgreSQL: a lease on the webhook's row, and one transaction for a settlement. */
import type { Queue, Webhook } from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { readWebhooks } from '../queries/webhook-rows.ts'
import { id, readId } from '../rows/columns.ts'
import { readDelivery } from '../rows/deliveries.ts'
import { mayBeSent } from '../settlement.ts'
import type { DeliveryRow } from '../tables.ts'
import { uuidText, type PostgresDatabase, type Statements } from './database.ts'
import { HEADS, leaseKey, postgresSettlements, RELEASE, type LeasedRow } from './settle.ts'

/** Index: webhooks_due. Rows that another process is just claiming are stepped over, not waited for. */
const CLAIM_DUE = `
  with due as (
    select org_id, id
      from webhooks
     where is_active and next_at is not null and next_at <= $2 and (lease_until is null or lease_until <= $2)
       and ($5::boolean is null or (retries > 0) = $5)
     order by org_id = any ($6::uuid[]), next_at
     limit $4
       for no key update skip locked)
  update webhooks w
     set lease_owner = $1, lease_until = $3, lease_token = w.lease_token + 1
    from due
   where w.org_id = due.org_id and w.id = due.id
  returning w.*`

/** A webhook whose only waiting delivery was delivered by a late attempt has nothing left to be due for. */
const NOTHING_DUE = `
  update webhooks set next_at = null, resume_at = null, lease_owner = null, lease_until = null where id = any ($1::uuid[])`

const RENEW = `
  update webhooks set lease_until = $5
   where org_id = $1 and id = $2 and lease_owner = $3 and lease_token = $4 and is_active`

/** Index: deliveries_loose. The moment until which a delivery is hidden is also the token of whoever has it. */
const CLAIM_LOOSE = `
  with due as (
    select org_id, id
      from deliveries
     where status in ('PENDING', 'RETRYING') and seq is null and next_attempt <= $1
     order by next_attempt
     limit $3
       for update skip locked)
  update deliveries d
     set next_attempt = $2
    from due
   where d.org_id = due.org_id and d.id = due.id
  returning d.*`

const FAIL_LOOSE = `
  update deliveries set status = 'FAILED', next_attempt = null
   where id = any ($1::uuid[]) and status in ('PENDING', 'RETRYING')`

/** The first webhook nobody is sending to, the end of a lease before it, or the first loose delivery. */
const NEXT_DUE = `
  select least(
    (select next_at from webhooks
      where is_active and next_at is not null and (next_at > $1 or lease_until is null or lease_until <= $1)
      order by next_at limit 1),
    (select min(lease_until) from webhooks
      where is_active and next_at is not null and next_at <= $1 and lease_until > $1),
    (select min(next_attempt) from deliveries
      where status in ('PENDING', 'RETRYING') and seq is null)) as due`

export function postgresQueue(context: QueryContext, db: PostgresDatabase): Queue {
  const { now } = context
  const settlements = postgresSettlements(context)

  return {
    async claimDue({ node, limit, leaseMs, lane, yielding = [] }) {
      const values = [
        id(node),
        now(),
        now() + leaseMs,
        Math.max(limit, 0),
        lane === undefined ? null : lane === 'retrying',
      ]
      const last = yielding.map((org) => uuidText(id(org)))
      const { rows, heads } = await db.transaction((trx) => claimHeads(trx, [...values, last]))
      const waiting = rows.filter((row) => heads.has(readId('wh', row.id)))
      const webhooks = await readWebhooks(context, db.kysely, waiting)
      return webhooks.flatMap((webhook, i) => {
        const delivery = heads.get(webhook.id)
        return delivery === undefined
          ? []
          : [{ webhook, delivery, lease: { node, token: waiting[i]?.lease_token ?? 0 } }]
      })
    },

    async renew(webhook, lease, leaseMs) {
      return (await db.run(RENEW, [...leaseKey({ webhook, lease }), now() + leaseMs])) > 0
    },

    settle: (claimed, settlement, keepLease) =>
      db.transaction((trx) => settlements.settleHead(trx, claimed, settlement, keepLease)),

    async release(claimed) {
      await db.run(RELEASE, leaseKey(claimed))
    },

    async claimLoose({ node, limit, leaseMs }) {
      const until = now() + leaseMs
      const rows = await db.all<DeliveryRow>(CLAIM_LOOSE, [now(), until, Math.max(limit, 0)])
      const webhooks = await webhooksOf(rows)
      const claims = rows.map(readDelivery).flatMap((delivery) => {
        const webhook = webhooks.get(delivery.webhookId)
        return webhook === undefined ? [] : [{ webhook, delivery, lease: { node, token: until } }]
      })
      const unwanted = claims.filter(({ webhook, delivery }) => !mayBeSent(delivery.kind, webhook))
      if (unwanted.length === 0) return claims
      await db.run(FAIL_LOOSE, [unwanted.map(({ delivery }) => uuidText(id(delivery.id)))])
      return claims.filter((claimed) => !unwanted.includes(claimed))
    },

    settleLoose: (claimed, settlement) => db.transaction((trx) => settlements.settleLoose(trx, claimed, settlement)),

    async nextDue() {
      const [row] = await db.all<{ due: number | null }>(NEXT_DUE, [now()])
      return row?.due ?? null
    },
  }

  async function webhooksOf(deliveries: readonly DeliveryRow[]): Promise<ReadonlyMap<string, Webhook>> {
    if (deliveries.length === 0) return new Map()
    const rows = await db.kysely
      .selectFrom('webhooks')
      .selectAll()
      .where(
        'id',
        'in',
        deliveries.map((row) => row.webhook_id),
      )
      .execute()
    return new Map((await readWebhooks(context, db.kysely, rows)).map((webhook) => [webhook.id, webhook]))
  }
}

/** Leases due webhooks, in the order due, and finds the head of each. */
async function claimHeads(trx: Statements, values: readonly unknown[]) {
  const rows = (await trx.all<LeasedRow>(CLAIM_DUE, values)).toSorted((a, b) => (a.next_at ?? 0) - (b.next_at ?? 0))
  const ids = rows.map((row) => uuidText(row.id))
  const deliveries = ids.length === 0 ? [] : await trx.all<DeliveryRow>(HEADS, [ids])
  const heads = new Map(deliveries.map(readDelivery).map((delivery) => [delivery.webhookId, delivery]))
  const empty = rows.filter((row) => !heads.has(readId('wh', row.id))).map((row) => uuidText(row.id))
  if (empty.length > 0) await trx.run(NOTHING_DUE, [empty])
  return { rows, heads }
}
