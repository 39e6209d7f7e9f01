/**
 * Records compared as a set of canonical values: every type but the policies inside TXT records.
 *
 * A check compares keys, which were made canonical when the answer was decoded; words are looked for only when the
 * keys do not fit.
 */
import { isIP } from 'node:net'
import { quoteValue, type Rdata, refuseValue } from '../dns/rdata.ts'
import { type MonitorType, parseRdata, recordRow } from '../record-types.ts'
import { anyOf } from './any-of.ts'
import { exact } from './exact.ts'
import { explainQuotes } from './hints.ts'
import { includes } from './includes.ts'
import {
  type Compiled,
  type Given,
  type Item,
  type Items,
  MATCHED,
  mismatch,
  readEach,
  refuse,
  type SetMode,
  type SetRule,
  toItems,
} from './matcher.ts'
import { noneOf } from './none-of.ts'

const RULES: Readonly<Record<SetMode, SetRule>> = { exact, includes, any_of: anyOf, none_of: noneOf }

/** How a record is read as one element of the set. */
export interface Reading {
  keyOf(record: Rdata): string
  slotOf(key: string): string
  readonly hints: boolean
}

/** Everything about a value is compared; no two values speak of the same thing. */
export const WHOLE: Reading = { keyOf: (record) => record.key, slotOf: (key) => key, hints: false }

export function compileItems(wanted: Items, mode: SetMode, reading: Reading): Compiled {
  const rule = RULES[mode]
  return {
    canonical: [...wanted.keys()].sort(),
    matches(records) {
      if (rule.accepts(wanted, new Set(records.map(reading.keyOf)))) return MATCHED
      const found = toItems(records.map((record) => itemOf(reading.keyOf(record), record.text, reading)))
      const hints = reading.hints ? explainQuotes(records, (octets) => wanted.has(octets)) : []
      return mismatch([...rule.explain(wanted, found), ...hints])
    },
  }
}

export function itemOf(key: string, text: string, reading: Reading): Item {
  return { key, text, slot: reading.slotOf(key) }
}

/** Addresses, CAA records and TXT records that are no policy. */
export function compileSet(given: readonly Given[], mode: SetMode, type: MonitorType): Compiled {
  const records = readEach(given, (text) => parseRdata(type, text))
  const reading = recordRow(type).asked === 'TXT' ? { ...WHOLE, hints: true } : WHOLE
  return compileItems(toItems(records.map((record) => itemOf(record.key, record.text, reading))), mode, reading)
}

/** NS and PTR. */
export function compileNames(given: readonly Given[], mode: SetMode, type: MonitorType): Compiled {
  readEach(given, checkHost)
  return compileSet(given, mode, type)
}

/** CNAME: a name has one alias, so a wrong target is a change, and two targets can never both be there. */
export function compileAlias(given: readonly Given[], mode: SetMode): Compiled {
  readEach(given, checkHost)
  const reading: Reading = { ...WHOLE, slotOf: () => '' }
  const targets = readEach(given, (text) => parseRdata('CNAME', text))
  const items = toItems(targets.map(({ key, text }) => itemOf(key, text, reading)))
  if (items.size > 1 && (mode === 'exact' || mode === 'includes')) {
    throw refuse(
      'A name has one CNAME record, so several can never be there together. Give one value, or use `match: "any_of"`.',
      'expected_value',
    )
  }
  return compileItems(items, mode, reading)
}

/** What is no host to anyone who expects one, although a zone could hold such a name. */
export function checkHost(text: string): void {
  if (isIP(text) !== 0)
    throw refuseValue(
      `${quoteValue(text)} is an address, and this record holds a name. Write a name such as \`host.example.com\`, or use type A or AAAA.`,
    )
  if (text.includes('://') || text.includes('@'))
    throw refuseValue(`${quoteValue(text)} is not a host name. Write only the name, such as \`host.example.com\`.`)
}
