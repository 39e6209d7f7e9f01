/** Times that are typed: `2026-01-31T12:00`, meant in UTC as everything here. */

/** As the API takes it. What is no time stays as it was typed, for the API to refuse. */
export function utcTime(typed: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(typed)) return `${typed}T00:00:00Z`
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(typed)) return `${typed}:00Z`
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(typed) ? `${typed}Z` : typed
}

/** Unix seconds; undefined when it is no time. */
export function utcSeconds(typed: string): number | undefined {
  const ms = Date.parse(utcTime(typed))
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000)
}

/** What a field of type `datetime-local` takes. */
export function typedTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16)
}
