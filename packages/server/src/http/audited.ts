/** What the audit says of a request: which object it was about and what was asked for, without secrets. */
import { ID_PREFIXES } from '@dnsradar/core'
import { readId } from '../schemas/fields.ts'

/** Known from the path, or else from the answer, as when the object is new or was named by something else than its id. */
export function objectOf(params: Readonly<Record<string, string>>, answer: unknown): string {
  const named = Object.values(params).at(-1)
  const id = named === undefined ? null : canonicalId(named)
  if (id !== null) return id
  const { uuid } = (answer ?? {}) as { readonly uuid?: unknown }
  return typeof uuid === 'string' ? uuid : (named ?? '')
}

function canonicalId(given: string): string | null {
  return ID_PREFIXES.map((prefix) => readId(prefix, given)).find((id) => id !== null) ?? null
}

const HIDDEN = '***'
/** Members that are secret as a whole. */
const SECRET: readonly string[] = ['secret', 'key', 'signing_secret']
/** Members whose names may be known and whose values may not: they hold tokens of the receiver. */
const SECRET_VALUES: readonly string[] = ['headers', 'format_options']
/** A longer list is told by its length: the audit says what was done and is no copy of it. */
const LONGEST_LIST = 100

/** The members of a body that was accepted. */
export function changesOf(body: unknown): Readonly<Record<string, unknown>> {
  const members = Object.entries((body ?? {}) as Readonly<Record<string, unknown>>)
  return Object.fromEntries(members.map(([name, value]) => [name, shownValue(name, value)]))
}

function shownValue(name: string, value: unknown): unknown {
  if (value === null) return null
  if (SECRET.includes(name)) return HIDDEN
  if (Array.isArray(value)) {
    return value.length > LONGEST_LIST ? { length: value.length } : value.map((item) => shownValue('', item))
  }
  if (typeof value !== 'object') return value
  return SECRET_VALUES.includes(name)
    ? Object.fromEntries(Object.keys(value).map((inner) => [inner, HIDDEN]))
    : changesOf(value)
}
