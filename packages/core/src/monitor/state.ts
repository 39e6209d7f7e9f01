/** The states of a monitor, and which of them are bad. */
export const MONITOR_STATES = ['UNSET', 'VALID', 'MISMATCH', 'NOT_FOUND', 'TIMEOUT', 'INVALID'] as const
export type MonitorState = (typeof MONITOR_STATES)[number]
/** A state that a look can find; UNSET is only the time before the first one. */
export type JudgedState = Exclude<MonitorState, 'UNSET'>

export function isBroken(state: MonitorState): boolean {
  return state !== 'VALID' && state !== 'UNSET'
}
