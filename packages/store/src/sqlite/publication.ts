/** What a recording batch has to tell, written on SQLite: events, deliveries, and the queues they join. */
import type { CheckResult } from '@dnsradar/core'
import { publish, readTail, type Publication, type QueueTail, type RecordedChange, type TailRow } from '../publish.ts'
import type { QueryContext } from '../queries/context.ts'
import { id, readId } from '../rows/columns.ts'
import type { SqliteDatabase } from './database.ts'

const GROUP_OF = `
  select m.group_id, m.external_id, g.slug
    from monitors m
    join groups g on g.org_id = m.org_id and g.id = m.group_id
   where m.org_id = :org_id and m.id = :monitor_id`

const TAILS = `
  select id, org_id, all_groups, filters, next_seq
    from webhooks
   where org_id = :org_id and is_active = 1
     and (all_groups = 1
          or id in (select webhook_id from webhook_groups where org_id = :org_id and group_id = :group_id))
   order by id`

const GROW_QUEUE = `
  update webhooks
     set next_seq = :next_seq, next_at = coalesce(next_at, :now)
   where org_id = :org_id and id = :webhook_id`

/** Within the recording transaction: events of these results, and a delivery for every webhook that wants one. */
export function writePublication(
  { mint, now }: QueryContext,
  db: SqliteDatabase,
  recorded: readonly CheckResult[],
): Publication['events'] {
  const changes = recorded.flatMap((result) => recordedChange(db, result))
  const published = publish(changes, tailsOf(db, changes), mint)
  for (const row of published.eventRows) db.insert('events', row)
  for (const row of published.deliveryRows) db.insert('deliveries', row)
  for (const { orgId, webhookId, nextSeq } of published.queues) {
    db.run(GROW_QUEUE, { org_id: orgId, webhook_id: webhookId, next_seq: nextSeq, now: now() })
  }
  return published.events
}

/** The group is the monitor's of this moment: it may have moved since the claim. */
function recordedChange(db: SqliteDatabase, result: CheckResult): RecordedChange[] {
  if (result.change === null) return []
  const { monitor } = result.check
  const row = db.get<{ group_id: Uint8Array; external_id: string | null; slug: string }>(GROUP_OF, {
    org_id: id(monitor.orgId),
    monitor_id: id(monitor.id),
  })
  if (row === undefined) throw new Error('a recorded monitor has no group')
  const group = { groupId: readId('grp', row.group_id), groupSlug: row.slug, externalId: row.external_id }
  return [{ result, change: result.change, ...group }]
}

/** Every active webhook that covers one of the groups in which something changed. */
function tailsOf(db: SqliteDatabase, changes: readonly RecordedChange[]): QueueTail[] {
  const rows = new Map<string, { row: TailRow; groups: RecordedChange['groupId'][] }>()
  const places = new Map(changes.map((change) => [change.groupId, change.result.check.monitor.orgId]))
  for (const [groupId, orgId] of places) {
    for (const row of db.all<TailRow>(TAILS, { org_id: id(orgId), group_id: id(groupId) })) {
      const webhookId = readId('wh', row.id)
      const groups = rows.get(webhookId)?.groups ?? []
      rows.set(webhookId, { row, groups: [...groups, groupId] })
    }
  }
  return [...rows.values()].map(({ row, groups }) => readTail(row, groups))
}
