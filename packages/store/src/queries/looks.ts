/** The evidence of last looks, as it is read and forgotten. Checks write it, in the statements of each engine. */
import type { KeptLook, MonitorId, OrganizationId } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id } from '../rows/columns.ts'
import { readLook } from '../rows/looks.ts'
import type { Tables } from '../tables.ts'

export async function lastLook(
  db: Kysely<Tables>,
  orgId: OrganizationId,
  monitorId: MonitorId,
): Promise<KeptLook | null> {
  const row = await db
    .selectFrom('looks')
    .select(['looked', 'look'])
    .where('org_id', '=', id(orgId))
    .where('monitor_id', '=', id(monitorId))
    .executeTakeFirst()
  return row === undefined ? null : readLook(row)
}

/** Of a monitor that watches another record from now on. */
export async function forgetLook(trx: Kysely<Tables>, orgId: OrganizationId, monitorId: MonitorId): Promise<void> {
  await trx.deleteFrom('looks').where('org_id', '=', id(orgId)).where('monitor_id', '=', id(monitorId)).execute()
}
