/** When two monitors watch the same: one name, one type, one mode, and expectations that mean the same. */
import { compileExpectation, type ExpectationInput } from '../match/expectation.ts'

/**
 * Equal for monitors that watch the same, however each was written. Throws RadarError (`invalid_expectation`) for what
 * is no expectation.
 */
export function watchKey({ ownerName, ...expectation }: ExpectationInput & { readonly ownerName: string }): string {
  return `${ownerName} ${compileExpectation(expectation).canonicalKey}`
}
