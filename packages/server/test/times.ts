/** When the tests of a clock that stands begin, how they count time, and how long they wait for what is under way. */

/** A whole second, because the wire knows no shorter ones. */
export const START = Date.UTC(2030, 0, 1)

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** Of `vi.waitFor`: on a busy machine. */
export const PATIENCE = { timeout: 10_000, interval: 10 }

/** As the wire shows it. */
export const wireTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
