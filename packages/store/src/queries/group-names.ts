/** How callers name groups, by slug or by id, and the making of those that are named for the first time. */
import { parseId, RadarError, timeOf, type GroupId, type GroupName, type OrganizationId } from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import { newGroupRow } from '../rows/accounts.ts'
import { id, readId, text } from '../rows/columns.ts'
import type { Bytes, GroupRow, Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'

/** How a caller named a group: a slug never starts with `grp_`. */
export function naming(slugOrId: string): { column: 'id'; value: Bytes } | { column: 'slug'; value: string } {
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

export const NAME_COLUMNS = ['id', 'slug', 'kind', 'is_default'] as const satisfies readonly (keyof GroupRow)[]
export type NamedGroup = Pick<GroupRow, (typeof NAME_COLUMNS)[number]>

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

/** Names of no group are left out. */
export async function namedGroups(
  db: Kysely<Tables>,
  orgId: OrganizationId,
  names: readonly (string | null)[],
): Promise<ReadonlyMap<string | null, GroupName>> {
  const wanted = [...new Set(names)]
  const rows = await namedQuery(db, orgId, namesOf(wanted)).execute()
  return new Map(
    wanted.flatMap((name) => {
      const row = rows.find(isNamed(name))
      return row === undefined ? [] : [[name, readName(row)] as const]
    }),
  )
}

export function readName(row: NamedGroup): GroupName {
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
