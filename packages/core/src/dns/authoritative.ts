/** Which answers of a zone's own servers say what the zone holds. */
import type { Answer } from './answer.ts'

/**
 * Whether the server spoke for the zone: data, or its absence, with the AA bit. A lame server that answers from a
 * cache, refuses or fails says nothing about the zone.
 */
export function isAuthoritative(answer: Answer): boolean {
  switch (answer.kind) {
    case 'rrset':
    case 'nodata':
    case 'nxdomain':
    case 'dangling_alias':
      return answer.evidence.aa
    case 'failure':
    case 'timeout':
    case 'unreachable':
      return false
  }
}
