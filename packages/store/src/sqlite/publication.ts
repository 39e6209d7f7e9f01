/** What has to be told, written on SQLite within the caller's transaction: events, deliveries, and the queues they join. */
import { domainHappening, isRestored, type CheckResult, type GroupId, type Happening } from '@dnsradar/core'
import { domainNews, turnedDomains, turnedResults, type EntriMemberRow } from '../entri.ts'
import { endingDomains, readMember, walkBack, type EndingDomain, type MemberRow } from '../domains.ts'
import {
  audienceOf,
  publish,
  readTail,
  TAIL_COLUMNS,
  type Audience,
  type Publication,
  type QueueTail,
  type RecordedChange,
  type TailRow,
} from '../publish.ts'
import type { QueryContext } from '../queries/context.ts'
import { firstIdOf } from '../queries/page.ts'
import { id, readId } from '../rows/columns.ts'
import { readWhole } from '../rows/monitors.ts'
import type { MonitorRow } from '../tables.ts'
import type { SqliteDatabase } from './database.ts'

const WITH_GROUP = `
  select m.*, g.slug
    from monitors m
    join groups g on g.org_id = m.org_id and g.id = m.group_id
   where m.org_id = :org_id and m.id = :monitor_id`

/** Index: monitors_registrable. */
const MEMBERS = `
  select m.id, m.group_id, c.state
    from monitors m
    join checks c on c.org_id = m.org_id and c.phase = m.phase and c.monitor_id = m.id
   where m.org_id = :org_id and m.registrable = :domain and m.is_active = 1
   order by m.id`

/** The first beginning of incidents of the domain's monitors that ended since. Index: events_monitor. */
const BEGAN = `
  select min((select b.occurred
                from events b
               where b.org_id = r.org_id and b.monitor_id = r.monitor_id and b.kind = 'record.broken' and b.id < r.id
               order by b.id desc limit 1)) as began
    from events r
   where r.org_id = :org_id and r.kind = 'record.restored' and r.id >= :since
     and r.monitor_id in (select id from monitors where org_id = :org_id and registrable = :domain and is_active = 1)`

const ENTRI_GROUP_OF = `
  select m.group_id
    from monitors m
    join entri_domains d on d.org_id = m.org_id and d.group_id = m.group_id
   where m.org_id = :org_id and m.id = :monitor_id`

/** Index: entri_records_domain. */
const ENTRI_MEMBERS = `
  select m.id, m.owner_subdomain, c.state, r.type, r.host, r.value, d.domain, d.user_id
    from entri_domains d
    join entri_records r on r.org_id = d.org_id and r.group_id = d.group_id
    join monitors m on m.org_id = r.org_id and m.id = r.monitor_id and m.is_active = 1
    join checks c on c.org_id = m.org_id and c.phase = m.phase and c.monitor_id = m.id
   where d.org_id = :org_id and d.group_id = :group_id
   order by m.id`

const TAILS = `select ${TAIL_COLUMNS.join(', ')} from webhooks where org_id = :org_id and is_active = 1 order by id`

const TAILS_OF_GROUP = `
  select ${TAIL_COLUMNS.join(', ')}
    from webhooks
   where org_id = :org_id and is_active = 1
     and (all_groups = 1
          or id in (select webhook_id from webhook_groups where org_id = :org_id and group_id = :group_id))
   order by id`

const GROW_QUEUE = `
  update webhooks
     set next_seq = :next_seq, next_at = coalesce(next_at, :now)
   where org_id = :org_id and id = :webhook_id`

/** Within the recording transaction, once the results are written: their events, and the domains they restore. */
export function writePublication(
  context: QueryContext,
  db: SqliteDatabase,
  recorded: readonly CheckResult[],
): Publication['events'] {
  const changes = recorded.flatMap((result) => recordedChange(db, result))
  const happenings = [...restoredDomains(db, recorded, context.now()), ...entriHappenings(db, recorded)]
  return write(context, db, changes, happenings).events
}

export function writeHappenings(context: QueryContext, db: SqliteDatabase, happenings: readonly Happening[]): void {
  write(context, db, [], happenings)
}

function write(
  context: QueryContext,
  db: SqliteDatabase,
  changes: readonly RecordedChange[],
  happenings: readonly Happening[],
): Publication {
  const tails = tailsOf(context, db, audienceOf(changes, happenings))
  const published = publish(context, changes, happenings, tails)
  for (const row of published.eventRows) db.insert('events', row)
  for (const row of published.systemEventRows) db.insert('system_events', row)
  for (const row of published.deliveryRows) db.insert('deliveries', row)
  const now = context.now()
  for (const { orgId, webhookId, nextSeq } of published.queues) {
    db.run(GROW_QUEUE, { org_id: orgId, webhook_id: webhookId, next_seq: nextSeq, now })
  }
  return published
}

/** The group is the monitor's of this moment: it may have moved since the claim. */
function recordedChange(db: SqliteDatabase, result: CheckResult): RecordedChange[] {
  if (result.change === null) return []
  const { monitor } = result.check
  const key = { org_id: id(monitor.orgId), monitor_id: id(monitor.id) }
  const row = db.get<MonitorRow & { slug: string }>(WITH_GROUP, key)
  if (row === undefined) throw new Error('a recorded monitor has no group')
  return [{ result, change: result.change, monitor: readWhole(row), groupSlug: row.slug }]
}

function restoredDomains(db: SqliteDatabase, recorded: readonly CheckResult[], now: number): Happening[] {
  return endingDomains(recorded, now).flatMap((ending) => {
    const key = { org_id: id(ending.orgId), domain: ending.domain }
    const members = db.all<MemberRow>(MEMBERS, key).map(readMember)
    return isRestored(members) ? [domainHappening({ ...ending, members, brokenSince: began(db, ending), now })] : []
  })
}

function entriHappenings(db: SqliteDatabase, recorded: readonly CheckResult[]): Happening[] {
  const turned = turnedResults(recorded)
  const groups = turned.flatMap(({ check: { monitor } }) => {
    const key = { org_id: id(monitor.orgId), monitor_id: id(monitor.id) }
    const row = db.get<{ group_id: Uint8Array }>(ENTRI_GROUP_OF, key)
    return row === undefined ? [] : [[monitor.id, readId('grp', row.group_id)] as const]
  })
  return turnedDomains(turned, new Map(groups)).flatMap((domain) =>
    domainNews(
      domain,
      db.all<EntriMemberRow>(ENTRI_MEMBERS, { org_id: id(domain.orgId), group_id: id(domain.groupId) }),
    ),
  )
}

function began(db: SqliteDatabase, { orgId, domain, brokenSince }: EndingDomain): number {
  const walk = walkBack(brokenSince)
  let step = walk.next()
  while (!step.done) {
    const params = { org_id: id(orgId), domain, since: firstIdOf(step.value) }
    step = walk.next(db.get<{ began: number | null }>(BEGAN, params)?.began ?? null)
  }
  return step.value
}

/** Every active webhook that covers one of the groups, or all of them. */
function tailsOf(
  { keyRing }: Pick<QueryContext, 'keyRing'>,
  db: SqliteDatabase,
  { orgs, groups, everyone }: Audience,
): QueueTail[] {
  const found = new Map<string, { row: TailRow; groups: GroupId[] }>()
  const note = (row: TailRow, group: GroupId | null): void => {
    const webhookId = readId('wh', row.id)
    const known = found.get(webhookId)?.groups ?? []
    found.set(webhookId, { row, groups: group === null ? known : [...known, group] })
  }
  for (const org of orgs) {
    const org_id = id(org)
    for (const group of groups) {
      for (const row of db.all<TailRow>(TAILS_OF_GROUP, { org_id, group_id: id(group) })) note(row, group)
    }
    if (everyone) for (const row of db.all<TailRow>(TAILS, { org_id })) note(row, null)
  }
  return [...found.values()].map(({ row, groups }) => readTail(row, groups, keyRing))
}
