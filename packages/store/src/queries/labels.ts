/** The metadata of monitors once more, a row for each member: what lists find them by. */
import type { Monitor, OrganizationId } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id, text } from '../rows/columns.ts'
import type { MonitorLabelRow, Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { insertRows, runIn } from './insert.ts'

type Labelled = Pick<Monitor, 'id' | 'orgId' | 'metadata'>

export async function addLabels(
  { engine }: QueryContext,
  trx: Kysely<Tables>,
  monitors: readonly Labelled[],
): Promise<void> {
  await insertRows(runIn(trx), engine, 'monitor_labels', monitors.flatMap(labelsOf))
}

/** Puts the labels of `after` in the place of those of `before`, the same monitor. */
export async function replaceLabels(
  context: QueryContext,
  trx: Kysely<Tables>,
  before: Labelled,
  after: Labelled,
): Promise<void> {
  if (JSON.stringify(before.metadata) === JSON.stringify(after.metadata)) return
  await removeLabels(trx, before)
  await addLabels(context, trx, [after])
}

export async function removeLabels(trx: Kysely<Tables>, monitor: Labelled): Promise<void> {
  for (const { org_id, key, value, monitor_id } of labelsOf(monitor)) {
    await trx
      .deleteFrom('monitor_labels')
      .where('org_id', '=', org_id)
      .where('key', '=', key)
      .where('value', '=', value)
      .where('monitor_id', '=', monitor_id)
      .execute()
  }
}

function labelsOf({ id: monitorId, orgId, metadata }: Labelled): MonitorLabelRow[] {
  return Object.entries(metadata).map(([key, value]) => labelRow(orgId, monitorId, key, value))
}

function labelRow(orgId: OrganizationId, monitorId: Monitor['id'], key: string, value: string): MonitorLabelRow {
  return { org_id: id(orgId), key: text(key), value: text(value), monitor_id: id(monitorId) }
}
