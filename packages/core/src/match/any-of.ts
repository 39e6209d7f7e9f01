/** `any_of`: at least one expected value is there; others are allowed. */
import type { SetRule } from './matcher.ts'
import { list, reason } from './words.ts'

export const anyOf: SetRule = {
  accepts(wanted, found) {
    for (const key of wanted.keys()) {
      if (found.has(key)) return true
    }
    return false
  },
  explain(wanted, found) {
    const texts = Array.from(wanted.values(), (item) => item.text)
    const published = Array.from(found.values(), (item) => item.text)
    const besides = published.length > 0 ? `; ${list(published)} ${published.length > 1 ? 'are' : 'is'} published` : ''
    return [reason('missing', `None of the accepted values (${list(texts)}) is present${besides}.`, texts[0])]
  },
}
