/** **The table** of record types: everything that differs between them stands here, one row each. */
import type { AddressFamily } from './dns/address.ts'
import { ipv4Form, ipv6Form, mxForm, nameForm, type Rdata, type RdataForm } from './dns/rdata.ts'
import { caaForm, txtForm } from './dns/text.ts'

export { MalformedRdata } from './dns/rdata.ts'

/** Types that can be asked for on the wire. */
export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'TXT', 'NS', 'PTR', 'CAA'] as const
export type RecordType = (typeof RECORD_TYPES)[number]

/** Types that a monitor can have: `SPF` and `DMARC` are TXT records of that family, kept as the user gave them. */
export const MONITOR_TYPES = [...RECORD_TYPES, 'SPF', 'DMARC'] as const
export type MonitorType = (typeof MONITOR_TYPES)[number]

/** Ways of comparing values (`match/families.ts`). */
export type FamilyName = 'set' | 'names' | 'alias' | 'mx' | 'spf' | 'dmarc' | 'dkim'

export interface RecordRow {
  /** What is asked for on the wire; differs from the row's own name for the policies, which are TXT records. */
  readonly asked: RecordType
  /** IANA number of `asked`. */
  readonly code: number
  readonly form: RdataForm
  /** The first family that claims an expected value judges it. */
  readonly families: readonly FamilyName[]
  /** Set for types that `cidr` can judge. */
  readonly address: AddressFamily | null
}

const TXT = { asked: 'TXT', code: 16, form: txtForm, address: null } as const

const ROWS: Readonly<Record<MonitorType, RecordRow>> = {
  A: { asked: 'A', code: 1, form: ipv4Form, families: ['set'], address: 4 },
  AAAA: { asked: 'AAAA', code: 28, form: ipv6Form, families: ['set'], address: 6 },
  CNAME: { asked: 'CNAME', code: 5, form: nameForm, families: ['alias'], address: null },
  MX: { asked: 'MX', code: 15, form: mxForm, families: ['mx'], address: null },
  TXT: { ...TXT, families: ['spf', 'dmarc', 'dkim', 'set'] },
  NS: { asked: 'NS', code: 2, form: nameForm, families: ['names'], address: null },
  PTR: { asked: 'PTR', code: 12, form: nameForm, families: ['names'], address: null },
  CAA: { asked: 'CAA', code: 257, form: caaForm, families: ['set'], address: null },
  SPF: { ...TXT, families: ['spf'] },
  DMARC: { ...TXT, families: ['dmarc'] },
}

export function recordRow(type: MonitorType): RecordRow {
  return ROWS[type]
}

/** The type that a monitor's question asks for. */
export function queryType(type: MonitorType): RecordType {
  return ROWS[type].asked
}

export function typeCode(type: RecordType): number {
  return ROWS[type].code
}

/** Octets `start` to `end` of a message as a record. Throws `MalformedRdata` or `MalformedMessage`. */
export function decodeRdata(type: RecordType, message: Uint8Array, start: number, end: number): Rdata {
  return ROWS[type].form.decode(message, start, end)
}

/** Presentation text as the record that is shown by it. Throws RadarError (`invalid_expectation`) without fields. */
export function parseRdata(type: MonitorType, text: string): Rdata {
  return ROWS[type].form.parse(text)
}
