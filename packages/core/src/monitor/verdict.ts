/** What a look found, said as a state and in words. */
import type { JudgedState } from './state.ts'

export const REASON_CODES = [
  'missing',
  'extra',
  'differs',
  'forbidden',
  'outside_range',
  'nxdomain',
  'nodata',
  'dangling_alias',
  'flattened',
  'several_policies',
  'bad_syntax',
  'no_policy',
  'servfail',
  'refused',
  'malformed',
  'illegal',
  'timeout',
  'resolver_unreachable',
  'inconsistent',
] as const
export type ReasonCode = (typeof REASON_CODES)[number]

/** `message` is one sentence for people; `value` is the record or term it speaks of. The first reason is the cause. */
export interface Reason {
  readonly code: ReasonCode
  readonly message: string
  readonly value?: string
}

export interface Verdict {
  readonly state: JudgedState
  /** Presentation values, sorted; empty for NOT_FOUND, TIMEOUT and INVALID. */
  readonly values: readonly string[]
  readonly reasons: readonly Reason[]
}

/** Order counts: whoever makes values of an RRset sorts them. */
export function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

/** A matcher's answer about records that are present: does the RRset fulfil the expectation? */
export interface MatchResult {
  readonly matches: boolean
  readonly reasons: readonly Reason[]
}
