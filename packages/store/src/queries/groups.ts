/** Groups: their lists, and making those that a new monitor or webhook names for the first time. */
import {
  parseId,
  RadarError,
  timeOf,
  type Group,
  type GroupId,
  type GroupName,
  type Groups,
  type MonitorState,
  type OrganizationId,
} from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import { newGroupRow, readGroup } from '../rows/accounts.ts'
import { bit, id, readId, text } from '../rows/columns.ts'
import type { Bytes, GroupRow, Tables } from '../tables.ts'
import { atomic, type QueryContext } from './context.ts'
import { fetchPage, mapPage } from './page.ts'

export function groupQueries(context: QueryContext): Groups {
  const { db, engine, mint } = context
  return {
    async create(orgId, group) {
      const groupId = mint('grp')
      const key = { id: id(groupId), orgId: id(orgId), slug: group.slug, isDefault: false, created: timeOf(groupId) }
      const row: GroupRow = {
        ...newGroupRow(key),
        name: text(group.name),
        kind: group.kind,
        is_public: bit(group.isPublic),
      }
      const made = await db
        .insertInto('groups')
        .values(row)
        .onConflict((conflict) => conflict.columns(['org_id', 'slug']).doNothing())
        .returning('id')
        .executeTakeFirst()
      if (made === undefined) throw slugTaken(group.slug)
      return readGroup({ ...row, monitors: 0, webhooks: 0 }, orgId)
    },

    async list(orgId, page) {
      return mapPage(await fetchPage(counted(db, orgId), 'g.id', page), (row) => readGroup(row, orgId))
    },

    slugs: (orgId, ids) => slugsOf(db, orgId, ids),

    async find(orgId, slugOrId): Promise<Group | null> {
      const { column, value } = naming(slugOrId)
      const row = await counted(db, orgId).where(`g.${column}`, '=', value).executeTakeFirst()
      return row === undefined ? null : readGroup(row, orgId)
    },

    async findPublic(slugOrId) {
      const { column, value } = naming(slugOrId)
      const row = await db
        .selectFrom('groups as g')
        .innerJoin('organizations as o', 'o.id', 'g.org_id')
        .select(['g.id', 'g.org_id', 'g.slug', 'g.name'])
        .where('g.is_public', '=', 1)
        .where(`g.${column}`, '=', value)
        // Slugs are of their organization.
        .$if(column === 'slug', (query) => query.where('o.is_default', '=', 1))
        .executeTakeFirst()
      if (row === undefined) return null
      return { id: readId('grp', row.id), orgId: readId('org', row.org_id), slug: row.slug, name: row.name }
    },

    async inactiveStates(orgId, groupId) {
      const rows = await db
        .selectFrom('monitors as m')
        .innerJoin('checks as c', (join) =>
          join.onRef('c.org_id', '=', 'm.org_id').onRef('c.phase', '=', 'm.phase').onRef('c.monitor_id', '=', 'm.id'),
        )
        .select(['c.state', (select) => select.fn.countAll<number>().as('count')])
        .where('m.org_id', '=', id(orgId))
        .where('m.group_id', '=', id(groupId))
        .where('m.is_active', '=', 0)
        .groupBy('c.state')
        .execute()
      return new Map(rows.map(({ state, count }) => [state as MonitorState, count]))
    },

    async named(orgId, names) {
      const wanted = [...new Set(names)]
      const rows = await named(db, orgId, namesOf(wanted))
      return new Map(
        wanted.flatMap((name) => {
          const row = rows.find(isNamed(name))
          return row === undefined ? [] : [[name, readName(row)] as const]
        }),
      )
    },

    async update(orgId, slugOrId, edit) {
      try {
        return await atomic(db, async (trx) => {
          const row = await lockGroup(context, trx, orgId, slugOrId)
          if (row === null) return null
          const { slug, name, isPublic } = edit(readName(row))
          await trx
            .updateTable('groups')
            .set((column) => ({
              slug: slug === undefined ? column.ref('slug') : text(slug),
              name: name === undefined ? column.ref('name') : text(name),
              is_public: isPublic === undefined ? column.ref('is_public') : bit(isPublic),
            }))
            .where('org_id', '=', id(orgId))
            .where('id', '=', row.id)
            .execute()
          const written = await counted(trx, orgId).where('g.id', '=', row.id).executeTakeFirstOrThrow()
          return readGroup(written, orgId)
        })
      } catch (error) {
        throw engine.uniqueViolation(error)?.includes('slug') === true ? slugTaken() : error
      }
    },

    delete: (orgId, slugOrId, admit) =>
      atomic(db, async (trx) => {
        const row = await lockGroup(context, trx, orgId, slugOrId)
        if (row === null) return null
        const group = readName(row)
        admit(group)
        await refuseMonitors(trx, orgId, group)
        await trx.deleteFrom('groups').where('org_id', '=', id(orgId)).where('id', '=', row.id).execute()
        return group
      }),
  }
}

/** The group with nobody else at it: who puts a monitor or a webhook into it waits for the end of the transaction. */
async function lockGroup(
  { engine }: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  slugOrId: string,
): Promise<NamedGroup | null> {
  const { column, value } = naming(slugOrId)
  const row = await trx
    .selectFrom('groups')
    .select(NAME_COLUMNS)
    .where('org_id', '=', id(orgId))
    .where(column, '=', value)
    .$if(engine.locksRows, (query) => query.forUpdate())
    .executeTakeFirst()
  return row ?? null
}

async function refuseMonitors(trx: Kysely<Tables>, orgId: OrganizationId, group: GroupName): Promise<void> {
  const monitor = await trx
    .selectFrom('monitors')
    .select('id')
    .where('org_id', '=', id(orgId))
    .where('group_id', '=', id(group.id))
    .limit(1)
    .executeTakeFirst()
  if (monitor === undefined) return
  throw new RadarError('group_not_empty', `The group ${group.slug} has monitors. Move or delete them first.`)
}

function slugTaken(slug?: string): RadarError {
  const message = `${slug === undefined ? 'The slug' : JSON.stringify(slug)} is the slug of another group. Use one that is free.`
  return new RadarError('conflict', message, { slug: message })
}

/** The slugs of these groups; groups that are gone are left out. By hand, because nearly every answer asks for some. */
export async function slugsOf(
  db: Kysely<Tables>,
  orgId: OrganizationId,
  groups: readonly GroupId[],
): Promise<ReadonlyMap<GroupId, string>> {
  if (groups.length === 0) return new Map()
  const ids = sql.join([...new Set(groups)].map(id))
  const named = sql<Pick<GroupRow, 'id' | 'slug'>>`
    select id, slug from groups where org_id = ${id(orgId)} and id in (${ids})`
  const { rows } = await named.execute(db)
  return new Map(rows.map((row) => [readId('grp', row.id), row.slug]))
}

function counted(db: Kysely<Tables>, orgId: OrganizationId) {
  return db
    .selectFrom('groups as g')
    .selectAll('g')
    .select([
      sql<number>`(select count(*) from monitors m where m.org_id = g.org_id and m.group_id = g.id)`.as('monitors'),
      sql<number>`(select count(*) from webhook_groups w where w.org_id = g.org_id and w.group_id = g.id)`.as(
        'webhooks',
      ),
    ])
    .where('g.org_id', '=', id(orgId))
}

/** How a caller named a group: a slug never starts with `grp_`. */
function naming(slugOrId: string): { column: 'id'; value: Bytes } | { column: 'slug'; value: string } {
  const groupId = parseId('grp', slugOrId)
  return groupId === null ? { column: 'slug', value: text(slugOrId) } : { column: 'id', value: id(groupId) }
}

/** The ids of the group that a filter names, as a subquery: none when there is no such group. */
export function groupsNamed(db: Kysely<Tables>, orgId: OrganizationId, slugOrId: string) {
  const { column, value } = naming(slugOrId)
  return db
    .selectFrom('groups')
    .select('groups.id')
    .where('groups.org_id', '=', id(orgId))
    .where(`groups.${column}`, '=', value)
}

/** From how callers named groups (slug, id, or null for the default one) to the groups' ids. */
export type ResolvedGroups = ReadonlyMap<string | null, GroupId>

/** Makes the groups of unknown slugs. Refuses unknown ids: those cannot be made. */
export async function resolveGroups(
  context: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  names: Iterable<string | null>,
): Promise<ResolvedGroups> {
  const wanted = [...new Set(names)]
  const { slugs, ids } = namesOf(wanted)
  // Held until the end of the transaction: a group that is named here is not deleted under what is put into it.
  const hold = (query: ReturnType<typeof namedQuery>) => (context.engine.locksRows ? query.forKeyShare() : query)

  let rows = await hold(namedQuery(trx, orgId, { slugs, ids })).execute()
  const missing = slugs.filter((slug) => !rows.some((row) => row.slug === slug))
  if (missing.length > 0) {
    await makeGroups(context, trx, orgId, missing)
    rows = await hold(namedQuery(trx, orgId, { slugs, ids })).execute()
  }
  return new Map(wanted.map((name) => [name, pick(rows, name)]))
}

const NAME_COLUMNS = ['id', 'slug', 'kind', 'is_default'] as const satisfies readonly (keyof GroupRow)[]
type NamedGroup = Pick<GroupRow, (typeof NAME_COLUMNS)[number]>

interface Names {
  readonly slugs: readonly string[]
  readonly ids: readonly Bytes[]
}

function namesOf(names: readonly (string | null)[]): Names {
  const namings = names.flatMap((name) => (name === null ? [] : [naming(name)]))
  return {
    slugs: namings.flatMap((given) => (given.column === 'slug' ? [given.value] : [])),
    ids: namings.flatMap((given) => (given.column === 'id' ? [given.value] : [])),
  }
}

/** These groups, and the default one. */
function namedQuery(db: Kysely<Tables>, orgId: OrganizationId, { slugs, ids }: Names) {
  return db
    .selectFrom('groups')
    .select(NAME_COLUMNS)
    .where('org_id', '=', id(orgId))
    .where((or) =>
      or.or([
        or('is_default', '=', 1),
        ...(slugs.length > 0 ? [or('slug', 'in', slugs)] : []),
        ...(ids.length > 0 ? [or('id', 'in', ids)] : []),
      ]),
    )
}

function named(db: Kysely<Tables>, orgId: OrganizationId, names: Names): Promise<NamedGroup[]> {
  return namedQuery(db, orgId, names).execute()
}

function readName(row: NamedGroup): GroupName {
  return {
    id: readId('grp', row.id),
    slug: row.slug,
    kind: row.kind as GroupName['kind'],
    isDefault: row.is_default === 1,
  }
}

/** Whether a row is the group that a caller named so. */
function isNamed(name: string | null): (row: NamedGroup) => boolean {
  if (name === null) return (row) => row.is_default === 1
  return (row) => row.slug === name || readId('grp', row.id) === name
}

/**
 * Another process may make the same group meanwhile: then its row is the one. Each waits for the other's row, so all
 * make theirs in one order.
 */
async function makeGroups(
  { mint }: QueryContext,
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  slugs: readonly string[],
): Promise<void> {
  const rows = slugs.toSorted().map((slug) => {
    const groupId = mint('grp')
    return newGroupRow({ id: id(groupId), orgId: id(orgId), slug, isDefault: false, created: timeOf(groupId) })
  })
  await trx
    .insertInto('groups')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

function pick(rows: readonly NamedGroup[], name: string | null): GroupId {
  const row = rows.find(isNamed(name))
  if (row !== undefined) return readId('grp', row.id)
  if (name === null) throw new Error('the organization has no default group')
  const message = `There is no group ${JSON.stringify(name)}. Name a group by its slug: an unknown slug makes the group.`
  throw new RadarError('invalid_field', message, { group: message })
}
