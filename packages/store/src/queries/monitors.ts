/** Monitors, as users write and read them. Checks have statements of their own in each engine. */
import { editMonitor, phaseOf, RadarError, type MonitorId, type Monitors, type OrganizationId } from '@dnsradar/core'
import { CompiledQuery, type Kysely } from 'kysely'
import { bit, id, readId, text } from '../rows/columns.ts'
import {
  configurationColumns,
  newCheckRow,
  newMonitorRow,
  readRows,
  readWatched,
  statusColumns,
  targetColumns,
} from '../rows/monitors.ts'
import type { Bytes, CheckRow, Tables } from '../tables.ts'
import { lockOrganization } from './accounts.ts'
import { atomic, type CheckKey, type QueryContext } from './context.ts'
import { findEquals } from './equal-monitors.ts'
import { updateGroupMonitors } from './group-monitors.ts'
import { resolveGroups } from './group-names.ts'
import { insertRows, runIn } from './insert.ts'
import { addLabels, removeLabels, replaceLabels } from './labels.ts'
import { forgetLook, lastLook } from './looks.ts'
import { activityOf, tellOf } from './monitor-news.ts'
import { contained } from './savepoint.ts'
import { countWatched, listWatched, watched } from './watched.ts'

export function monitorQueries(context: QueryContext): Monitors {
  const { db, engine, mint, now } = context
  return {
    async create(orgId, monitors, admit) {
      try {
        return await atomic(db, async (trx) => {
          if (admit !== undefined) admit(await countAlone(trx, orgId))
          const names = new Set(monitors.map(({ group }) => group))
          const groups = await resolveGroups(context, trx, orgId, names)
          const idOfGroup = new Map([...names].map((name) => [name, groupBytes(groups, name)]))
          const rows = monitors.map((monitor) =>
            newMonitorRow(mint('mon'), orgId, idOfGroup.get(monitor.group) as Bytes, monitor),
          )
          const checks = rows.map(newCheckRow)
          await insertRows(runIn(trx), engine, 'monitors', rows)
          await insertRows(runIn(trx), engine, 'checks', checks)
          const made = rows.map((row, i) => readRows(row, checks[i] as CheckRow))
          await addLabels(
            context,
            trx,
            made.map(({ monitor }) => monitor),
          )
          await tellOf(context, trx, 'monitor.created', made)
          return made
        })
      } catch (error) {
        throw externalIdTaken(engine.uniqueViolation(error)) ?? error
      }
    },

    async get(orgId, monitorId) {
      const row = await watched(db, orgId).where('m.id', '=', id(monitorId)).executeTakeFirst()
      return row === undefined ? null : readWatched(row)
    },

    put: (orgId, monitor, edit, admit) =>
      atomic(db, async (trx) => {
        const within = monitorQueries({ ...context, db: trx })
        for (;;) {
          const known = await idOf(trx, orgId, monitor.externalId)
          const watched = known === null ? null : await within.update(orgId, known, edit)
          if (watched !== null) return { watched, created: false }
          const [made] = await contained(trx, () => within.create(orgId, [monitor], admit)).catch(unlessTaken)
          if (made !== undefined) return { watched: made, created: true }
        }
      }),

    equals: (orgId, wanted) =>
      atomic(db, async (trx) => {
        await lockOrganization(trx, orgId)
        return findEquals(trx, orgId, wanted)
      }),

    async takenExternalIds(orgId, externalIds) {
      if (externalIds.length === 0) return new Set()
      const asked = [...new Set(externalIds.map(text))]
      // By hand, because there may be a thousand, and the query builder makes nodes of each.
      const places = asked.map((_, at) => engine.placeholder(at + 2)).join(', ')
      const sql = `select external_id from monitors where org_id = ${engine.placeholder(1)} and external_id in (${places})`
      const { rows } = await db.executeQuery<{ external_id: string }>(CompiledQuery.raw(sql, [id(orgId), ...asked]))
      return new Set(rows.map(({ external_id }) => external_id))
    },

    lastLook: (orgId, monitorId) => lastLook(db, orgId, monitorId),

    list: (orgId, filter, page) => listWatched(context, orgId, filter, page),

    count: (orgId, groupId) => countWatched(context, orgId, groupId),

    updateGroup: (orgId, groupId, edit) => updateGroupMonitors(context, orgId, groupId, edit),

    async update(orgId, monitorId, edit) {
      try {
        return await atomic(db, async (trx) => {
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
          const columns = {
            ...configurationColumns(next.monitor, groupId, next.monitor.updated),
            expected_version: next.monitor.expectedVersion,
          }
          await engine.endCheckLeases(trx, [key])
          await trx
            .updateTable('checks')
            .set({ ...statusColumns(next.status), is_active: columns.is_active, ...targetColumns(columns) })
            .where('org_id', '=', key.orgId)
            .where('phase', '=', key.phase)
            .where('monitor_id', '=', key.monitorId)
            .execute()
          await trx
            .updateTable('monitors')
            .set(columns)
            .where('org_id', '=', key.orgId)
            .where('id', '=', key.monitorId)
            .execute()
          const written = await watched(trx, orgId).where('m.id', '=', key.monitorId).executeTakeFirstOrThrow()
          const edited = readWatched(written)
          if (edited.status.lastChecked === null) await forgetLook(trx, orgId, monitorId)
          await replaceLabels(context, trx, current.monitor, edited.monitor)
          if (edited.monitor.isActive !== current.monitor.isActive) {
            await tellOf(context, trx, activityOf(edited.monitor.isActive), [edited])
          }
          return edited
        })
      } catch (error) {
        throw externalIdTaken(engine.uniqueViolation(error)) ?? error
      }
    },

    setActive: (orgId, monitorId, isActive) =>
      atomic(db, async (trx) => {
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
          await engine.endCheckLeases(trx, [key])
          await trx
            .updateTable('monitors')
            .set({ is_active: bit(isActive), updated: now() })
            .where('org_id', '=', key.orgId)
            .where('id', '=', key.monitorId)
            .execute()
        }
        const row = await watched(trx, orgId).where('m.id', '=', key.monitorId).executeTakeFirst()
        if (row === undefined) return null
        const changed = readWatched(row)
        if (numUpdatedRows > 0n) await tellOf(context, trx, activityOf(isActive), [changed])
        return changed
      }),

    delete: (orgId, monitorId) =>
      atomic(db, async (trx) => {
        const key = checkKey(orgId, monitorId)
        await engine.endCheckLeases(trx, [key])
        const row = await watched(trx, orgId).where('m.id', '=', key.monitorId).executeTakeFirst()
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
        const isDeleted = row !== undefined && numDeletedRows > 0n
        if (isDeleted) {
          const deleted = readWatched(row)
          await removeLabels(trx, deleted.monitor)
          await tellOf(context, trx, 'monitor.deleted', [deleted])
        }
        return isDeleted
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

async function idOf(trx: Kysely<Tables>, orgId: OrganizationId, externalId: string): Promise<MonitorId | null> {
  const row = await trx
    .selectFrom('monitors')
    .select('id')
    .where('org_id', '=', id(orgId))
    .where('external_id', '=', text(externalId))
    .executeTakeFirst()
  return row === undefined ? null : readId('mon', row.id)
}

/** Somebody else was first: there is a monitor to edit now. */
function unlessTaken(error: unknown): readonly never[] {
  if (error instanceof RadarError && error.code === 'external_id_taken') return []
  throw error
}

function externalIdTaken(violation: string | null): RadarError | null {
  if (violation === null || !violation.includes('external_id')) return null
  const message = 'Another monitor of this organization has the same external_id. Give each monitor its own.'
  return new RadarError('external_id_taken', message, { external_id: message })
}

function checkKey(orgId: OrganizationId, monitorId: MonitorId): CheckKey {
  return { orgId: id(orgId), phase: phaseOf(monitorId), monitorId: id(monitorId) }
}
