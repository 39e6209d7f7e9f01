/**
 * When two servers tell different stories about a zone: what its own servers make of it, and how it is said.
 */
import type { Decision } from './confirm.ts'
import type { JudgedState } from './state.ts'
import { type Reason, sameValues, type Verdict } from './verdict.ts'

/**
 * The decision of the zone's own servers, by strict majority of those that spoke for the zone; null when there is
 * none. `first` is the suspicion they decide about, `held` the state the monitor is in.
 */
export function ruling(held: string, first: Verdict, zone: readonly Verdict[]): Decision | null {
  const [found, ...others] = majority(zone)
  if (found === undefined) return null
  const verdict = found.state === first.state && sameValues(found.values, first.values) ? first : found
  const sameSet = others.every(({ values }) => sameValues(values, found.values))
  return { do: 'accept', verdict, confirmed: true, tell: verdict.state !== held || sameSet }
}

/** The verdicts whose state more than half of them share. */
function majority(verdicts: readonly Verdict[]): readonly Verdict[] {
  const byState = Map.groupBy(verdicts, ({ state }) => state)
  return [...byState.values()].find((group) => group.length * 2 > verdicts.length) ?? []
}

/** What one server's answer came to. */
export interface Word {
  readonly server: string
  readonly state: JudgedState
}

/** Who says what, in one sentence. */
export function inconsistent(words: readonly Word[]): Reason {
  const parts = [...Map.groupBy(words, ({ state }) => state)].map(
    ([state, group]) => `${state} by ${[...new Set(group.map(({ server }) => server))].join(' and ')}`,
  )
  return { code: 'inconsistent', message: `Servers disagree: ${parts.join(', ')}.` }
}
