/** Parameters as text: an expression may have given anything. */

/** Trimmed, because ids and names are pasted with what stood around them. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value.trim()
  return typeof value === 'object' ? JSON.stringify(value) : `${value as number | boolean | bigint}`
}
