/** Query parameters that have members: `metadata[customer]=7`. */

/**
 * Each such parameter becomes an object, except of the one name that objects cannot have as a member. One that is given
 * both ways becomes a list, which no schema accepts.
 */
export function foldMembers(query: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const folded = new Map<string, unknown>()
  for (const [name, value] of Object.entries(query)) {
    const [, outer, inner] = /^(\w+)\[(?!__proto__\])(.+)\]$/s.exec(name) ?? []
    if (outer !== undefined && inner !== undefined) folded.set(outer, withMember(folded.get(outer), inner, value))
    else folded.set(name, folded.has(name) ? [folded.get(name), value] : value)
  }
  return Object.fromEntries(folded)
}

/** Entries are defined and never assigned, so that no name is special. */
function withMember(members: unknown, name: string, value: unknown): object {
  if (members === undefined) return Object.fromEntries([[name, value]])
  const isObject = typeof members === 'object' && members !== null && !Array.isArray(members)
  return isObject ? Object.fromEntries([...Object.entries(members), [name, value]]) : [members, value]
}
