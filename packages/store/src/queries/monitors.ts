/** Monitors, as users write and read them. Checks have statements of their own in each engine. */
import {
  editMonitor,
  phaseOf,
  RadarError,
  type MonitorFilter,
  type MonitorId,
  type Monitors,
  type OrganizationId,
} from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { bit, id, text } from '../rows/columns.ts'
import {
  configurationColumns,
  newCheckRow,
  newMonitorRow,
  readWatched,
  STATUS_COLUMNS,
  statusColumns,
} from '../rows/monitors.ts'
import type { Tables } from '../tables.ts'
import { lockOrganization } from './accounts.ts'
import type { CheckKey, QueryContext } from './context.ts'
import { groupsNamed, resolveGroups } from './groups.ts'
import { insertRows, runIn } from './insert.ts'
import { fetchPage, mapPage } from './page.ts'

export function monitorQueries(context: QueryContext): Monitors {
  const { db, engine, mint, now } = context
  return {
    async create(orgId, monitors, admit) {
      try {
        return await db.transaction().execute(async (trx) => {
          if (admit !== undefined) admit(await countAlone(trx, orgId))
          const groups = await resolveGroups(
            context,
            trx,
            orgId,
            monitors.map(({ group }) => group),
          )
          const rows = monitors.map((monitor) =>
            newMonitorRow(mint('mon'), orgId, groupBytes(groups, monitor.group), monitor),
          )
          const checks = rows.map(newCheckRow)
          await insertRows(runIn(trx), engine, 'monitors', rows)
          await insertRows(runIn(trx), engine, 'checks', checks)
          return rows.map((row, i) => readWatched({ ...checks[i], ...row } as Parameters<typeof readWatched>[0]))
        })
      } catch (error) {
        throw externalIdTaken(engine.uniqueViolation(error)) ?? error
      }
    },

    async get(orgId, monitorId) {
      const row = await watched(db, orgId).where('m.id', '=', id(monitorId)).executeTakeFirst()
      return row === undefined ? null : readWatched(row)
    },

    async list(orgId, filter, page) {
      return mapPage(await fetchPage(filtered(db, orgId, filter), 'm.id', page), readWatched)
    },

    async update(orgId, monitorId, edit) {
      try {
        return await db.transaction().execute(async (trx) => {
          const key = checkKey(orgId, monitorId)
          // Before the row is read: what is being recorded meanwhile must not be overwritten by what was read before.
          await lockCheck(trx, key)
          const row = await watched(trx, orgId).where('m.id', '=', key.monitorId).executeTakeFirst()
          if (row === undefined) return null
          const current = readWatched(row)
          const change = edit(current)
          const next = editMonitor(current, change, now())
          const groups = change.group === undefined ? null : await resolveGroups(context, trx, orgId, [change.group])
          const groupId = groups === null ? row.group_id : groupBytes(groups, change.group ?? null)
          await engine.endCheckLease(trx, key)
          await trx
            .updateTable('checks')
            .set({
              ...statusColumns(next.status),
              is_active: bit(next.monitor.isActive),
              frequency: next.monitor.intervalMinutes,
            })
            .where('org_id', '=', key.orgId)
            .where('phase', '=', key.phase)
            .where('monitor_id', '=', key.monitorId)
            .execute()
          await trx
            .updateTable('monitors')
            .set({
              ...configurationColumns(next.monitor, groupId, next.monitor.updated),
              expected_version: next.monitor.expectedVersion,
            })
            .where('org_id', '=', key.orgId)
            .where('id', '=', key.monitorId)
            .execute()
          const written = await watched(trx, orgId).where('m.id', '=', key.monitorId).executeTakeFirstOrThrow()
          return readWatched(written)
        })
      } catch (error) {
        throw externalIdTaken(engine.uniqueViolation(error)) ?? error
      }
    },

    setActive: (orgId, monitorId, isActive) =>
      db.transaction().execute(async (trx) => {
        const key = checkKey(orgId, monitorId)
        // `checks` before `monitors`, as everywhere: a recording batch holds rows of the first while it reads the second.
        const { numUpdatedRows } = await trx
          .updateTable('checks')
          .set({ is_active: bit(isActive), ...(isActive && { next_check: now() }) })
          .where('org_id', '=', key.orgId)
          .where('phase', '=', key.phase)
          .where('monitor_id', '=', key.monitorId)
          .where('is_active', '=', bit(!isActive))
          .executeTakeFirst()
        if (numUpdatedRows > 0n) {
          await engine.endCheckLease(trx, key)
          await trx
            .updateTable('monitors')
            .set({ is_active: bit(isActive), updated: now() })
            .where('org_id', '=', key.orgId)
            .where('id', '=', key.monitorId)
            .execute()
        }
        const row = await watched(trx, orgId).where('m.id', '=', key.monitorId).executeTakeFirst()
        return row === undefined ? null : readWatched(row)
      }),

    delete: (orgId, monitorId) =>
      db.transaction().execute(async (trx) => {
        const key = checkKey(orgId, monitorId)
        await engine.endCheckLease(trx, key)
        await trx
          .deleteFrom('checks')
          .where('org_id', '=', key.orgId)
          .where('phase', '=', key.phase)
          .where('monitor_id', '=', key.monitorId)
          .execute()
        const { numDeletedRows } = await trx
          .deleteFrom('monitors')
          .where('org_id', '=', key.orgId)
          .where('id', '=', key.monitorId)
          .executeTakeFirst()
        return numDeletedRows > 0n
      }),
  }
}

/** The number of monitors, which nobody else who asks this way changes before the end of the transaction. */
async function countAlone(trx: Kysely<Tables>, orgId: OrganizationId): Promise<number> {
  await lockOrganization(trx, orgId)
  const { count } = await trx
    .selectFrom('monitors')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('org_id', '=', id(orgId))
    .executeTakeFirstOrThrow()
  return count
}

/** An update that changes nothing takes the row's lock on both engines. */
async function lockCheck(trx: Kysely<Tables>, key: CheckKey): Promise<void> {
  await trx
    .updateTable('checks')
    .set((column) => ({ frequency: column.ref('frequency') }))
    .where('org_id', '=', key.orgId)
    .where('phase', '=', key.phase)
    .where('monitor_id', '=', key.monitorId)
    .execute()
}

function groupBytes(groups: Awaited<ReturnType<typeof resolveGroups>>, name: string | null): Uint8Array {
  const groupId = groups.get(name)
  if (groupId === undefined) throw new Error('a group was not resolved')
  return id(groupId)
}

function externalIdTaken(violation: string | null): RadarError | null {
  if (violation === null || !violation.includes('external_id')) return null
  const message = 'Another monitor of this organization has the same external_id. Give each monitor its own.'
  return new RadarError('external_id_taken', message, { external_id: message })
}

function checkKey(orgId: OrganizationId, monitorId: MonitorId): CheckKey {
  return { orgId: id(orgId), phase: phaseOf(monitorId), monitorId: id(monitorId) }
}

function watched(db: Kysely<Tables>, orgId: OrganizationId) {
  return db
    .selectFrom('monitors as m')
    .innerJoin('checks as c', (join) =>
      join.onRef('c.org_id', '=', 'm.org_id').onRef('c.phase', '=', 'm.phase').onRef('c.monitor_id', '=', 'm.id'),
    )
    .selectAll('m')
    .select(STATUS_COLUMNS.map((column) => `c.${column}` as const))
    .where('m.org_id', '=', id(orgId))
}

function filtered(db: Kysely<Tables>, orgId: OrganizationId, filter: MonitorFilter) {
  let query = watched(db, orgId)
  if (filter.group !== undefined) query = query.where('m.group_id', 'in', groupsNamed(db, orgId, filter.group))
  if (filter.state !== undefined) query = query.where('c.state', '=', filter.state)
  if (filter.type !== undefined) query = query.where('m.record_type', '=', filter.type)
  if (filter.isActive !== undefined) query = query.where('m.is_active', '=', bit(filter.isActive))
  if (filter.domain !== undefined) query = query.where('m.owner_domain', '=', text(filter.domain))
  if (filter.ownerName !== undefined) query = query.where('m.owner_name', '=', text(filter.ownerName))
  if (filter.subdomain === null) query = query.where('m.owner_subdomain', 'is', null)
  else if (filter.subdomain !== undefined) query = query.where('m.owner_subdomain', '=', text(filter.subdomain))
  return query
}
