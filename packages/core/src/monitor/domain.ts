/**
 * When a whole domain is restored: the last of its broken monitors has become VALID.
 *
 * Only what was told counts as a restoration: a monitor that keeps quiet until it was VALID once ends no incident. But
 * every broken monitor holds the domain back, told or not, because its record is not as expected.
 */
import type { GroupId, MonitorId } from '../ids.ts'
import type { StateChange } from './event.ts'
import { isBroken, type MonitorState } from './state.ts'

/** An active monitor of the domain, as it is once the transaction's results are written. */
export interface DomainMember {
  readonly id: MonitorId
  readonly groupId: GroupId
  readonly state: MonitorState
}

/** Whether this change may have been the last one that a domain waited for. */
export function endsIncident(change: StateChange | null): boolean {
  return change !== null && change.newState === 'VALID' && isBroken(change.oldState)
}

/** Whether nodes that record changes of one domain at the same time have to take turns for this one. */
export function crossesValid(before: MonitorState, after: MonitorState): boolean {
  return before !== after && (before === 'VALID' || after === 'VALID')
}

export function isRestored(members: readonly DomainMember[]): boolean {
  return members.every(({ state }) => !isBroken(state))
}
