/**
 * Text from outside, made storable.
 *
 * PostgreSQL keeps neither U+0000 nor a surrogate without its partner, in text as in jsonb, and one refused row would
 * fail the whole batch it travels in. Both become U+FFFD, on SQLite too, so that a move between engines changes nothing.
 */
export function scrub(text: string): string {
  const wellFormed = text.toWellFormed()
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed
}

export function scrubOrNull(text: string | null): string | null {
  return text === null ? null : scrub(text)
}

/** How `JSON.stringify` writes what must not be stored. An escaped backslash before it only costs a needless walk. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/

/** JSON text whose strings and member names are scrubbed. */
export function scrubbedJson(value: unknown): string {
  const text = JSON.stringify(value)
  return UNSTORABLE.test(text) ? JSON.stringify(scrubDeep(value)) : text
}

function scrubDeep(value: unknown): unknown {
  if (typeof value === 'string') return scrub(value)
  if (Array.isArray(value)) return value.map(scrubDeep)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [scrub(name), scrubDeep(member)]))
}
