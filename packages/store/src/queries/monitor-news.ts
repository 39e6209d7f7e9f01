/** What becomes of monitors through their users, told in the transaction that does it. */
import { monitorHappening, type MonitorEventKind, type WatchedMonitor } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'
import type { QueryContext } from './context.ts'
import { slugsOf } from './group-names.ts'
import { tell } from './happenings.ts'

/** One system event for each, in the order given. */
export async function tellOf(
  context: QueryContext,
  trx: Kysely<Tables>,
  type: MonitorEventKind,
  monitors: readonly WatchedMonitor[],
): Promise<void> {
  const [first] = monitors
  if (first === undefined) return
  const groups = monitors.map(({ monitor }) => monitor.groupId)
  const slugs = await slugsOf(trx, first.monitor.orgId, groups)
  const happenings = monitors.map((watched) =>
    monitorHappening(type, watched, slugs.get(watched.monitor.groupId) ?? watched.monitor.groupId),
  )
  await tell(context, trx, happenings)
}

export function activityOf(isActive: boolean): MonitorEventKind {
  return isActive ? 'monitor.enabled' : 'monitor.disabled'
}
