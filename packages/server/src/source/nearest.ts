/** The word that was probably meant. */
import { editDistance } from '../config.ts'

/** Further away it is another word and no slip of the fingers. */
const SLIP = 2

/** ` Did you mean …?`, or nothing. */
export function didYouMean(given: string, known: readonly string[]): string {
  const [nearest] = known
    .map((word) => ({ word, distance: editDistance(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= SLIP && distance < word.length)
    .toSorted((a, b) => a.distance - b.distance)
  return nearest === undefined ? '' : ` Did you mean ${nearest.word}?`
}
