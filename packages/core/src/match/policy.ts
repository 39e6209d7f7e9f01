/**
 * Policies published as TXT records (SPF, DMARC, DKIM): one record of many TXT records, read as terms.
 *
 * A policy is looked for among the TXT records of its own family; the neighbours are nobody's business. Receivers
 * void a policy that is published twice, so several are a mismatch even when one of them would do. `exact` compares
 * the record octet by octet; the other modes ask whether the terms of an expected value are among the published ones.
 */
import { quoteValue, type Rdata, refuseValue } from '../dns/rdata.ts'
import type { MatchResult, Reason } from '../monitor/verdict.ts'
import { parseRdata } from '../record-types.ts'
import { explainQuotes } from './hints.ts'
import {
  type Compiled,
  type Given,
  isSubset,
  type Item,
  type Items,
  MATCHED,
  mismatch,
  readEach,
  refuse,
  type SetMode,
} from './matcher.ts'
import { difference, explainLoosely, list, quote, reason, summarise } from './words.ts'

export interface Policy {
  readonly items: Items
  /** Why the whole policy has no effect, although it is well written. */
  readonly warning?: string
}

/** Receivers would not accept the record; `fault` says why, without a final dot. */
export interface Fault {
  readonly fault: string
}

export interface PolicyKind {
  readonly name: 'SPF' | 'DMARC' | 'DKIM'
  /** How a record of the family begins. */
  readonly version: string
  /** Whether an expected value is one of this family. */
  claims(octets: string): boolean
  /** Whether a published TXT record is one. */
  recognises(octets: string): boolean
  read(octets: string): Policy | Fault
  /** As `read`, but also refuses what receivers would merely ignore: it can never have its effect. */
  readExpected(octets: string): Policy | Fault
}

export function compilePolicy(kind: PolicyKind, given: readonly Given[], mode: SetMode): Compiled {
  if (mode === 'exact') return compileExact(kind, given)
  const demands = readEach(given, (text, field) => {
    const policy = kind.readExpected(parseRdata('TXT', text).key)
    if ('fault' in policy) throw refuseValue(`${quoteValue(text)} is no valid ${kind.name} record: ${policy.fault}.`)
    return { text, field, items: policy.items }
  })
  return compileTerms(kind, mode, mode === 'includes' ? [mergeTerms(kind, demands)] : demands)
}

/** An expected value: its terms, and how the user wrote it. */
interface Demand extends Given {
  readonly items: Items
}

function compileExact(kind: PolicyKind, given: readonly Given[]): Compiled {
  const expected = readEach(given, (text, field) => ({ text, field, key: parseRdata('TXT', text).key }))
  const key = expected[0]?.key ?? ''
  const other = expected.find((each) => each.key !== key)
  if (other !== undefined) {
    const message = `A name has one ${kind.name} record, so ${quoteValue(other.text)} can never be there beside another one. Give one value, or use \`match: "includes"\`.`
    throw refuse(message, other.field)
  }
  const result = withWarnings(kind, key)
  return {
    canonical: [key],
    matches(records) {
      const published = publishedPolicy(kind, records)
      if (!('key' in published)) return published
      return published.key === key ? result : mismatch([explainChange(kind, key, published)])
    },
  }
}

/** The record is the expected one; that receivers do not accept it is said all the same. */
function withWarnings(kind: PolicyKind, octets: string): MatchResult {
  const policy = kind.read(octets)
  if ('fault' in policy)
    return {
      matches: true,
      reasons: [
        reason('bad_syntax', `The ${kind.name} record is as expected, but receivers reject it: ${policy.fault}.`),
      ],
    }
  return policy.warning === undefined ? MATCHED : { matches: true, reasons: [reason('differs', policy.warning)] }
}

function explainChange(kind: PolicyKind, expected: string, published: Rdata): Reason {
  const wanted = kind.read(expected)
  const found = kind.read(published.key)
  const say = (why: string, code: 'differs' | 'bad_syntax' = 'differs') =>
    reason(code, `The ${kind.name} record is not the expected one: ${why}.`, published.text)
  if ('fault' in found) return say(found.fault, 'bad_syntax')
  const change = 'fault' in wanted ? '' : summarise(difference(wanted.items, found.items))
  return say(change === '' ? 'its terms are the same, in another order or spelling' : change)
}

/** The one record of the family, or why there is none to compare. */
function publishedPolicy(kind: PolicyKind, records: readonly Rdata[]): Rdata | MatchResult {
  const found = new Map<string, Rdata>()
  for (const record of records) if (kind.recognises(record.key)) found.set(record.key, record)
  const [record] = found.values()
  if (record === undefined) return mismatch(explainAbsence(kind, records))
  if (found.size === 1) return record
  const texts = Array.from(found.values(), (each) => each.text).sort()
  const message = `There are ${found.size} ${kind.name} records, and receivers accept only one: ${list(texts)}.`
  return mismatch([reason('several_policies', message, texts[0])])
}

function explainAbsence(kind: PolicyKind, records: readonly Rdata[]): readonly Reason[] {
  const message = `There is no ${kind.name} record: none of the TXT records begins with \`${kind.version}\`.`
  return [reason('no_policy', message), ...explainQuotes(records, kind.recognises)]
}

/** `includes`: the terms of all values, which the one record has to hold together. */
function mergeTerms(kind: PolicyKind, demands: readonly Demand[]): Demand {
  const items = new Map<string, Item>()
  const taken = new Map<string, Item>()
  for (const demand of demands) {
    for (const item of demand.items.values()) {
      const other = item.unique === true ? taken.get(item.slot) : undefined
      if (other !== undefined && other.key !== item.key) {
        const both = `${quote(item.text)} and ${quote(other.text)}`
        throw refuse(`${both} can never stand in one ${kind.name} record. Leave one of them out.`, demand.field)
      }
      taken.set(item.slot, item)
      items.set(item.key, item)
    }
  }
  return { text: '', field: '', items }
}

function compileTerms(kind: PolicyKind, mode: Exclude<SetMode, 'exact'>, demands: readonly Demand[]): Compiled {
  return {
    canonical: [
      ...new Set(demands.map(({ items }) => `${kind.name} ${JSON.stringify([...items.keys()].sort())}`)),
    ].sort(),
    matches(records) {
      if (mode === 'none_of' && !records.some((record) => kind.recognises(record.key))) return MATCHED
      const published = publishedPolicy(kind, records)
      if (!('key' in published)) return published
      const policy = kind.read(published.key)
      if ('fault' in policy)
        return mismatch([
          reason('bad_syntax', `The ${kind.name} record is not valid: ${policy.fault}.`, published.text),
        ])
      return judgeTerms(kind, mode, demands, policy)
    },
  }
}

function judgeTerms(
  kind: PolicyKind,
  mode: Exclude<SetMode, 'exact'>,
  demands: readonly Demand[],
  policy: Policy,
): MatchResult {
  const fulfilled = demands.filter((demand) => isSubset(demand.items, policy.items))
  switch (mode) {
    case 'includes': {
      const [demand] = demands
      if (demand === undefined || fulfilled.length > 0) return accepted(policy, fulfilled)
      return mismatch(explainLoosely(difference(demand.items, policy.items)))
    }
    case 'any_of':
      if (fulfilled.length > 0) return accepted(policy, fulfilled)
      return mismatch([
        reason(
          'missing',
          `The ${kind.name} record holds none of the accepted values (${list(demands.map((each) => each.text))}).`,
          demands[0]?.text,
        ),
      ])
    case 'none_of':
      if (fulfilled.length === 0) return MATCHED
      return mismatch(
        fulfilled.map(({ text }) =>
          reason('forbidden', `The ${kind.name} record holds ${quote(text)}, which it must not.`, text),
        ),
      )
  }
}

function accepted(policy: Policy, fulfilled: readonly Demand[]): MatchResult {
  const reasons: Reason[] = []
  if (policy.warning !== undefined) reasons.push(reason('differs', policy.warning))
  for (const key of fulfilled.flatMap((demand) => [...demand.items.keys()])) {
    const item = policy.items.get(key)
    if (item?.idle !== undefined) reasons.push(reason('differs', `${quote(item.text)} ${item.idle}.`, item.text))
  }
  return reasons.length === 0 ? MATCHED : { matches: true, reasons }
}
