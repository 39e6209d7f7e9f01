/** `none_of`: no expected value is there; a record that does not exist at all is fine. */
import { anyOf } from './any-of.ts'
import type { SetRule } from './matcher.ts'
import { quote, reason } from './words.ts'

export const noneOf: SetRule = {
  accepts: (wanted, found) => !anyOf.accepts(wanted, found),
  explain: (wanted, found) =>
    Array.from(wanted.values())
      .filter((item) => found.has(item.key))
      .map((item) => reason('forbidden', `${quote(item.text)} is present and must not be.`, item.text)),
}
