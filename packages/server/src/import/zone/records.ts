/**
 * Entries to records: owner, time to live and class in whatever order and number, then the type and its data.
 *
 * Data is kept as tokens here: what it means depends on the type (`rdata.ts`).
 */
import { RECORD_TYPES, type RecordType } from '@dnsradar/core/record-types'
import { didYouMean } from '../../source/nearest.ts'
import type { Fault } from '../../source/place.ts'
import { readName, shownToken, ZoneFault } from './names.ts'
import type { Entry, Token } from './tokens.ts'
import { UNWATCHED_TYPES } from './types.ts'

export interface ZoneRecord {
  readonly owner: string
  /** Where the record stands. */
  readonly token: Token
  /** `SOA`, a type that can be watched, or one that cannot: what is not here was refused. */
  readonly type: RecordType | 'SOA' | { readonly unwatched: string }
  /** Of another class than IN: about another network than the Internet. */
  readonly isForeign: boolean
  readonly rdata: readonly Token[]
  /** What relative names in the data stand under. */
  readonly origin: string | null
}

interface State {
  origin: string | null
  owner: string | null
}

export function readRecords(
  entries: readonly Entry[],
  origin: string | null,
): { readonly records: readonly ZoneRecord[]; readonly faults: readonly Fault[] } {
  const state: State = { origin, owner: null }
  const records: ZoneRecord[] = []
  const faults: Fault[] = []
  for (const entry of entries) {
    try {
      const record = readEntry(entry, state)
      if (record !== null) records.push(record)
    } catch (error) {
      if (!(error instanceof ZoneFault)) throw error
      faults.push(error.fault)
    }
  }
  return { records, faults }
}

/** Null for what only says how to read the rest. */
function readEntry({ tokens, isIndented }: Entry, state: State): ZoneRecord | null {
  const [first] = tokens
  if (first === undefined) throw new Error('an entry has a token')
  if (!isIndented && !first.quoted && first.text.startsWith('$')) {
    readDirective(first, tokens.slice(1), state)
    return null
  }
  if (!isIndented) state.owner = readName(first, state.origin)
  if (state.owner === null) throw new ZoneFault(first, 'This line has no owner name, and no line before it has one.')
  return { owner: state.owner, origin: state.origin, ...readBody(isIndented ? tokens : tokens.slice(1), first) }
}

function readDirective(directive: Token, rest: readonly Token[], state: State): void {
  const [argument, extra] = rest
  switch (directive.text.toUpperCase()) {
    case '$ORIGIN':
      if (argument === undefined) throw new ZoneFault(directive, '$ORIGIN names no domain.')
      if (extra !== undefined) throw new ZoneFault(extra, '$ORIGIN takes one name.')
      state.origin = readName(argument, state.origin)
      return
    case '$TTL':
      if (argument === undefined) throw new ZoneFault(directive, '$TTL names no time.')
      if (!isTtl(argument)) throw new ZoneFault(argument, `${shownToken(argument)} is no time to live. ${TTL_FORMS}`)
      return
    case '$INCLUDE':
    case '$GENERATE':
      throw new ZoneFault(directive, `${directive.text} is not followed here. ${WHOLE_ZONE}`)
    default:
      throw new ZoneFault(
        directive,
        `${shownToken(directive)} is no directive.${didYouMean(directive.text, ['$ORIGIN', '$TTL'])} A name that begins with a dollar sign is written \\$.`,
      )
  }
}

const WHOLE_ZONE =
  'Write the zone out as one file first: named-compilezone -f text -F text -o whole.db example.com FILE.'
const TTL_FORMS = 'Write seconds from 0 to 2147483647, or units as in 1h30m.'

type Body = Pick<ZoneRecord, 'token' | 'type' | 'isForeign' | 'rdata'>

/** A time to live and a class may each stand before the type, in either order. */
function readBody(tokens: readonly Token[], first: Token): Body {
  let at = 0
  let hasTtl = false
  let named: string | null = null
  for (; at < 2; at += 1) {
    const token = tokens[at]
    if (token === undefined || token.quoted) break
    if (!hasTtl && /^\d/.test(token.text)) {
      if (!isTtl(token)) throw new ZoneFault(token, `${shownToken(token)} is no time to live. ${TTL_FORMS}`)
      hasTtl = true
    } else if (named === null && CLASS.test(token.text)) named = token.text.toUpperCase()
    else break
  }
  const token = tokens[at]
  if (token === undefined) throw new ZoneFault(first, 'This entry ends before its record type.')
  const isForeign = named !== null && named !== 'IN' && named !== 'CLASS1'
  return { token, type: readType(token), isForeign, rdata: tokens.slice(at + 1) }
}

const CLASS = /^(?:IN|CH|HS|CS|CLASS\d{1,5})$/i
const LONGEST_TTL = 2 ** 31 - 1
const UNIT_SECONDS = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 }

function isTtl({ text }: Token): boolean {
  if (/^\d{1,10}$/.test(text)) return Number(text) <= LONGEST_TTL
  if (!/^(?:\d{1,10}[wdhms])+$/i.test(text)) return false
  const parts = [...text.toLowerCase().matchAll(/(\d+)([wdhms])/g)]
  const seconds = parts.map(([, count, unit]) => Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS])
  return seconds.reduce((sum, part) => sum + part, 0) <= LONGEST_TTL
}

function readType(token: Token): ZoneRecord['type'] {
  const written = token.text.toUpperCase()
  const type = RECORD_TYPES.find((known) => known === written)
  if (type !== undefined && !token.quoted) return type
  if (written === 'SOA') return 'SOA'
  if (UNWATCHED_TYPES.has(written) || /^TYPE\d{1,5}$/.test(written)) return { unwatched: written }
  throw new ZoneFault(
    token,
    `${shownToken(token)} is no record type.${didYouMean(written, RECORD_TYPES)} Those that can be watched are ${RECORD_TYPES.join(', ')}.`,
  )
}
