/** `includes`: everything expected is there; what the owner added besides is theirs to add. */
import { isSubset, type SetRule } from './matcher.ts'
import { difference, explainLoosely } from './words.ts'

export const includes: SetRule = {
  accepts: isSubset,
  explain: (wanted, found) => explainLoosely(difference(wanted, found)),
}
