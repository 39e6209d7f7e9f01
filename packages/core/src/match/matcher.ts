/** What every way of matching has in common: the words in which expectations, records and differences are passed on. */
import type { Rdata } from '../dns/rdata.ts'
import { RadarError } from '../errors.ts'
import type { MatchMode } from '../monitor/monitor.ts'
import type { MatchResult, Reason } from '../monitor/verdict.ts'

/** Does the RRset fulfil the expectation? Order and duplicates of records never count. */
export type Matcher = (records: readonly Rdata[]) => MatchResult

/** The modes that compare values with records; the others (`cidr`, `absent`, `baseline`) have rules of their own. */
export type SetMode = Extract<MatchMode, 'exact' | 'includes' | 'any_of' | 'none_of'>

/** One thing that is expected or was found: a record, or a term inside a policy record. */
export interface Item {
  /** Equal keys mean the same thing. */
  readonly key: string
  /** As people see it. */
  readonly text: string
  /** What the item says something about: equal slots with different keys are one thing changed, not two things. */
  readonly slot: string
  /** At most one item of this slot can exist, so two different ones can never be expected together. */
  readonly unique?: boolean
  /** Why the item is there without effect. */
  readonly idle?: string
}

export type Items = ReadonlyMap<string, Item>

/** What a Map and a Set of keys share. */
export interface Keys {
  readonly size: number
  has(key: string): boolean
  keys(): Iterable<string>
}

export function isSubset(some: Keys, all: Keys): boolean {
  for (const key of some.keys()) {
    if (!all.has(key)) return false
  }
  return true
}

export function toItems(items: Iterable<Item>): Items {
  return new Map(Array.from(items, (item) => [item.key, item]))
}

/** One expected value as the user gave it, and where. */
export interface Given {
  readonly text: string
  /** `expected_value`, or `expected_value[1]` when there are several. */
  readonly field: string
}

/** Expected values made ready for any number of checks. */
export interface Compiled {
  readonly matches: Matcher
  /** Equal for equal expectations, whatever their order and spelling. */
  readonly canonical: readonly string[]
}

/** One mode as a rule over sets. */
export interface SetRule {
  accepts(wanted: Keys, found: Keys): boolean
  /** Why not; asked only after `accepts` said no. */
  explain(wanted: Items, found: Items): readonly Reason[]
}

export const MATCHED: MatchResult = { matches: true, reasons: [] }

export function mismatch(reasons: readonly Reason[]): MatchResult {
  return { matches: false, reasons }
}

export function refuse(message: string, field: string): RadarError {
  return new RadarError('invalid_expectation', message, { [field]: message })
}

/** Reads every given value; one refusal names all that are wrong. */
export function readEach<T>(given: readonly Given[], read: (text: string, field: string) => T): readonly T[] {
  const results: T[] = []
  collectRefusals(given, ({ text, field }) => {
    results.push(within(field, () => read(text, field)))
  })
  return results
}

/** Does `step` for each; afterwards throws one RadarError for all that refused. */
export function collectRefusals<T>(each: readonly T[], step: (one: T) => void): void {
  const fields: Record<string, string> = {}
  for (const one of each) {
    try {
      step(one)
    } catch (error) {
      if (!(error instanceof RadarError) || error.fields === undefined) throw error
      Object.assign(fields, error.fields)
    }
  }
  const [first] = Object.values(fields)
  if (first !== undefined) throw new RadarError('invalid_expectation', first, fields)
}

/** Parsers below know the value, not the field it stood in. */
function within<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof RadarError && error.fields === undefined) throw refuse(error.message, field)
    throw error
  }
}
