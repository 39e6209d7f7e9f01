/**
 * Expectations: compiled once, asked many times.
 *
 * Whatever can never match is refused here, with the reason and one way out, so that a monitor that exists can become
 * VALID.
 */
import type { Rdata } from '../dns/rdata.ts'
import type { RadarError } from '../errors.ts'
import type { MatchMode } from '../monitor/monitor.ts'
import type { MatchResult } from '../monitor/verdict.ts'
import { type MonitorType, recordRow } from '../record-types.ts'
import { absent } from './absent.ts'
import { compileBaseline } from './baseline.ts'
import { compileCidr } from './cidr.ts'
import { type Family, familiesOf, familyFor, recordsOf } from './families.ts'
import { type Compiled, collectRefusals, type Given, type Matcher, readEach, refuse, type SetMode } from './matcher.ts'

export const MAX_EXPECTED_VALUES = 10
/** UTF-16 code units, as every limit on JSON strings. */
export const MAX_EXPECTED_LENGTH = 1000

export interface ExpectationInput {
  readonly type: MonitorType
  readonly match: MatchMode
  readonly expected: readonly string[]
}

export interface Expectation {
  readonly type: MonitorType
  readonly match: MatchMode
  /** The expected values as the user gave them. */
  readonly display: readonly string[]
  /** Equal for expectations that mean the same, whatever order, case and spelling; all baselines are equal. */
  readonly canonicalKey: string
  /** The records that the expectation speaks of: for the types SPF and DMARC their family's, else all. */
  concerned(records: readonly Rdata[]): readonly Rdata[]
  /** Judges records that are there; whether none being there is right is not asked here. */
  verify(records: readonly Rdata[]): MatchResult
}

/**
 * What a caller may ask for. Throws RadarError (`invalid_expectation`) with fields `expected_value`,
 * `expected_value[1]` or `match`. As `compileExpectation`, except that nobody gives a baseline: it is taken.
 */
export function newExpectation(input: ExpectationInput): Expectation {
  if (input.match === 'baseline' && input.expected.length > 0) throw refuseValues(input.match)
  return compileExpectation(input)
}

/** An expectation as it is kept, a taken baseline included. Throws as `newExpectation`. */
export function compileExpectation(input: ExpectationInput): Expectation {
  const { type, match, expected } = input
  const { matches, canonical } = compile(input)
  return {
    type,
    match,
    display: expected,
    canonicalKey: `${type} ${match} ${JSON.stringify(canonical)}`,
    concerned: (records) => recordsOf(type, records),
    verify: matches,
  }
}

function compile({ type, match, expected }: ExpectationInput): Compiled {
  switch (match) {
    case 'absent':
      if (expected.length > 0) throw refuseValues(match)
      return { matches: (records) => absent(recordsOf(type, records)), canonical: [] }
    case 'baseline': {
      const matches = compileBaseline(expected, type)
      return { matches: (records) => matches(recordsOf(type, records)), canonical: [] }
    }
    case 'cidr': {
      const { address } = recordRow(type)
      if (address === null) {
        throw refuse(
          '`cidr` judges addresses: it goes with record types A and AAAA only. Use `exact` or `includes` here.',
          'match',
        )
      }
      return compileCidr(checkValues(expected), address)
    }
    case 'exact':
    case 'includes':
    case 'any_of':
    case 'none_of':
      return compileValues(checkValues(expected), match, type)
  }
}

function refuseValues(match: MatchMode): RadarError {
  return refuse(`\`match: "${match}"\` takes no \`expected_value\`: leave it out, or use \`exact\`.`, 'expected_value')
}

function checkValues(expected: readonly string[]): readonly Given[] {
  if (expected.length === 0)
    throw refuse('`expected_value` is required: give one value, or an array of up to 10.', 'expected_value')
  if (expected.length > MAX_EXPECTED_VALUES)
    throw refuse(
      `\`expected_value\` holds ${expected.length} values, and ${MAX_EXPECTED_VALUES} at most are accepted. Split it over several monitors.`,
      'expected_value',
    )
  const given = expected.map((text, at) => ({
    text,
    field: expected.length === 1 ? 'expected_value' : `expected_value[${at}]`,
  }))
  readEach(given, (text, field) => {
    if (text === '')
      throw refuse('An expected value is empty. Give the record\'s value; an empty TXT record is `""`.', field)
    if (text.length > MAX_EXPECTED_LENGTH)
      throw refuse(
        `An expected value has ${text.length} characters, and ${MAX_EXPECTED_LENGTH} at most are accepted. Use \`includes\` with the part that matters.`,
        field,
      )
  })
  return given
}

/** Values of one type may belong to several families: a TXT monitor can expect an SPF record and a site verification. */
function compileValues(given: readonly Given[], mode: SetMode, type: MonitorType): Compiled {
  const byFamily = new Map<Family, Given[]>()
  collectRefusals(given, (value) => {
    const family = familyFor(type, value.text)
    if (family === null)
      throw refuse(
        `An expected value of type ${type} begins with \`${versionOf(type)}\`. Use type TXT for other text.`,
        value.field,
      )
    byFamily.set(family, [...(byFamily.get(family) ?? []), value])
  })
  const parts: { family: Family; compiled: Compiled }[] = []
  collectRefusals([...byFamily], ([family, values]) => {
    parts.push({ family, compiled: family.compile(values, mode, type) })
  })
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first.compiled
  return {
    matches: joinParts(parts, mode),
    canonical: parts
      .map(({ family, compiled }) => `${family.policy?.name ?? ''} ${JSON.stringify(compiled.canonical)}`)
      .sort(),
  }
}

function versionOf(type: MonitorType): string {
  return familiesOf(type)[0]?.policy?.version ?? ''
}

/** Each policy is judged among its own records, plain values among what the policies leave over. */
function joinParts(parts: readonly { family: Family; compiled: Compiled }[], mode: SetMode): Matcher {
  const policies = parts.flatMap(({ family }) => family.policy ?? [])
  return (records) => {
    const rest = records.filter((record) => !policies.some((policy) => policy.recognises(record.key)))
    const results = parts.map(({ family, compiled }) => compiled.matches(family.policy === null ? rest : records))
    const matches =
      mode === 'any_of' ? results.some((result) => result.matches) : results.every((result) => result.matches)
    return {
      matches,
      reasons: results.filter((result) => result.matches === matches).flatMap((result) => result.reasons),
    }
  }
}
