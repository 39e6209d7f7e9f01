/** The measures that live items, samples and the fields of a step are held to. */
import type { PlainOutputField } from 'zapier-platform-core'
import { fieldsOf, type Item, type Kind, sampleOf } from './zapier.ts'

/** The record that most steps are tried with. */
export const WWW = {
  domain: 'example.com',
  subdomain: 'www',
  record_type: 'A',
  expected_value: ['192.0.2.1'],
} as const

/** A live item is what the step's sample and its output fields promise. */
export function expectPromised(kind: Kind, key: string, item: unknown): void {
  expectSameShape(sampleOf(kind, key), item)
  expectFields(fieldsOf(kind, key), item)
}

/**
 * Every member's name and the kind of its value, so that two items can be held to one shape. Where one of two has
 * nothing (null, an empty list or object), anything may stand.
 */
export function expectSameShape(left: unknown, right: unknown, path = 'item'): void {
  if (isEmpty(left) || isEmpty(right)) return
  if (typeof left !== typeof right || Array.isArray(left) !== Array.isArray(right)) {
    throw new Error(`${path} is ${JSON.stringify(left)} on one side and ${JSON.stringify(right)} on the other`)
  }
  if (Array.isArray(left) && Array.isArray(right)) return expectSameShape(left[0], right[0], `${path}[]`)
  if (typeof left !== 'object' || typeof right !== 'object') return
  const [a, b] = [left as Item, right as Item]
  const names = [Object.keys(a).toSorted().join(), Object.keys(b).toSorted().join()]
  if (names[0] !== names[1]) throw new Error(`${path} has ${names[0]} on one side and ${names[1]} on the other`)
  for (const name of Object.keys(a)) expectSameShape(a[name], b[name], `${path}.${name}`)
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)
}

const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  // Zapier takes a time without a zone for one of the user's own.
  datetime: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
}

/** Every labelled field is a member, and what it holds is of the field's type, or nothing. */
export function expectFields(fields: readonly PlainOutputField[], item: unknown): void {
  for (const { key, type = '', list = false } of fields) {
    for (const value of membersAt(item, key.split(/__|\[\]/))) {
      if (value === null) continue
      const values = list && Array.isArray(value) ? value : [value]
      const isOfType = Array.isArray(value) === list && values.every((one) => KINDS[type]?.(one))
      if (!isOfType)
        throw new Error(`${key} holds ${JSON.stringify(value)}, and is to be ${type}${list ? ' list' : ''}`)
    }
  }
}

/** `['event', 'domain']` of one item, `['monitors', 'id']` of each in a list. */
function membersAt(item: unknown, [name, ...rest]: readonly string[]): unknown[] {
  if (name === undefined) return [item]
  if (Array.isArray(item)) return item.flatMap((one) => membersAt(one, [name, ...rest]))
  if (typeof item !== 'object' || item === null || !(name in item)) throw new Error(`there is no ${name}`)
  return membersAt((item as Item)[name], rest)
}
