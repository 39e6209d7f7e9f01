/**
 * Conditional GETs (RFC 9110, section 13.1.2): a caller that kept an answer learns for the price of a header that it
 * still holds.
 *
 * Express decides this too, but takes the `Cache-Control: no-cache` that every `fetch` adds to a conditional request
 * for a wish to be sent everything.
 */
import { hash } from 'node:crypto'

/** Weak, because what stands between may compress the octets and the JSON stays the same. */
export function entityTag(content: string | Uint8Array): string {
  return `W/"${hash('sha256', content, 'base64url')}"`
}

/** `header` is `If-None-Match` as it was sent. Compared weakly, as the RFC asks of this header. */
export function isKnown(tag: string, header: string | undefined): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  const opaque = (given: string): string => given.trim().replace(/^W\//, '')
  return header.split(',').some((given) => opaque(given) === opaque(tag))
}
