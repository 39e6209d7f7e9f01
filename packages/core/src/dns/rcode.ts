/** Response codes and extended errors by name, and which failure a code is to a monitor. */
import type { FailureKind } from './answer.ts'

export const NOERROR = 0
export const NXDOMAIN = 3

interface Rcode {
  readonly mnemonic: string
  readonly failure: FailureKind
}

/** IANA DNS RCODEs. Codes that are no failure of their own kind are counted with SERVFAIL: the server could not answer. */
const RCODES: ReadonlyMap<number, Rcode> = new Map([
  [NOERROR, { mnemonic: 'NOERROR', failure: 'servfail' }],
  [1, { mnemonic: 'FORMERR', failure: 'formerr' }],
  [2, { mnemonic: 'SERVFAIL', failure: 'servfail' }],
  [NXDOMAIN, { mnemonic: 'NXDOMAIN', failure: 'servfail' }],
  [4, { mnemonic: 'NOTIMP', failure: 'notimp' }],
  [5, { mnemonic: 'REFUSED', failure: 'refused' }],
  [6, { mnemonic: 'YXDOMAIN', failure: 'servfail' }],
  [7, { mnemonic: 'YXRRSET', failure: 'servfail' }],
  [8, { mnemonic: 'NXRRSET', failure: 'servfail' }],
  [9, { mnemonic: 'NOTAUTH', failure: 'refused' }],
  [10, { mnemonic: 'NOTZONE', failure: 'refused' }],
  [16, { mnemonic: 'BADVERS', failure: 'formerr' }],
  [23, { mnemonic: 'BADCOOKIE', failure: 'refused' }],
])

export function rcodeName(rcode: number): string {
  return RCODES.get(rcode)?.mnemonic ?? `RCODE${rcode}`
}

export function failureOf(rcode: number): FailureKind {
  return RCODES.get(rcode)?.failure ?? 'servfail'
}

/** Purposes of extended errors (RFC 8914 section 4 and the registry it opened), in code order from 0. */
const EXTENDED_ERRORS: readonly string[] = [
  'Other Error',
  'Unsupported DNSKEY Algorithm',
  'Unsupported DS Digest Type',
  'Stale Answer',
  'Forged Answer',
  'DNSSEC Indeterminate',
  'DNSSEC Bogus',
  'Signature Expired',
  'Signature Not Yet Valid',
  'DNSKEY Missing',
  'RRSIGs Missing',
  'No Zone Key Bit Set',
  'NSEC Missing',
  'Cached Error',
  'Not Ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN Answer',
  'Not Authoritative',
  'Not Supported',
  'No Reachable Authority',
  'Network Error',
  'Invalid Data',
]

/** `SERVFAIL (EDE 6, DNSSEC Bogus: no valid signature)`. */
export function describeRcode(rcode: number, ede: { readonly code: number; readonly text: string } | null): string {
  const name = rcodeName(rcode)
  if (ede === null) return name
  const purpose = EXTENDED_ERRORS[ede.code]
  return `${name} (EDE ${ede.code}${purpose === undefined ? '' : `, ${purpose}`}${ede.text === '' ? '' : `: ${ede.text}`})`
}
