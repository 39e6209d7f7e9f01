/** Differences field by field. */
import { isDeepStrictEqual } from 'node:util'
import type { FieldChange } from './changes.ts'

/** One field as it is and as it should be; undefined wishes for nothing. */
export type Compared = readonly [field: string, from: unknown, to: unknown]

export function differences(fields: readonly Compared[]): readonly FieldChange[] {
  return fields.flatMap(([field, from, to]) =>
    to === undefined || isDeepStrictEqual(from, to) ? [] : [{ field, from, to }],
  )
}

/** For values whose order means nothing. */
export function asSet<T extends string>(values: readonly T[]): readonly T[] {
  return [...new Set(values)].toSorted()
}

/** Whose order means nothing either. */
export function asMembers(members: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The changed fields with what they should be. */
export function bodyOf(fields: readonly FieldChange[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ field, to }) => [field, to]))
}
