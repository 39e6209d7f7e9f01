/**
 * What has to be told, written on PostgreSQL within the caller's transaction: events, deliveries, and the queues they
 * join.
 */
import { domainHappening, isRestored, type CheckResult, type Happening, type Webhook } from '@dnsradar/core'
import {
  contestedDomains,
  domainKey,
  endingDomains,
  readMember,
  walkBack,
  type EndingDomain,
  type MemberRow,
} from '../domains.ts'
import { domainNews, turnedDomains, turnedResults, turnKey, type EntriMemberRow, type TurnedDomain } from '../entri.ts'
import {
  audienceOf,
  publish,
  readTails,
  TAIL_COLUMNS,
  type Audience,
  type Publication,
  type QueueTail,
  type RecordedChange,
  type TailRow,
} from '../publish.ts'
import type { QueryContext } from '../queries/context.ts'
import { insertRows } from '../queries/insert.ts'
import { firstIdOf } from '../queries/page.ts'
import { id, readId } from '../rows/columns.ts'
import { readWhole } from '../rows/monitors.ts'
import type { Bytes, MonitorRow, WebhookGroupRow } from '../tables.ts'
import { uuidText, type Statements } from './database.ts'

const WITH_GROUPS = `
  select m.*, g.slug
    from unnest($1::uuid[], $2::uuid[]) as r (org_id, id)
    join monitors m on m.org_id = r.org_id and m.id = r.id
    join groups g on g.org_id = m.org_id and g.id = m.group_id`

/**
 * Nodes that record changes of one domain take turns from here on, so that the last of them sees what all have written.
 * In the order of the locks' own keys: two batches with domains in common cannot block each other for good.
 */
const TAKE_TURNS = `
  select pg_advisory_xact_lock(turn.key)
    from (select distinct hashtextextended(domain, 0) as key from unnest($1::text[]) as domain order by key) as turn`

/** Index: monitors_registrable. */
const MEMBERS = `
  select m.id, m.org_id, m.registrable, m.group_id, c.state
    from unnest($1::uuid[], $2::text[]) as r (org_id, domain)
    join monitors m on m.org_id = r.org_id and m.registrable = r.domain and m.is_active
    join checks c on c.org_id = m.org_id and c.phase = m.phase and c.monitor_id = m.id
   order by m.id`

/** The first beginning of incidents of the domain's monitors that ended since. Index: events_monitor. */
const BEGAN = `
  select min((select b.occurred
                from events b
               where b.org_id = r.org_id and b.monitor_id = r.monitor_id and b.kind = 'record.broken' and b.id < r.id
               order by b.id desc limit 1)) as began
    from events r
   where r.org_id = $1 and r.kind = 'record.restored' and r.id >= $3
     and r.monitor_id in (select id from monitors where org_id = $1 and registrable = $2 and is_active)`

const ENTRI_GROUPS_OF = `
  select m.id, m.group_id
    from unnest($1::uuid[], $2::uuid[]) as r (org_id, id)
    join monitors m on m.org_id = r.org_id and m.id = r.id
    join entri_domains d on d.org_id = m.org_id and d.group_id = m.group_id`

/** Index: entri_records_domain. */
const ENTRI_MEMBERS = `
  select m.id, m.owner_subdomain, c.state, r.type, r.host, r.value, d.domain, d.user_id, d.group_id
    from unnest($1::uuid[], $2::uuid[]) as g (org_id, id)
    join entri_domains d on d.org_id = g.org_id and d.group_id = g.id
    join entri_records r on r.org_id = d.org_id and r.group_id = d.group_id
    join monitors m on m.org_id = r.org_id and m.id = r.monitor_id and m.is_active
    join checks c on c.org_id = m.org_id and c.phase = m.phase and c.monitor_id = m.id
   order by m.id`

/**
 * Every active webhook that covers one of the groups in which something happened, or all of them ($3), locked in the
 * order of ids. The lock is what makes a queue's numbers follow the order of commits: whoever comes second reads the
 * number the first one left.
 */
const LOCK_TAILS = `
  select ${TAIL_COLUMNS.map((column) => `w.${column}`).join(', ')}
    from webhooks w
   where w.is_active
     and w.org_id = any ($1::uuid[])
     and ($3
          or w.all_groups
          or exists (select 1 from webhook_groups g
                      where g.org_id = w.org_id and g.webhook_id = w.id and g.group_id = any ($2::uuid[])))
   order by w.id
     for no key update of w`

/** All that may have to be told of a webhook, and the webhook itself, in the one order in which webhooks are locked. */
const LOCK_AUDIENCE = `
  select id from webhooks where org_id = $1 and (is_active or id = $2) order by id for no key update`

/** Of the groups in which something happened: the hook of an Entri application may cover thousands. */
const GROUPS_OF_TAILS = `
  select org_id, webhook_id, group_id
    from webhook_groups
   where webhook_id = any ($1::uuid[]) and org_id = any ($2::uuid[]) and group_id = any ($3::uuid[])`

const GROW_QUEUES = `
  update webhooks w
     set next_seq = r.next_seq, next_at = coalesce(w.next_at, $4)
    from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as r (org_id, id, next_seq)
   where w.org_id = r.org_id and w.id = r.id`

/** Within the recording transaction, once the results are written: their events, and the domains they restore. */
export async function writePublication(
  context: QueryContext,
  trx: Statements,
  recorded: readonly CheckResult[],
): Promise<Publication['events']> {
  const entri = await turnedEntriDomains(trx, recorded)
  const contested = [...contestedDomains(recorded), ...entri.map(turnKey)]
  if (contested.length > 0) await trx.all(TAKE_TURNS, [contested])
  const changed = recorded.filter(({ change }) => change !== null)
  if (changed.length === 0 && entri.length === 0) return new Map()
  const happenings = [...(await restoredDomains(trx, changed, context.now())), ...(await entriHappenings(trx, entri))]
  return (await write(context, trx, await recordedChanges(trx, changed), happenings)).events
}

export async function writeHappenings(
  context: QueryContext,
  trx: Statements,
  happenings: readonly Happening[],
): Promise<void> {
  await write(context, trx, [], happenings)
}

/** Before a webhook is locked by itself, when others may have to be told of what happens to it. */
export async function lockAudience(trx: Statements, { orgId, id: webhookId }: Webhook): Promise<void> {
  await trx.all(LOCK_AUDIENCE, [id(orgId), id(webhookId)])
}

async function write(
  context: QueryContext,
  trx: Statements,
  changes: readonly RecordedChange[],
  happenings: readonly Happening[],
): Promise<Publication> {
  const tails = await lockTails(context, trx, audienceOf(changes, happenings))
  const published = publish(context, changes, happenings, tails)
  await insertRows(trx.run, context.engine, 'events', published.eventRows)
  await insertRows(trx.run, context.engine, 'system_events', published.systemEventRows)
  await insertRows(trx.run, context.engine, 'deliveries', published.deliveryRows)
  await growQueues(trx, published, context.now())
  return published
}

async function restoredDomains(
  trx: Statements,
  changed: readonly CheckResult[],
  now: number,
): Promise<readonly Happening[]> {
  const ending = endingDomains(changed, now)
  if (ending.length === 0) return []
  const rows = await trx.all<MemberRow & { org_id: Bytes; registrable: string }>(MEMBERS, [
    ending.map(({ orgId }) => uuidText(id(orgId))),
    ending.map(({ domain }) => domain),
  ])
  const members = Map.groupBy(rows, (row) => domainKey(readId('org', row.org_id), row.registrable))
  const happenings: Happening[] = []
  for (const one of ending) {
    const ofDomain = (members.get(domainKey(one.orgId, one.domain)) ?? []).map(readMember)
    if (!isRestored(ofDomain)) continue
    happenings.push(domainHappening({ ...one, members: ofDomain, brokenSince: await began(trx, one), now }))
  }
  return happenings
}

async function turnedEntriDomains(trx: Statements, recorded: readonly CheckResult[]): Promise<readonly TurnedDomain[]> {
  const turned = turnedResults(recorded)
  if (turned.length === 0) return []
  const rows = await trx.all<{ id: Bytes; group_id: Bytes }>(ENTRI_GROUPS_OF, keysOf(turned))
  const groups = rows.map((row) => [readId('mon', row.id), readId('grp', row.group_id)] as const)
  return turnedDomains(turned, new Map(groups))
}

async function entriHappenings(trx: Statements, turned: readonly TurnedDomain[]): Promise<readonly Happening[]> {
  if (turned.length === 0) return []
  const rows = await trx.all<EntriMemberRow & { group_id: Bytes }>(ENTRI_MEMBERS, [
    turned.map(({ orgId }) => uuidText(id(orgId))),
    turned.map(({ groupId }) => uuidText(id(groupId))),
  ])
  const members = Map.groupBy(rows, (row) => readId('grp', row.group_id))
  return turned.flatMap((domain) => domainNews(domain, members.get(domain.groupId) ?? []))
}

async function began(trx: Statements, { orgId, domain, brokenSince }: EndingDomain): Promise<number> {
  const walk = walkBack(brokenSince)
  let step = walk.next()
  while (!step.done) {
    const [row] = await trx.all<{ began: number | null }>(BEGAN, [id(orgId), domain, firstIdOf(step.value)])
    step = walk.next(row?.began ?? null)
  }
  return step.value
}

async function growQueues(trx: Statements, { queues }: Publication, now: number): Promise<void> {
  if (queues.length === 0) return
  const orgs = queues.map(({ orgId }) => uuidText(orgId))
  const webhooks = queues.map(({ webhookId }) => uuidText(webhookId))
  await trx.run(GROW_QUEUES, [orgs, webhooks, queues.map(({ nextSeq }) => nextSeq), now])
}

/** The group is the monitor's of this moment: it may have moved since the claim. */
async function recordedChanges(trx: Statements, changed: readonly CheckResult[]): Promise<RecordedChange[]> {
  const rows = await trx.all<MonitorRow & { slug: string }>(WITH_GROUPS, keysOf(changed))
  const byMonitor = new Map(rows.map((row) => [readId('mon', row.id), row]))
  return changed.map((result) => {
    const row = byMonitor.get(result.check.monitor.id)
    if (row === undefined || result.change === null) throw new Error('a recorded monitor has no group')
    return { result, change: result.change, monitor: readWhole(row), groupSlug: row.slug }
  })
}

async function lockTails(
  { keyRing }: Pick<QueryContext, 'keyRing'>,
  trx: Statements,
  audience: Audience,
): Promise<QueueTail[]> {
  const orgs = audience.orgs.map((org) => uuidText(id(org)))
  const groups = audience.groups.map((group) => uuidText(id(group)))
  const lock = () => trx.all<TailRow>(LOCK_TAILS, [orgs, groups, audience.everyone])
  let rows = await lock()
  // A statement sees what was there when it began: what was made or enabled while it waited for a row, the next one sees.
  for (let again = await lock(); again.length > rows.length; again = await lock()) rows = again
  const links = await trx.all<WebhookGroupRow>(GROUPS_OF_TAILS, [rows.map((row) => uuidText(row.id)), orgs, groups])
  return readTails(rows, links, keyRing)
}

/** Organizations and monitors, as arrays. */
export function keysOf(results: readonly CheckResult[]): unknown[] {
  return [
    results.map(({ check }) => uuidText(id(check.monitor.orgId))),
    results.map(({ check }) => uuidText(id(check.monitor.id))),
  ]
}
