/**
 * Whether the loops of this process still turn.
 *
 * A loop shows it by asking the store for work, which it does every second; under load it may wait for room, at most as
 * long as a look or an attempt may take.
 */

/** The longest attempt lasts 30 s, the longest look three budgets. */
const STILL_MS = 120_000

export interface Pulse {
  beat(loop: string): void
  /** What `work` does is a loop that must not end before `signal` aborts. */
  follow(loop: string, work: Promise<void>, signal: AbortSignal): void
  /** What is wrong, in words; empty when every loop turns. */
  faults(): readonly string[]
}

export function createPulse(monotonic: () => number): Pulse {
  const beats = new Map<string, number>()
  const ended = new Set<string>()
  return {
    beat: (loop) => void beats.set(loop, monotonic()),
    follow(loop, work, signal) {
      const end = (): void => void (signal.aborted || ended.add(loop))
      work.then(end, end)
    },
    faults() {
      const still = [...beats].filter(([, at]) => monotonic() - at > STILL_MS).map(([loop]) => loop)
      return [
        ...[...ended].map((loop) => `the ${loop} loop has ended`),
        ...still.filter((loop) => !ended.has(loop)).map((loop) => `the ${loop} loop stands still`),
      ]
    },
  }
}
