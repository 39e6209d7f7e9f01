/** Monitors with their status: how they are selected, filtered and counted. */
import {
  type GroupId,
  MONITOR_STATES,
  type MonitorCounts,
  type MonitorFilter,
  type MonitorState,
  type OrganizationId,
  type Page,
  type PageRequest,
  type WatchedMonitor,
} from '@dnsradar/core'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { id, text } from '../rows/columns.ts'
import { type ListedRow, MONITOR_COLUMNS, readListed, STATUS_COLUMNS } from '../rows/monitors.ts'
import type { Tables } from '../tables.ts'
import type { EngineTraits, QueryContext } from './context.ts'
import { groupsNamed } from './group-names.ts'
import { mapPage, pageOf, writtenList } from './page.ts'

export function watched(db: Kysely<Tables>, orgId: OrganizationId) {
  return db
    .selectFrom('monitors as m')
    .innerJoin('checks as c', (join) =>
      join.onRef('c.org_id', '=', 'm.org_id').onRef('c.phase', '=', 'm.phase').onRef('c.monitor_id', '=', 'm.id'),
    )
    .select(MONITOR_COLUMNS.map((column) => `m.${column}` as const))
    .select(STATUS_COLUMNS.map((column) => `c.${column}` as const))
    .select(['m.id', 'm.org_id', 'm.group_id'])
    .where('m.org_id', '=', id(orgId))
}

const COLUMNS = sql.raw(
  [...MONITOR_COLUMNS.map((column) => `m."${column}"`), ...STATUS_COLUMNS.map((column) => `c."${column}"`)].join(', '),
)

function listed({ hex }: EngineTraits, joins: readonly RawBuilder<unknown>[]): RawBuilder<ListedRow> {
  return sql`
    select ${COLUMNS}, ${hex('m.id')} as id, ${hex('m.group_id')} as group_id
      from monitors m ${sql.join(joins, sql` `)}`
}

type Column = (name: string) => RawBuilder<unknown>

interface Condition {
  readonly where: (column: Column) => RawBuilder<boolean>
  /** The column in whose order the rows come when this condition leads: it ends the condition's index. */
  readonly order: string
  /** What `monitor_labels` is called in this condition, when it is about one. */
  readonly label?: LabelAlias
}

type LabelAlias = `l${number}`

export async function listWatched(
  context: Pick<QueryContext, 'db' | 'engine'>,
  orgId: OrganizationId,
  filter: MonitorFilter,
  page: PageRequest,
): Promise<Page<WatchedMonitor>> {
  const { db, engine } = context
  const labels = await rarestFirst(db, orgId, Object.entries(filter.metadata ?? {}))
  const conditions = conditionsOf(db, orgId, filter, labels)
  const [lead] = conditions
  const joins = [engine.joinChecks(lead?.order === BY_STATE ? 'checks' : 'monitors')]
  const wheres: RawBuilder<unknown>[] = [sql`m.org_id = ${id(orgId)}`]
  for (const [at, { where, label }] of conditions.entries()) {
    const holds = where(at === 0 ? sql.ref : engine.passedOver)
    // Joined, not looked up: the rows of a label come in the order of the list, so a page of many ends early.
    if (label === undefined) wheres.push(holds)
    else joins.push(sql`join monitor_labels ${sql.raw(label)} on ${holds}`)
  }
  const list = writtenList(db, listed(engine, joins), wheres, lead?.order ?? 'm.id')
  return mapPage(await pageOf(list, page), (row) => readListed(orgId, row))
}

/**
 * The one that usually leaves the fewest rows comes first and leads. Each that can lead has an index that ends in the
 * monitor's id; a planner without statistics is kept from the indexes of the others.
 */
function conditionsOf(
  db: Kysely<Tables>,
  orgId: OrganizationId,
  filter: MonitorFilter,
  labels: readonly Label[],
): Condition[] {
  const { externalId, ownerName, domain, registrable, state, group, isActive, match, type, subdomain } = filter
  return [
    ...when(externalId, (given) => is('m.external_id', text(given))),
    ...when(ownerName, (given) => is('m.owner_name', text(given))),
    ...when(domain, (given) => on((column) => sql`lower(${column('m.owner_domain')}) = lower(${text(given)})`)),
    ...labels.map((label, at) => hasLabel(orgId, `l${at}`, label)),
    ...when(registrable, (given) => is('m.registrable', text(given))),
    ...when(state, (given) => inState(orgId, given)),
    ...when(group, (given) => is('m.group_id', groupsNamed(db, orgId, given))),
    // The literals below and in `inState` are the indexes' own conditions: with a parameter nobody could prove them.
    ...when(isActive, (given) => on((column) => sql`${column('m.is_active')} = ${sql.lit(given)}`)),
    ...when(match, (given) =>
      given === 'exact'
        ? is('m.match', given)
        : on((column) => sql`${column('m.match')} = ${given} and ${column('m.match')} <> 'exact'`),
    ),
    ...when(type, (given) => is('m.record_type', given)),
    ...when(subdomain ?? undefined, (given) => on(() => sql`lower(m.owner_subdomain) = lower(${text(given)})`)),
    ...(subdomain === null ? [on(() => sql`m.owner_subdomain is null`)] : []),
    ...when(filter.text, (given) => contains(text(given))),
  ]
}

function when<T>(given: T | undefined, condition: (given: T) => Condition): Condition[] {
  return given === undefined ? [] : [condition(given)]
}

function on(where: Condition['where'], order = 'm.id'): Condition {
  return { where, order }
}

function is(name: string, value: unknown): Condition {
  return on((column) => sql`${column(name)} = ${value}`)
}

function inState(orgId: OrganizationId, state: MonitorState): Condition {
  if (state === 'VALID') return is('c.state', state)
  return on(
    (column) => sql`c.org_id = ${id(orgId)} and ${column('c.state')} = ${state} and ${column('c.state')} <> 'VALID'`,
    BY_STATE,
  )
}

/** The order of the index on the states of `checks`. */
const BY_STATE = 'c.monitor_id'

type Label = readonly [key: string, value: string]

/** Beyond so many rows two labels are alike in being no good to begin with. */
const COUNTED_LABELS = 1000

/** Of several labels the one that the fewest monitors have leads. */
async function rarestFirst(
  db: Kysely<Tables>,
  orgId: OrganizationId,
  labels: readonly Label[],
): Promise<readonly Label[]> {
  if (labels.length < 2) return labels
  const counts = labels.map(
    ([key, value], at) => sql`
      select ${sql.lit(at)} as at, (select count(*) from (
        select 1 from monitor_labels
         where org_id = ${id(orgId)} and key = ${text(key)} and value = ${text(value)}
         limit ${sql.lit(COUNTED_LABELS)}) as counted) as count`,
  )
  // One statement: within a transaction there is one connection, which takes one at a time.
  const { rows } = await sql<{ at: number; count: number }>`${sql.join(counts, sql` union all `)}`.execute(db)
  return rows.toSorted((a, b) => a.count - b.count || a.at - b.at).map(({ at }) => labels[at] as Label)
}

function hasLabel(orgId: OrganizationId, label: LabelAlias, [key, value]: Label): Condition {
  const member = (name: string) => sql.ref(`${label}.${name}`)
  const where = () => sql<boolean>`
    ${member('org_id')} = ${id(orgId)} and ${member('key')} = ${text(key)} and ${member('value')} = ${text(value)}
    and ${member('monitor_id')} = m.id`
  return { where, order: `${label}.monitor_id`, label }
}

const SEARCHED = ['m.owner_name', 'm.owner_domain', 'm.owner_subdomain', 'm.external_id']

function contains(part: string): Condition {
  const pattern = `%${part.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  const places = SEARCHED.map((name) => sql`lower(${sql.ref(name)}) like lower(${pattern}) escape '\\'`)
  return on(() => sql`(${sql.join(places, sql` or `)})`)
}

/**
 * One statement, so that all counts are of one moment. Answered from indexes: VALID is what is left of the total, and
 * of the other states and the inactive there are few.
 */
export async function countWatched(
  { db, engine }: Pick<QueryContext, 'db' | 'engine'>,
  orgId: OrganizationId,
  groupId: GroupId | null,
): Promise<MonitorCounts> {
  const org = id(orgId)
  const inGroup = (column: Column) => (groupId === null ? sql`` : sql`and ${column('m.group_id')} = ${id(groupId)}`)
  const ofGroup =
    groupId === null
      ? sql``
      : sql`join monitors m on m.org_id = c.org_id and m.id = c.monitor_id ${inGroup(engine.passedOver)}`
  const { rows } = await sql<{ name: string; count: number }>`
    select 'total' as name, count(*) as count from monitors m where m.org_id = ${org} ${inGroup(sql.ref)}
    union all
    select 'inactive', count(*) from monitors m
     where m.org_id = ${org} and m.is_active = false ${inGroup(engine.passedOver)}
    union all
    select c.state, count(*) from checks c ${ofGroup}
     where c.org_id = ${org} and c.state <> 'VALID'
     group by c.state`.execute(db)
  const counts = new Map(rows.map(({ name, count }) => [name, count]))
  const total = counts.get('total') ?? 0
  const others = rows.reduce((sum, { name, count }) => (isState(name) ? sum + count : sum), 0)
  const states = MONITOR_STATES.map((state) => [state, state === 'VALID' ? total - others : (counts.get(state) ?? 0)])
  return {
    total,
    inactive: counts.get('inactive') ?? 0,
    states: Object.fromEntries(states) as MonitorCounts['states'],
  }
}

function isState(name: string): boolean {
  return (MONITOR_STATES as readonly string[]).includes(name)
}
