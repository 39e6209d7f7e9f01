/**
 * When a finding may become the state: confirmation against false alarms of our own making.
 *
 * A verdict that would record an event is a suspicion. Within the same check another upstream has to give the same
 * state. When two servers disagree the held state stays and the monitor is looked at again soon, a few times, after
 * which the majority holds. TIMEOUT and INVALID say more about the path than about the zone, so they take two more
 * failing looks. There is no hold-down afterwards: what is confirmed is told at once.
 */
import type { Pending } from './monitor.ts'
import type { JudgedState } from './state.ts'
import { sameValues, type Verdict } from './verdict.ts'

/** How soon a suspicious monitor is looked at again. */
export const RECHECK_MS = 30_000
/** Failing looks, the first included, before TIMEOUT or INVALID becomes the state: now, +30 s, +60 s. */
const FAILING_LOOKS = 3
/** Looks after the first disputed one before the majority decides. */
const MAX_RELOOKS = 5

export type Decision =
  /** The verdict stands; `tell: false` refreshes the value without an event (two servers, two value sets). */
  | { readonly do: 'accept'; readonly verdict: Verdict; readonly confirmed: boolean; readonly tell: boolean }
  /** The held state stays, and the monitor is looked at again after `RECHECK_MS`. */
  | { readonly do: 'hold'; readonly pending: Pending }

/** `held` is the state the monitor is in; `second` is null when no other server could be reached. */
export function weigh(
  held: string,
  pending: Pending | null,
  first: Verdict,
  second: Verdict | null,
  now: number,
): Decision {
  const other = second ?? first
  if (isDisputed(first, other)) return weighDispute(pending, first, other, now)
  if (isFailing(first.state)) return weighFailure(pending, first, other, now)
  const sameSet = sameValues(first.values, other.values)
  return { do: 'accept', verdict: first, confirmed: true, tell: first.state !== held || sameSet }
}

/** Whether two servers tell different stories; failing in different ways is one story. */
export function isDisputed(first: Verdict, second: Verdict): boolean {
  return first.state !== second.state && !(isFailing(first.state) && isFailing(second.state))
}

function weighFailure(pending: Pending | null, first: Verdict, other: Verdict, now: number): Decision {
  const next = extend(pending, first, other, now, { failing: (pending?.failing ?? 0) + 1 })
  return next.failing >= FAILING_LOOKS
    ? { do: 'accept', verdict: first, confirmed: true, tell: true }
    : { do: 'hold', pending: next }
}

function weighDispute(pending: Pending | null, first: Verdict, other: Verdict, now: number): Decision {
  const next = extend(pending, first, other, now, { disputed: (pending?.disputed ?? 0) + 1, failing: 0 })
  if (next.disputed <= MAX_RELOOKS) return { do: 'hold', pending: next }
  const winner = majority(next.votes)
  // The majority may be a state that only earlier looks saw: then the latest look's first word stands in for it.
  const verdict = [first, other].find((seen) => seen.state === winner) ?? first
  return { do: 'accept', verdict, confirmed: false, tell: true }
}

function extend(
  pending: Pending | null,
  first: Verdict,
  other: Verdict,
  now: number,
  counts: Partial<Pick<Pending, 'failing' | 'disputed'>>,
): Pending {
  return {
    state: first.state,
    since: pending?.since ?? now,
    failing: pending?.failing ?? 0,
    disputed: pending?.disputed ?? 0,
    votes: [...(pending?.votes ?? []), first.state, other.state],
    ...counts,
  }
}

export function isFailing(state: JudgedState): boolean {
  return state === 'TIMEOUT' || state === 'INVALID'
}

/** The state with most votes; of equals the one voted for last. */
function majority(votes: readonly JudgedState[]): JudgedState | undefined {
  const counts = new Map<JudgedState, number>()
  for (const vote of votes) counts.set(vote, (counts.get(vote) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return votes.findLast((vote) => counts.get(vote) === most)
}
