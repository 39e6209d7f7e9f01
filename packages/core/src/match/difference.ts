/**
 * Which expected values are not there, and which values are there although they should not be.
 *
 * For lists in messages: `reasons` say why a monitor is in its state, term by term; this compares whole values, each by
 * the rule of its own family, so that `MX.Example.com.` and `10 mx.example.com` are the same exchange here as well.
 */
import type { Rdata } from '../dns/rdata.ts'
import { RadarError } from '../errors.ts'
import type { MatchMode } from '../monitor/monitor.ts'
import { type MonitorType, parseRdata } from '../record-types.ts'
import { compileExpectation, type ExpectationInput } from './expectation.ts'
import { policyValues } from './families.ts'

export interface ValueDifference {
  readonly missing: readonly string[]
  readonly unexpected: readonly string[]
}

/** `current` are presentation values of an RRset that does not fulfil the expectation. */
export function valueDifference(expectation: ExpectationInput, current: readonly string[]): ValueDifference {
  const { type, match, expected } = expectation
  const found = policyValues(type, expected, current)
  const isThere = (value: string): boolean => found.some((other) => fits(type, match, value, other))
  const isWanted = (value: string): boolean => expected.some((other) => fits(type, match, other, value))
  switch (match) {
    case 'exact':
    case 'baseline':
      return {
        missing: expected.filter((value) => !isThere(value)),
        unexpected: found.filter((value) => !isWanted(value)),
      }
    case 'includes':
      return { missing: expected.filter((value) => !isThere(value)), unexpected: [] }
    case 'any_of':
      return { missing: found.some(isWanted) ? [] : expected, unexpected: [] }
    case 'cidr':
      return {
        missing: found.some(isWanted) ? [] : expected,
        unexpected: found.filter((value) => !isWanted(value)),
      }
    case 'none_of':
      return { missing: [], unexpected: found.filter(isWanted) }
    case 'absent':
      return { missing: [], unexpected: current }
  }
}

/** How one expected value is compared with one record. */
const PAIRWISE: Readonly<Record<MatchMode, MatchMode>> = {
  exact: 'exact',
  includes: 'includes',
  any_of: 'any_of',
  none_of: 'any_of',
  cidr: 'cidr',
  absent: 'exact',
  baseline: 'baseline',
}

function fits(type: MonitorType, match: MatchMode, expected: string, found: string): boolean {
  try {
    const record: Rdata = parseRdata(type, found)
    return compileExpectation({ type, match: PAIRWISE[match], expected: [expected] }).verify([record]).matches
  } catch (error) {
    // A message about a change must never keep the change from being recorded.
    if (error instanceof RadarError) return expected === found
    throw error
  }
}
