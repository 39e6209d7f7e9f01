/** `absent`: the record must not exist. */
import { type Matcher, MATCHED, mismatch } from './matcher.ts'
import { quote, reason } from './words.ts'

export const absent: Matcher = (records) =>
  records.length === 0
    ? MATCHED
    : mismatch(
        records
          .slice(0, 10)
          .map(({ text }) => reason('forbidden', `${quote(text)} is present where no record is expected.`, text)),
      )
