/**
 * A short text that is equal when two answers mean the same to a monitor.
 *
 * Most checks find what the last one found. Comparing fingerprints lets them skip matching altogether. The
 * expectation's version is part of it, so an edit is never mistaken for "nothing new".
 */
import { hash } from 'node:crypto'
import type { Answer } from './answer.ts'

export function fingerprint(answer: Answer, expectedVersion: number): string {
  return hash('sha256', `${expectedVersion}\n${meaning(answer)}`, 'base64url').slice(0, LENGTH)
}

/** 96 bits: a chance match among a monitor's own answers is out of the question, and the row stays narrow. */
const LENGTH = 16

function meaning(answer: Answer): string {
  switch (answer.kind) {
    case 'rrset':
      // Lengths keep apart what a separator inside a TXT record could run together.
      return answer.records.map(({ key }) => `${key.length}:${key}`).join('')
    case 'nodata':
      return answer.flattened ? 'flattened' : 'nodata'
    case 'failure':
      return answer.why
    case 'nxdomain':
    case 'dangling_alias':
    case 'timeout':
    case 'unreachable':
      return answer.kind
  }
}
