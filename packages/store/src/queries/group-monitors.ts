/** All monitors of a group changed at once: set by set, however many there are. */
import { type GroupId, type GroupMonitorsEdit, type OrganizationId, SLOT_MS, SLOT_SECONDS } from '@dnsradar/core'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { bit, id } from '../rows/columns.ts'
import { readWatched } from '../rows/monitors.ts'
import type { Bytes, Tables } from '../tables.ts'
import { atomic, type CheckKey, type QueryContext } from './context.ts'
import { activityOf, tellOf } from './monitor-news.ts'
import { watched } from './watched.ts'

interface GroupKey {
  readonly orgId: OrganizationId
  readonly org: Bytes
  readonly group: Bytes
}

export function updateGroupMonitors(
  context: QueryContext,
  orgId: OrganizationId,
  groupId: GroupId,
  edit: GroupMonitorsEdit,
): Promise<void> {
  const { isActive, intervalMinutes } = edit
  const key = { orgId, org: id(orgId), group: id(groupId) }
  const { engine } = context
  return atomic(context.db, async (trx) => {
    if (engine.locksRows) await lockChecks(trx, key)
    const toggled = isActive === undefined ? [] : await setActivity(context, trx, key, isActive)
    const paced = intervalMinutes === undefined ? [] : await setInterval(context, trx, key, intervalMinutes)
    // Whoever is looking would write the due time of the interval before.
    await engine.endCheckLeases(trx, [...toggled, ...paced])
    await writeMonitors(context, trx, key, edit)
    if (isActive !== undefined) await tellToggled(context, trx, orgId, toggled, isActive)
  })
}

/** The group first, so that two edits of it take turns; its checks in the order in which batches of results lock them. */
async function lockChecks(trx: Kysely<Tables>, { org, group }: GroupKey): Promise<void> {
  await sql`select id from groups where org_id = ${org} and id = ${group} for no key update`.execute(trx)
  await sql`
    select 1 from checks c
      join monitors m on m.org_id = c.org_id and m.phase = c.phase and m.id = c.monitor_id
     where m.org_id = ${org} and m.group_id = ${group}
     order by c.org_id, c.phase, c.monitor_id
       for update of c`.execute(trx)
}

function setActivity(
  { now }: QueryContext,
  trx: Kysely<Tables>,
  key: GroupKey,
  isActive: boolean,
): Promise<CheckKey[]> {
  const due = isActive ? sql`, next_check = ${sql.lit(now())}` : sql``
  return updateChecks(trx, key, sql`is_active = ${bit(isActive)} ${due}`, sql`checks.is_active <> ${bit(isActive)}`)
}

/** The grid of due times is core's `nextDue`, for all rows at once. A look that is due before stays due. */
function setInterval({ now }: QueryContext, trx: Kysely<Tables>, key: GroupKey, minutes: number): Promise<CheckKey[]> {
  const interval = sql.lit(minutes * 60_000)
  const offset = sql`((checks.phase * 1000 + checks.phase / ${sql.lit(SLOT_SECONDS)} * ${sql.lit(SLOT_MS)}) % ${interval})`
  const next = sql`((${sql.lit(now())} - ${offset}) / ${interval} * ${interval} + ${interval} + ${offset})`
  const earlier = sql`case when checks.next_check < ${next} then checks.next_check else ${next} end`
  const columns = sql`frequency = ${minutes}, next_check = ${earlier}`
  return updateChecks(trx, key, columns, sql`checks.frequency <> ${minutes}`)
}

/** The rows that were changed. */
async function updateChecks(
  trx: Kysely<Tables>,
  { org, group }: GroupKey,
  columns: RawBuilder<unknown>,
  differs: RawBuilder<unknown>,
): Promise<CheckKey[]> {
  const { rows } = await sql<{ phase: number; monitor_id: Bytes }>`
    update checks set ${columns}
      from monitors m
     where m.org_id = ${org} and m.group_id = ${group}
       and checks.org_id = m.org_id and checks.phase = m.phase and checks.monitor_id = m.id
       and ${differs}
    returning checks.phase, checks.monitor_id`.execute(trx)
  return rows.map((row) => ({ orgId: org, phase: row.phase, monitorId: row.monitor_id }))
}

async function writeMonitors(
  { now }: QueryContext,
  trx: Kysely<Tables>,
  { org, group }: GroupKey,
  { isActive, intervalMinutes }: GroupMonitorsEdit,
): Promise<void> {
  const columns = {
    ...(isActive !== undefined && { is_active: bit(isActive) }),
    ...(intervalMinutes !== undefined && { frequency: intervalMinutes }),
  }
  await trx
    .updateTable('monitors')
    .set({ ...columns, updated: now() })
    .where('org_id', '=', org)
    .where('group_id', '=', group)
    .where((or) =>
      or.or([
        ...(columns.is_active === undefined ? [] : [or('is_active', '<>', columns.is_active)]),
        ...(columns.frequency === undefined ? [] : [or('frequency', '<>', columns.frequency)]),
      ]),
    )
    .execute()
}

/** Of a large group not all monitors are held at once. */
const TOLD_AT_ONCE = 500

async function tellToggled(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  toggled: readonly CheckKey[],
  isActive: boolean,
): Promise<void> {
  const ids = toggled.map(({ monitorId }) => monitorId).toSorted((a, b) => Buffer.compare(a, b))
  for (let from = 0; from < ids.length; from += TOLD_AT_ONCE) {
    const chunk = ids.slice(from, from + TOLD_AT_ONCE)
    const rows = await watched(trx, orgId).where('m.id', 'in', chunk).orderBy('m.id').execute()
    await tellOf(context, trx, activityOf(isActive), rows.map(readWatched))
  }
}
