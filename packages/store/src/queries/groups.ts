/** Groups, as users write and read them. */
import { RadarError, timeOf, type GroupName, type Groups, type MonitorState, type OrganizationId } from '@dnsradar/core'
import { sql, type Kysely } from 'kysely'
import { newGroupRow, readGroup } from '../rows/accounts.ts'
import { bit, id, readId, text } from '../rows/columns.ts'
import type { GroupRow, Tables } from '../tables.ts'
import { atomic, type QueryContext } from './context.ts'
import { NAME_COLUMNS, namedGroups, type NamedGroup, naming, readName, slugsOf } from './group-names.ts'
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

    async find(orgId, slugOrId) {
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

    named: (orgId, names) => namedGroups(db, orgId, names),

    update: (orgId, slugOrId, edit) =>
      atomic(db, async (trx) => {
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
          .catch((error: unknown) => {
            const isTaken = slug !== undefined && engine.uniqueViolation(error)?.includes('slug') === true
            throw isTaken ? slugTaken(slug) : error
          })
        const written = await counted(trx, orgId).where('g.id', '=', row.id).executeTakeFirstOrThrow()
        return readGroup(written, orgId)
      }),

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

function slugTaken(slug: string): RadarError {
  const message = `${JSON.stringify(slug)} is the slug of another group. Use one that is free.`
  return new RadarError('conflict', message, { slug: message })
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
