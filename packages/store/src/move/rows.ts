/** Rows of two databases side by side: their order, and whether they say the same. */
import { hash } from 'node:crypto'
import type { Column, Row, Value } from './side.ts'

/** As both engines order them. The values of a key are octets or numbers. */
export function compareKeys(key: readonly string[], a: Row, b: Row): number {
  for (const column of key) {
    const order = compareValues(a[column] ?? null, b[column] ?? null)
    if (order !== 0) return order
  }
  return 0
}

function compareValues(a: Value, b: Value): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  return Number(a) - Number(b)
}

/** Equal for rows that say the same, whichever engine they come from. */
export function fingerprint(columns: readonly Column[], row: Row): string {
  const values = columns.map(({ name, isJson }) => {
    const value = row[name] ?? null
    if (value instanceof Uint8Array)
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
    return isJson && typeof value === 'string' ? sorted(JSON.parse(value)) : value
  })
  return hash('sha256', JSON.stringify(values), 'hex')
}

/** A `jsonb` gives its members in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}

/** How many rows there are and a sum over all of them, in whatever order they come. */
export interface Tally {
  add(fingerprint: string): void
  readonly rows: number
  readonly sum: number
}

const SUM_DIGITS = 12
/** Two terms below it still add up exactly. */
const SUM_MODULUS = 2 ** 48

export function createTally(): Tally {
  let rows = 0
  let sum = 0
  return {
    add(print) {
      rows += 1
      sum = (sum + Number.parseInt(print.slice(0, SUM_DIGITS), 16)) % SUM_MODULUS
    },
    get rows() {
      return rows
    },
    get sum() {
      return sum
    },
  }
}
