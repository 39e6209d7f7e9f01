/**
 * Hints between processes that share a database: there is something to do. They may be lost, so whoever waits for work
 * looks by itself too, and a hint only shortens the wait.
 */

/** `check`: monitors became due. `deliver`: deliveries are waiting, or there is news for those who watch. */
export const HINTS = ['check', 'deliver'] as const
export type Hint = (typeof HINTS)[number]

export interface Hints {
  /** To be called after the commit. Hints that come together go out as one. */
  give(hint: Hint): void
  /** What others gave is heard from now on until the store is closed. One listener; where nobody else is there, none hears. */
  listen(hear: (hint: Hint) => void): void
}
