/** What the audit says of a request: which object it was about and what was asked for, without secrets. */
import { ID_PREFIXES, type NewAuditEntry } from '@dnsradar/core'
import { readId } from '../schemas/fields.ts'

const WROTE = Symbol('wrote')

/** Given by a handler that has no answer, of an object that its caller may have named by something else than its id. */
export interface Wrote {
  readonly [WROTE]: string
}

export function wrote(object: string): Wrote {
  return { [WROTE]: object }
}

/** Null for anything else that a handler gives. */
export function objectWritten(given: unknown): string | null {
  return typeof given === 'object' && given !== null && WROTE in given ? (given as Wrote)[WROTE] : null
}

/**
 * The object is known from the path, or else from the answer, as when it is new or was named by something else than its
 * id. Of several that were written at once the first stands for all, and `changes` has their number.
 */
export function toldOf(
  params: Readonly<Record<string, string>>,
  sent: unknown,
  answer: unknown,
): Pick<NewAuditEntry, 'object' | 'changes'> {
  const { uuid, data } = (answer ?? {}) as Answered
  const named = Object.entries(params).at(-1)
  const object = (named && idNamed(...named)) ?? uuid ?? named?.[1]
  const changes = changesOf(sent)
  if (object !== undefined || data === undefined) return { object: object ?? '', changes }
  return { object: data[0]?.uuid ?? '', changes: { ...changes, count: data.length } }
}

/** What objects and lists of them have on the wire. */
interface Answered {
  readonly uuid?: string
  readonly data?: readonly Answered[]
}

/** Names that are their owner's own, and slugs, may be spelled like the id of something else. */
function idNamed(parameter: string, given: string): string | null {
  switch (parameter) {
    case 'external_id':
      return null
    case 'group':
      return readId('grp', given)
    default:
      return ID_PREFIXES.map((prefix) => readId(prefix, given)).find((id) => id !== null) ?? null
  }
}

const HIDDEN = '***'
/** Members that are secret as a whole. */
const SECRET: readonly string[] = ['secret', 'key', 'signing_secret']
/** Members whose names may be known and whose values may not: they hold tokens of the receiver. */
const SECRET_VALUES: readonly string[] = ['headers', 'format_options']
/** A longer list is told by its length: the audit says what was done and is no copy of it. */
const LONGEST_LIST = 100

/** The members of a body that was accepted. */
function changesOf(body: unknown): Readonly<Record<string, unknown>> {
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
