/**
 * When the records of an Entri domain make news.
 *
 * A record is propagated while its monitor is VALID, and not while the monitor is in any bad state; before its first look
 * it is neither. `domain.record_missing` when a look adds a record to those that are not propagated; `domain.record_restored`
 * when a look takes the last one away. A record that its application takes away ends nothing: nobody saw it come back.
 */
import type { GroupId, MonitorId, OrganizationId } from '../ids.ts'
import type { Happening } from '../delivery/system-event.ts'
import type { SystemEventKind } from '../monitor/event.ts'
import { isBroken, type MonitorState } from '../monitor/state.ts'
import type { EntriRecord } from './record.ts'

export type EntriEventKind = Extract<SystemEventKind, `domain.record_${string}`>
export const ENTRI_EVENT_KINDS: readonly EntriEventKind[] = ['domain.record_missing', 'domain.record_restored']

/** An active record of the domain, as it is once the transaction's results are written. */
export interface EntriMember {
  readonly monitorId: MonitorId
  readonly record: Pick<EntriRecord, 'type' | 'host' | 'value'>
  readonly subdomain: string | null
  readonly state: MonitorState
}

/** Records that this transaction's looks moved across the line between propagated and not. */
export interface EntriTurn {
  readonly broke: ReadonlySet<MonitorId>
  readonly healed: ReadonlySet<MonitorId>
}

export interface EntriNews {
  readonly type: EntriEventKind
  /** The first record that changed. */
  readonly changed: EntriMember
}

/** Whether nodes that record looks at one domain at the same time have to take turns for this one. */
export function turnsOver(before: MonitorState, after: MonitorState): boolean {
  return isBroken(before) !== isBroken(after)
}

/** At most one event: while a record is missing the domain is not restored. */
export function entriNews({ broke, healed }: EntriTurn, members: readonly EntriMember[]): EntriNews | null {
  const missing = members.find(({ monitorId }) => broke.has(monitorId))
  if (missing !== undefined) return { type: 'domain.record_missing', changed: missing }
  const restored = members.find(({ monitorId }) => healed.has(monitorId))
  if (restored === undefined || members.some(({ state }) => isBroken(state))) return null
  return { type: 'domain.record_restored', changed: restored }
}

export interface EntriDomainNews extends EntriNews {
  readonly orgId: OrganizationId
  readonly groupId: GroupId
  readonly domain: string
  readonly userId: string
  readonly members: readonly EntriMember[]
}

/** Only webhooks that cover the domain's group hear of it. */
export function entriHappening({ orgId, groupId, domain, userId, type, changed, members }: EntriDomainNews): Happening {
  const having = (wanted: (state: MonitorState) => boolean) =>
    members.filter(({ state }) => wanted(state)).map(({ record: { type, host, value } }) => ({ type, host, value }))
  return {
    orgId,
    type,
    data: {
      user_id: userId,
      domain,
      subdomain: changed.subdomain,
      records_propagated: having((state) => state === 'VALID'),
      records_non_propagated: having(isBroken),
    },
    subject: { of: 'domain', groups: [groupId] },
  }
}
