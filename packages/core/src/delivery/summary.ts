/** A change in one sentence for people: the line of a chat message or the subject of a mail. */
import { list } from '../match/words.ts'
import type { DnsEvent } from '../monitor/event.ts'

/** `brokenForSeconds`: how long the incident has lasted; null when there was none. */
export function summaryOf(event: DnsEvent, hostname: string, brokenForSeconds: number | null): string {
  const record = `The ${event.type} record of ${hostname}`
  const still = event.kind === 'record.changed' ? 'still ' : ''
  const [cause] = event.reasons
  switch (event.newState) {
    case 'VALID':
      return `${record} is as expected now${brokenForSeconds ? `, after ${spoken(brokenForSeconds)}` : ''}.`
    case 'MISMATCH':
      return sentence(`${record} is ${still}not as expected`, cause?.message)
    case 'NOT_FOUND': {
      const [wanted, be] = [list(event.expected), event.expected.length === 1 ? 'is' : 'are']
      return `${record} is ${still}not there${wanted === '' ? '' : `; ${wanted} ${be} expected`}.`
    }
    case 'TIMEOUT':
    case 'INVALID':
      return sentence(`${record} ${still}cannot be looked up`, cause?.message)
  }
}

/** The cause is a sentence of its own; after a colon it goes on in lower case, unless it begins with an abbreviation. */
function sentence(statement: string, cause: string | undefined): string {
  if (cause === undefined) return `${statement}.`
  const goesOn = /^[A-Z][a-z ]/.test(cause) ? `${cause[0]?.toLowerCase()}${cause.slice(1)}` : cause
  return `${statement}: ${goesOn}`
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** The largest unit and the one below it: `2 hours 5 minutes`. */
export function spoken(seconds: number): string {
  const at = UNITS.findIndex(([, size]) => seconds >= size)
  const [unit = UNITS[UNITS.length - 1], below] = at === -1 ? [] : UNITS.slice(at)
  const [name, size] = unit as (typeof UNITS)[number]
  const rest = below === undefined ? 0 : Math.floor((seconds % size) / below[1])
  const whole = counted(Math.floor(seconds / size), name)
  return below === undefined || rest === 0 ? whole : `${whole} ${counted(rest, below[0])}`
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
