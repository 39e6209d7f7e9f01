/** Domains that applications declared, with their records. */
import { isBroken, timeOf, type Entri, type EntriDomain, type MonitorState, type OrganizationId } from '@dnsradar/core'
import { sql, type Kysely, type SelectQueryBuilder } from 'kysely'
import { id, readId, text } from '../rows/columns.ts'
import { readDomain, recordRow, type DeclaredRecordRow } from '../rows/entri.ts'
import type { Bytes, EntriDomainRow, Tables } from '../tables.ts'
import { lockOrganization } from './accounts.ts'
import type { QueryContext } from './context.ts'
import { coverGroup } from './entri-applications.ts'
import { timeBounds } from './page.ts'

type DomainQueries = Pick<
  Entri,
  'addDomain' | 'domain' | 'lockDomain' | 'lockDomains' | 'listDomains' | 'touchDomain' | 'declareRecords' | 'counts'
>

export function domainQueries({ db, engine, now }: QueryContext): DomainQueries {
  return {
    async addDomain(orgId, { application, groupId, domain, userId }) {
      const created = timeOf(groupId)
      await db
        .insertInto('entri_domains')
        .values({
          org_id: id(orgId),
          group_id: id(groupId),
          application_id: id(application.id),
          domain: text(domain),
          user_id: text(userId),
          created,
          updated: created,
        })
        .execute()
      if (application.webhookId !== null) await coverGroup(db, orgId, application.webhookId, id(groupId))
    },

    async domain(orgId, application, domain) {
      const row = await domains(db, orgId, id(application)).where('domain', '=', text(domain)).executeTakeFirst()
      return row === undefined ? null : withRecords(db, orgId, row)
    },

    async lockDomain(orgId, application, domain) {
      const wanted = () => domains(db, orgId, id(application)).where('domain', '=', text(domain)).executeTakeFirst()
      const found = await wanted()
      if (found === undefined) return null
      if (engine.locksRows) await lockGroups(db, orgId, [found.group_id])
      // Whoever had it may have deleted it.
      const row = engine.locksRows ? await wanted() : found
      return row === undefined ? null : withRecords(db, orgId, row)
    },

    async lockDomains(orgId, application) {
      if (!engine.locksRows) return
      const rows = await domains(db, orgId, id(application)).execute()
      await lockGroups(
        db,
        orgId,
        rows.map(({ group_id }) => group_id),
      )
    },

    async listDomains(orgId, application, { created, offset, limit }) {
      let within = domains(db, orgId, id(application))
      for (const [op, bound] of timeBounds(created)) within = within.where('created', op, bound)
      const { total } = await within
        .clearSelect()
        .select((select) => select.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow()
      const rows = await page(within, offset, limit)
      const records = Map.groupBy(await recordsOf(db, orgId, rows), ({ group_id }) => readId('grp', group_id))
      return { items: rows.map((row) => readDomain(row, records.get(readId('grp', row.group_id)) ?? [])), total }
    },

    async touchDomain(orgId, groupId, { userId }) {
      await db
        .updateTable('entri_domains')
        .set((column) => ({ updated: now(), user_id: userId === undefined ? column.ref('user_id') : text(userId) }))
        .where('org_id', '=', id(orgId))
        .where('group_id', '=', id(groupId))
        .execute()
    },

    async declareRecords(orgId, groupId, records) {
      for (const { monitorId, record } of records) {
        const row = recordRow({ org: id(orgId), group: id(groupId), monitor: id(monitorId) }, record)
        const { host, value, ttl, priority } = row
        await db
          .insertInto('entri_records')
          .values(row)
          .onConflict((conflict) =>
            conflict.columns(['org_id', 'monitor_id']).doUpdateSet({ host, value, ttl, priority }),
          )
          .execute()
      }
    },

    async counts(orgId, application) {
      const { domains: count } = await domains(db, orgId, id(application))
        .clearSelect()
        .select((select) => select.fn.countAll<number>().as('domains'))
        .executeTakeFirstOrThrow()
      const states = await declared(db, orgId)
        .innerJoin('entri_domains as d', (join) =>
          join.onRef('d.org_id', '=', 'r.org_id').onRef('d.group_id', '=', 'r.group_id'),
        )
        .select((select) => [
          'c.state',
          'm.is_active',
          select.fn.countAll<number>().as('records'),
          select.fn.max('c.last_checked').as('last_checked'),
        ])
        .where('d.application_id', '=', id(application))
        .groupBy(['c.state', 'm.is_active'])
        .execute()
      const missing = states.filter((row) => row.is_active === 1 && isBroken(row.state as MonitorState))
      const looks = states.flatMap(({ last_checked }) => last_checked ?? [])
      return {
        domains: count,
        records: sum(states),
        missing: sum(missing),
        lastChecked: looks.length === 0 ? null : Math.max(...looks),
      }
    },
  }
}

/**
 * Alone with these domains, in the one order in which everybody locks: groups, then checks in the order of batches of
 * results, then the organization, whose monitors may be counted; webhooks come after that.
 */
async function lockGroups(db: Kysely<Tables>, orgId: OrganizationId, groups: readonly Bytes[]): Promise<void> {
  if (groups.length === 0) return
  await db
    .selectFrom('groups')
    .select('id')
    .where('org_id', '=', id(orgId))
    .where('id', 'in', groups)
    .orderBy('id')
    .forUpdate()
    .execute()
  await sql`
    select 1 from checks c
      join monitors m on m.org_id = c.org_id and m.phase = c.phase and m.id = c.monitor_id
     where m.org_id = ${id(orgId)} and m.group_id in (${sql.join([...groups])})
     order by c.org_id, c.phase, c.monitor_id
       for update of c`.execute(db)
  await lockOrganization(db, orgId)
}

function domains(db: Kysely<Tables>, orgId: OrganizationId, application_id: Uint8Array) {
  return db
    .selectFrom('entri_domains')
    .selectAll()
    .where('org_id', '=', id(orgId))
    .where('application_id', '=', application_id)
}

/** Group ids are ordered by time. */
function page(
  query: SelectQueryBuilder<Tables, 'entri_domains', EntriDomainRow>,
  offset: number,
  limit: number,
): Promise<EntriDomainRow[]> {
  return query.orderBy('group_id').limit(limit).offset(offset).execute()
}

async function withRecords(db: Kysely<Tables>, orgId: OrganizationId, row: EntriDomainRow): Promise<EntriDomain> {
  return readDomain(row, await recordsOf(db, orgId, [row]))
}

async function recordsOf(
  db: Kysely<Tables>,
  orgId: OrganizationId,
  rows: readonly EntriDomainRow[],
): Promise<DeclaredRecordRow[]> {
  if (rows.length === 0) return []
  return declared(db, orgId)
    .selectAll('r')
    .select(['c.state', 'm.is_active', 'c.last_checked'])
    .where(
      'r.group_id',
      'in',
      rows.map(({ group_id }) => group_id),
    )
    .orderBy('r.monitor_id')
    .execute()
}

function declared(db: Kysely<Tables>, orgId: OrganizationId) {
  return db
    .selectFrom('entri_records as r')
    .innerJoin('monitors as m', (join) => join.onRef('m.org_id', '=', 'r.org_id').onRef('m.id', '=', 'r.monitor_id'))
    .innerJoin('checks as c', (join) =>
      join.onRef('c.org_id', '=', 'm.org_id').onRef('c.phase', '=', 'm.phase').onRef('c.monitor_id', '=', 'm.id'),
    )
    .where('r.org_id', '=', id(orgId))
}

function sum(rows: readonly { readonly records: number }[]): number {
  return rows.reduce((total, { records }) => total + records, 0)
}
