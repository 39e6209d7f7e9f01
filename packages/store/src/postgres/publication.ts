/** What a recording batch has to tell, written on PostgreSQL: events, deliveries, and the queues they join. */
import type { CheckResult } from '@dnsradar/core'
import { publish, readTail, type Publication, type QueueTail, type RecordedChange, type TailRow } from '../publish.ts'
import type { QueryContext } from '../queries/context.ts'
import { insertRows } from '../queries/insert.ts'
import { id, readId } from '../rows/columns.ts'
import type { Bytes, WebhookGroupRow } from '../tables.ts'
import { uuidText, type Statements } from './database.ts'

const GROUPS_OF = `
  select m.id, m.group_id, m.external_id, g.slug
    from unnest($1::uuid[], $2::uuid[]) as r (org_id, id)
    join monitors m on m.org_id = r.org_id and m.id = r.id
    join groups g on g.org_id = m.org_id and g.id = m.group_id`

/**
 * Every active webhook that covers one of the groups in which something changed, locked in the order of ids. The lock is
 * what makes a queue's numbers follow the order of commits: whoever comes second reads the number the first one left.
 */
const LOCK_TAILS = `
  select w.id, w.org_id, w.all_groups, w.filters, w.next_seq
    from webhooks w
   where w.is_active
     and w.org_id = any ($1::uuid[])
     and (w.all_groups
          or exists (select 1 from webhook_groups g
                      where g.org_id = w.org_id and g.webhook_id = w.id and g.group_id = any ($2::uuid[])))
   order by w.id
     for no key update of w`

const GROUPS_OF_TAILS = `select org_id, webhook_id, group_id from webhook_groups where webhook_id = any ($1::uuid[]) and org_id = any ($2::uuid[])`

const GROW_QUEUES = `
  update webhooks w
     set next_seq = r.next_seq, next_at = coalesce(w.next_at, $4)
    from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as r (org_id, id, next_seq)
   where w.org_id = r.org_id and w.id = r.id`

/** Within the recording transaction: events of these results, and a delivery for every webhook that wants one. */
export async function writePublication(
  { mint, engine, now }: QueryContext,
  trx: Statements,
  recorded: readonly CheckResult[],
): Promise<Publication['events']> {
  const changed = recorded.filter(({ change }) => change !== null)
  if (changed.length === 0) return new Map()
  const changes = await recordedChanges(trx, changed)
  const published = publish(changes, await lockTails(trx, changes), mint)
  await insertRows(trx.run, engine, 'events', published.eventRows)
  await insertRows(trx.run, engine, 'deliveries', published.deliveryRows)
  await growQueues(trx, published, now())
  return published.events
}

async function growQueues(trx: Statements, { queues }: Publication, now: number): Promise<void> {
  if (queues.length === 0) return
  const orgs = queues.map(({ orgId }) => uuidText(orgId))
  const webhooks = queues.map(({ webhookId }) => uuidText(webhookId))
  await trx.run(GROW_QUEUES, [orgs, webhooks, queues.map(({ nextSeq }) => nextSeq), now])
}

/** The group is the monitor's of this moment: it may have moved since the claim. */
async function recordedChanges(trx: Statements, changed: readonly CheckResult[]): Promise<RecordedChange[]> {
  const rows = await trx.all<{ id: Bytes; group_id: Bytes; external_id: string | null; slug: string }>(
    GROUPS_OF,
    keysOf(changed),
  )
  const byMonitor = new Map(rows.map((row) => [readId('mon', row.id), row]))
  return changed.map((result) => {
    const row = byMonitor.get(result.check.monitor.id)
    if (row === undefined || result.change === null) throw new Error('a recorded monitor has no group')
    const group = { groupId: readId('grp', row.group_id), groupSlug: row.slug, externalId: row.external_id }
    return { result, change: result.change, ...group }
  })
}

async function lockTails(trx: Statements, changes: readonly RecordedChange[]): Promise<QueueTail[]> {
  const orgs = [...new Set(changes.map(({ result }) => result.check.monitor.orgId))].map((org) => uuidText(id(org)))
  const groups = [...new Set(changes.map(({ groupId }) => groupId))].map((group) => uuidText(id(group)))
  const rows = await trx.all<TailRow>(LOCK_TAILS, [orgs, groups])
  const links = await trx.all<WebhookGroupRow>(GROUPS_OF_TAILS, [rows.map((row) => uuidText(row.id)), orgs])
  const groupsOf = Map.groupBy(links, (link) => readId('wh', link.webhook_id))
  return rows.map((row) =>
    readTail(
      row,
      (groupsOf.get(readId('wh', row.id)) ?? []).map((link) => readId('grp', link.group_id)),
    ),
  )
}

/** Organizations and monitors, as arrays. */
export function keysOf(results: readonly CheckResult[]): unknown[] {
  return [
    results.map(({ check }) => uuidText(id(check.monitor.orgId))),
    results.map(({ check }) => uuidText(id(check.monitor.id))),
  ]
}
