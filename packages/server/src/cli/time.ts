/** Times as people type them. */
import { usage } from './failure.ts'

/** With a zone, or it would mean another moment on every machine. */
const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/
const LAST_SECOND = 253_402_300_799

/** Minutes between two looks; undefined when nothing was given. Which of them are offered is for the server to say. */
export function readMinutes(given: string | undefined, as: string): number | undefined {
  if (given === undefined) return undefined
  if (/^\d{1,4}$/.test(given)) return Number(given)
  throw usage(`${as} ${JSON.stringify(given)} is no number of minutes; use digits only.`)
}

/** ISO 8601 (a date alone is its first moment in UTC) or Unix seconds, in epoch milliseconds. */
export function readTime(given: string, as: string): number {
  if (/^\d{1,12}$/.test(given) && Number(given) <= LAST_SECOND) return Number(given) * 1000
  const ms = ISO.test(given) ? Date.parse(given) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  throw usage(`${as} ${JSON.stringify(given)} is no time; use ISO 8601 such as 2030-01-31T12:00:00Z, or Unix seconds.`)
}
