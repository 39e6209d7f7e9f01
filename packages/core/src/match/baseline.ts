/**
 * `baseline`: whatever was there first is expected from then on.
 *
 * A taken baseline is a set of whole records: policies inside it are not read, because any change at all is the news.
 */
import { type MonitorType, parseRdata } from '../record-types.ts'
import { type Matcher, MATCHED, mismatch, readEach, toItems } from './matcher.ts'
import { compileItems, itemOf, WHOLE } from './set.ts'
import { reason } from './words.ts'

/** `taken` is empty until the first records were seen. */
export function compileBaseline(taken: readonly string[], type: MonitorType): Matcher {
  if (taken.length === 0) return anyRecord
  const given = taken.map((text) => ({ text, field: 'expected_value' }))
  const records = readEach(given, (text) => parseRdata(type, text))
  return compileItems(toItems(records.map((record) => itemOf(record.key, record.text, WHOLE))), 'exact', WHOLE).matches
}

const anyRecord: Matcher = (records) =>
  records.length > 0 ? MATCHED : mismatch([reason('missing', 'There is no record to take as the baseline.')])
