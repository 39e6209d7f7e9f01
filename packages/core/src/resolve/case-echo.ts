/**
 * Whether a server repeats the question's letter case, learnt from its replies.
 *
 * Nearly all do. A reply in another case is either forged or comes from a server that does not, and such a server
 * must not look dead: while it has never repeated a mixed case, the first such reply is believed and mixing ends.
 * Once it has, such replies are passed over, unless they keep coming (the server behind the address was replaced).
 */
import { HEADER_OCTETS } from '../dns/header.ts'
import type { Query } from '../dns/query.ts'

const MISSES_IN_A_ROW = 16

export class CaseEcho {
  /** Whether to mix the next query's case. */
  wanted = true
  #seen = false
  #misses = 0

  /** Takes one reply's result; false when the reply must be passed over. */
  accept(query: Query, sameCase: boolean): boolean {
    if (sameCase) {
      this.#misses = 0
      // A question that chance left all in lower case proves nothing about a server that lower-cases.
      this.#seen ||= hasUpperCase(query)
      return true
    }
    this.#misses += 1
    if (!this.#seen || this.#misses >= MISSES_IN_A_ROW) this.wanted = false
    return !this.wanted
  }
}

function hasUpperCase(query: Query): boolean {
  for (let at = HEADER_OCTETS; at < query.questionEnd - 4; at += 1) {
    const octet = query.wire[at] as number
    if (octet >= 0x41 && octet <= 0x5a) return true
  }
  return false
}
