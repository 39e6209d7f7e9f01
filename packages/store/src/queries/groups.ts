/** Groups: their lists, and making those that a new monitor or webhook names for the first time. */
import { parseId, RadarError, timeOf, type Group, type GroupId, type Groups, type OrganizationId } from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import { newGroupRow, readGroup } from '../rows/accounts.ts'
import { id, readId, text } from '../rows/columns.ts'
import type { Bytes, GroupRow, Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { fetchPage, mapPage } from './page.ts'

export function groupQueries({ db }: QueryContext): Groups {
  return {
    async list(orgId, page) {
      return mapPage(await fetchPage(counted(db, orgId), 'g.id', page), (row) => readGroup(row, orgId))
    },

    async slugs(orgId, ids) {
      if (ids.length === 0) return new Map()
      const rows = await db
        .selectFrom('groups')
        .select(['id', 'slug'])
        .where('org_id', '=', id(orgId))
        .where('id', 'in', [...new Set(ids)].map(id))
        .execute()
      return new Map(rows.map((row) => [readId('grp', row.id), row.slug]))
    },

    async find(orgId, slugOrId): Promise<Group | null> {
      const { column, value } = naming(slugOrId)
      const row = await counted(db, orgId).where(`g.${column}`, '=', value).executeTakeFirst()
      return row === undefined ? null : readGroup(row, orgId)
    },
  }
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
  const namings = wanted.flatMap((name) => (name === null ? [] : [naming(name)]))
  const slugs = namings.flatMap((named) => (named.column === 'slug' ? [named.value] : []))
  const ids = namings.flatMap((named) => (named.column === 'id' ? [named.value] : []))

  let rows = await named(trx, orgId, slugs, ids)
  const missing = slugs.filter((slug) => !rows.some((row) => row.slug === slug))
  if (missing.length > 0) {
    await makeGroups(context, trx, orgId, missing)
    rows = await named(trx, orgId, slugs, ids)
  }
  return new Map(wanted.map((name) => [name, pick(rows, name)]))
}

type NamedGroup = Pick<GroupRow, 'id' | 'slug' | 'is_default'>

function named(trx: Kysely<Tables>, orgId: OrganizationId, slugs: string[], ids: Bytes[]): Promise<NamedGroup[]> {
  return trx
    .selectFrom('groups')
    .select(['id', 'slug', 'is_default'])
    .where('org_id', '=', id(orgId))
    .where((or) =>
      or.or([
        or('is_default', '=', 1),
        ...(slugs.length > 0 ? [or('slug', 'in', slugs)] : []),
        ...(ids.length > 0 ? [or('id', 'in', ids)] : []),
      ]),
    )
    .execute()
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
  const row = rows.find(
    name === null
      ? (group) => group.is_default === 1
      : (group) => group.slug === name || readId('grp', group.id) === name,
  )
  if (row !== undefined) return readId('grp', row.id)
  if (name === null) throw new Error('the organization has no default group')
  const message = `There is no group ${JSON.stringify(name)}. Name a group by its slug: an unknown slug makes the group.`
  throw new RadarError('invalid_field', message, { group: message })
}
