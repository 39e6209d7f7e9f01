/**
 * What belongs to an Entri application. Its groups and records are what that application says they are, so both are
 * written in its dialect only; how often a record is looked at, and whether, is settled here as for any other.
 */
import { type GroupName, RadarError, type WatchedMonitor, type Webhook } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { refusal } from '../http/validate.ts'

export function refuseEntriGroup({ kind, slug }: GroupName): void {
  if (kind === 'native') return
  throw new RadarError('conflict', `The group ${slug} belongs to an Entri application; change it under /monitor.`)
}

/** Refuses to put a monitor into such a group. Null is the default group. */
export async function refuseEntriTarget(deps: Deps, account: Account, name: string | null): Promise<void> {
  if (name === null) return
  const group = (await deps.store.groups.named(account.organization.id, [name])).get(name)
  if (group !== undefined) refuseEntriMember(group)
}

/** Refuses a monitor that was not put there by the application. */
export function refuseEntriMember(group: GroupName): void {
  if (group.kind === 'native') return
  const message = `${group.slug} belongs to an Entri application; name another group, or add the record under /monitor`
  throw refusal('conflict', { group: message })
}

export async function refuseEntriMonitor(deps: Deps, account: Account, watched: WatchedMonitor | null): Promise<void> {
  if (watched === null) return
  const { groupId } = watched.monitor
  const group = (await deps.store.groups.named(account.organization.id, [groupId])).get(groupId)
  if (group === undefined || group.kind === 'native') return
  throw new RadarError(
    'conflict',
    `The monitor is a record of an Entri application; only frequency and is_active are changed here, the rest under /monitor.`,
  )
}

/** What it is sent, and where, follows from its application. Whether it is active, and its queue, are anybody's. */
export function refuseEntriHook({ source }: Webhook): void {
  if (source !== 'entri') return
  throw new RadarError(
    'conflict',
    'The webhook belongs to an Entri application; change it with PATCH /entri/applications/{id}.',
  )
}
