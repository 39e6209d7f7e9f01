/**
 * From a verdict to the monitor's next status, and to the event that it makes, if any.
 *
 * An event is a change of state, or a change of value while the state is bad. VALID to VALID only refreshes the value,
 * and a first verdict of VALID is no news. `notify` may silence an event; a silent change moves the state but counts
 * nothing.
 */
import type { DnsEventKind, StateChange } from './event.ts'
import type { CheckStatus, NotifyMode } from './monitor.ts'
import { isBroken, type JudgedState } from './state.ts'
import { sameValues, type Verdict } from './verdict.ts'

export interface Transition {
  /** `answerHash`, `pending`, `lastChecked` and `nextCheck` are the caller's to fill. */
  readonly status: CheckStatus
  readonly change: StateChange | null
}

export function transition(
  status: CheckStatus,
  verdict: Verdict,
  notify: NotifyMode,
  now: number,
  confirmed: boolean,
): Transition {
  const kind = eventKind(status, verdict)
  const told = kind !== null && !isSilent(notify, status, verdict.state)
  const breaks = !isBroken(status.state) && isBroken(verdict.state)
  const incidenceCount = status.incidenceCount + (told && breaks ? 1 : 0)
  const next: CheckStatus = {
    ...status,
    state: verdict.state,
    current: verdict.values,
    reasons: verdict.reasons,
    incidenceCount,
    brokenSince: verdict.state === 'VALID' ? null : (status.brokenSince ?? now),
    wasValid: status.wasValid || verdict.state === 'VALID',
    pending: null,
  }
  if (!told) return { status: next, change: null }
  return {
    status: next,
    change: {
      kind,
      oldState: status.state,
      newState: verdict.state,
      previous: status.current ?? [],
      current: verdict.values,
      incidenceCount,
      reasons: verdict.reasons,
      confirmed,
    },
  }
}

/** The kind of event that this verdict would make if nothing silenced it; null when nothing changed. */
function eventKind(status: CheckStatus, verdict: Verdict): DnsEventKind | null {
  if (status.state === verdict.state) {
    return verdict.state === 'VALID' || sameValues(status.current ?? [], verdict.values) ? null : 'record.changed'
  }
  if (verdict.state === 'VALID') return 'record.restored'
  return isBroken(status.state) ? 'record.changed' : 'record.broken'
}

/** `immediately` keeps quiet about one thing only: that a new monitor was VALID from the start. */
function isSilent(notify: NotifyMode, status: CheckStatus, state: JudgedState): boolean {
  if (status.wasValid) return false
  switch (notify) {
    case 'immediately':
      return status.state === 'UNSET' && state === 'VALID'
    case 'on_success':
      return state !== 'VALID'
    case 'after_success':
      return true
  }
}
