/** A dry run: how would an expectation judge these values, or an answer without any? */
import type { Answer, Evidence, FailureKind } from '../dns/answer.ts'
import { noMessage } from '../dns/interpret.ts'
import type { Rdata } from '../dns/rdata.ts'
import { txtRdata } from '../dns/text.ts'
import { badField, RadarError } from '../errors.ts'
import { type ExpectationInput, newExpectation } from '../match/expectation.ts'
import { parseRdata, queryType } from '../record-types.ts'
import { judge } from './judge.ts'
import type { Verdict } from './verdict.ts'

export const SIMULATED_RESPONSES = [
  'NXDOMAIN',
  'NODATA',
  'SERVFAIL',
  'REFUSED',
  'FORMERR',
  'MALFORMED',
  'TIMEOUT',
] as const
export type SimulatedResponse = (typeof SIMULATED_RESPONSES)[number]

/** A presentation string; for TXT also the character-strings of one record, each octet above 127 as its Latin-1 character. */
export type ObservedValue = string | readonly string[]

export interface ObservedInput extends ExpectationInput {
  readonly observed: readonly ObservedValue[]
  /** Stands for an answer without data; without it and without values the answer is empty. */
  readonly response?: SimulatedResponse | undefined
}

/**
 * Throws RadarError: `invalid_expectation` as on creating a monitor, `invalid_field` naming `observed[1]` or
 * `response`.
 */
export function matchObserved(input: ObservedInput): Verdict {
  const expectation = newExpectation(input)
  const verdict = judge(
    expectation,
    input.response === undefined ? answerOf(input) : emptyAnswer(input, input.response),
  )
  if (verdict === null) throw new Error('a simulated answer is always judged')
  return verdict
}

function answerOf({ type, observed }: ObservedInput): Answer {
  const records = new Map<string, Rdata>()
  observed.forEach((value, at) => {
    const record = readObserved(type, value, `observed[${at}]`)
    records.set(record.key, record)
  })
  if (records.size === 0) return { kind: 'nodata', flattened: false, evidence: evidence('NOERROR') }
  if (records.size > 1 && queryType(type) === 'CNAME') {
    return failure(
      'illegal',
      'A name has two different CNAME records, which no zone may hold (RFC 2181 section 10.1).',
      'NOERROR',
    )
  }
  return { kind: 'rrset', records: [...records.values()], evidence: evidence('NOERROR') }
}

function readObserved(type: ObservedInput['type'], value: ObservedValue, field: string): Rdata {
  if (typeof value !== 'string') return readStrings(type, value, field)
  try {
    return parseRdata(type, value)
  } catch (error) {
    if (error instanceof RadarError) throw badField(field, error.message)
    throw error
  }
}

function readStrings(type: ObservedInput['type'], strings: readonly string[], field: string): Rdata {
  if (queryType(type) !== 'TXT')
    throw badField(
      field,
      `A ${type} record is one string, not an array. Arrays hold the character-strings of a TXT record.`,
    )
  strings.forEach((text, at) => {
    if (/[^\u0000-\u00ff]/.test(text))
      throw badField(
        `${field}[${at}]`,
        'A character-string holds octets: write each one above 127 as its Latin-1 character, or give the record as one string.',
      )
    if (text.length > 255)
      throw badField(
        `${field}[${at}]`,
        `A character-string has at most 255 octets, this one has ${text.length}. Give the record as one string.`,
      )
  })
  return txtRdata(strings.join(''))
}

function emptyAnswer({ observed }: ObservedInput, response: SimulatedResponse): Answer {
  if (observed.length > 0)
    throw badField('response', '`response` stands for an answer without data: leave it out, or leave `observed` empty.')
  switch (response) {
    case 'NXDOMAIN':
      return { kind: 'nxdomain', evidence: evidence(response) }
    case 'NODATA':
      return { kind: 'nodata', flattened: false, evidence: evidence('NOERROR') }
    case 'TIMEOUT':
      return { kind: 'timeout', evidence: evidence(null) }
    case 'SERVFAIL':
      return failure('servfail', 'The server answered SERVFAIL.', response)
    case 'REFUSED':
      return failure('refused', 'The server answered REFUSED.', response)
    case 'FORMERR':
      return failure('formerr', 'The server answered FORMERR.', response)
    case 'MALFORMED':
      return failure('malformed', 'The response is malformed.', null)
  }
}

function failure(why: FailureKind, detail: string, rcode: string | null): Answer {
  return { kind: 'failure', why, detail, evidence: evidence(rcode) }
}

function evidence(rcode: string | null): Evidence {
  return { ...noMessage({ server: '', role: 'upstream', transport: 'udp', durationMs: 0 }), rcode }
}
