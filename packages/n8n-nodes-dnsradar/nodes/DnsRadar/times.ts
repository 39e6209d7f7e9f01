/** Dates as n8n gives them to the Unix seconds that the API takes. */

/**
 * n8n's date picker gives a time without a zone, meant in the zone of the workflow; expressions give one with it.
 * Throws when it is no date.
 */
export function unixSeconds(value: unknown, zone: string): number {
  const text = value instanceof Date ? value.toISOString() : String(value).trim()
  const time = Date.parse(hasZone(text) ? text : `${text.includes('T') ? text : `${text}T00:00:00`}Z`)
  if (Number.isNaN(time)) throw new Error(`"${text}" is no date: use one such as 2026-01-31T08:00:00Z`)
  return Math.floor((hasZone(text) ? time : time - zoneOffset(time - zoneOffset(time, zone), zone)) / 1000)
}

function hasZone(text: string): boolean {
  return /(z|[+-]\d{2}:?\d{2})$/i.test(text) && text.includes('T')
}

/** Milliseconds by which the clocks of `zone` are ahead of UTC at `time`. */
function zoneOffset(time: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
    ...({ hour: '2-digit', minute: '2-digit', second: '2-digit' } as const),
  }).formatToParts(time)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '00'
  const local = `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}Z`
  return Date.parse(local) - Math.floor(time / 1000) * 1000
}
