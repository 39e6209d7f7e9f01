/** `exact`: what was found is what is expected, nothing less and nothing more. */
import { isSubset, type SetRule } from './matcher.ts'
import { difference, explainStrictly } from './words.ts'

export const exact: SetRule = {
  accepts: (wanted, found) => wanted.size === found.size && isSubset(wanted, found),
  explain: (wanted, found) => explainStrictly(difference(wanted, found)),
}
