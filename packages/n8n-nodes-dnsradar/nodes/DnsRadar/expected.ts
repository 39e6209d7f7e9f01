/**
 * Expected values as people fill them in, by record type, to the presentation strings that the API takes.
 * Pure: the fields of the panel are in expected-fields.ts.
 */
import type { RecordType } from '../shared/client.ts'

export interface MxRow {
  readonly priority?: number
  readonly host?: string
}

export interface CaaRow {
  readonly flags?: number
  readonly tag?: string
  readonly value?: string
}

export interface SpfFields {
  /** Include hosts, addresses and networks: one per line. */
  readonly include?: string
  readonly ip4?: string
  readonly ip6?: string
  readonly a?: boolean
  readonly mx?: boolean
  /** `-all`, `~all`, `?all`, or empty for none. */
  readonly all?: string
}

export interface DmarcFields {
  readonly p?: string
  readonly sp?: string
  readonly rua?: string
  readonly ruf?: string
  readonly pct?: number
  readonly adkim?: string
  readonly aspf?: string
}

/** Types whose values have parts, so that they get fields of their own. */
export const STRUCTURED_TYPES = ['CAA', 'DMARC', 'MX', 'SPF'] as const satisfies readonly RecordType[]

export function mxValues(rows: readonly MxRow[]): string[] {
  return rows.filter(({ host }) => filled(host)).map(({ priority, host }) => `${priority ?? 10} ${String(host).trim()}`)
}

export function caaValues(rows: readonly CaaRow[]): string[] {
  return rows
    .filter(({ value }) => filled(value))
    .map(({ flags, tag, value }) => `${flags ?? 0} ${tag ?? 'issue'} "${String(value).trim()}"`)
}

/** One policy, or none when nothing is filled in. */
export function spfValues({ include, ip4, ip6, a, mx, all }: SpfFields): string[] {
  const terms = [
    ...(a === true ? ['a'] : []),
    ...(mx === true ? ['mx'] : []),
    ...words(ip4).map((network) => `ip4:${network}`),
    ...words(ip6).map((network) => `ip6:${network}`),
    ...words(include).map((host) => `include:${host}`),
    ...(filled(all) ? [String(all)] : []),
  ]
  return terms.length === 0 ? [] : [`v=spf1 ${terms.join(' ')}`]
}

/** One policy, or none when nothing is filled in. */
export function dmarcValues({ p, sp, rua, ruf, pct, adkim, aspf }: DmarcFields): string[] {
  const tags = [
    ['p', p],
    ['sp', sp],
    ['rua', addresses(rua)],
    ['ruf', addresses(ruf)],
    ['pct', pct === undefined ? '' : String(pct)],
    ['adkim', adkim],
    ['aspf', aspf],
  ].filter(([, value]) => filled(value))
  return tags.length === 0 ? [] : [`v=DMARC1; ${tags.map(([tag, value]) => `${tag}=${value}`).join('; ')}`]
}

/** Mail addresses become the URIs that DMARC wants (RFC 7489 section 6.2). */
function addresses(value: string | undefined): string {
  return words(value)
    .map((address) => (address.includes(':') ? address : `mailto:${address}`))
    .join(',')
}

function words(value: string | undefined): string[] {
  return (value ?? '').split(/[\s,]+/).filter((word) => word !== '')
}

function filled(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== ''
}
