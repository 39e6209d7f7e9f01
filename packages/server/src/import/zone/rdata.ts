/** The data of one record as the text that a monitor expects. */
import { Buffer } from 'node:buffer'
import { RadarError } from '@dnsradar/core'
import { decodeRdata, MalformedRdata, parseRdata, type RecordType } from '@dnsradar/core/record-types'
import { readName, shownToken, ZoneFault } from './names.ts'
import type { ZoneRecord } from './records.ts'
import type { Token } from './tokens.ts'

/** Throws `ZoneFault` at the token that is wrong, or missing. */
export function readRdata(type: RecordType, { token, rdata, origin }: ZoneRecord): string {
  const [first] = rdata
  if (first?.text === '\\#' && !first.quoted) return readOctets(type, token, rdata.slice(1))
  const fields = FIELDS[type]
  const extra = rdata[fields.length]
  if (rdata.length < fields.length || first === undefined) {
    throw new ZoneFault(
      rdata.at(-1) ?? token,
      `A record of type ${type} says ${fields.join(' ')}; something is missing.`,
    )
  }
  if (extra !== undefined && type !== 'TXT') {
    throw new ZoneFault(extra, `A record of type ${type} says ${fields.join(' ')}, and ${shownToken(extra)} is more.`)
  }
  return parsed(type, rdata, presentation(type, rdata, origin))
}

/** What each type's data consists of, as people call it. */
const FIELDS: Readonly<Record<RecordType, readonly string[]>> = {
  A: ['<address>'],
  AAAA: ['<address>'],
  CNAME: ['<name>'],
  NS: ['<name>'],
  PTR: ['<name>'],
  MX: ['<priority>', '<host>'],
  TXT: ['"<text>"'],
  CAA: ['<flags>', '<tag>', '"<value>"'],
}

function presentation(type: RecordType, rdata: readonly Token[], origin: string | null): string {
  const name = (token: Token | undefined): string => (token === undefined ? '' : readName(token, origin))
  switch (type) {
    case 'A':
    case 'AAAA':
      return rdata[0]?.text ?? ''
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return name(rdata[0])
    case 'MX':
      return `${rdata[0]?.text} ${name(rdata[1])}`
    case 'TXT':
      return rdata.map(characterString).join(' ')
    case 'CAA':
      return `${rdata[0]?.text} ${rdata[1]?.text} ${characterString(rdata[2])}`
  }
}

const LONGEST_STRING = 255

/** In quotes, whether it was written so or not: then escapes mean the same in both. */
function characterString(token: Token | undefined): string {
  if (token === undefined) return '""'
  const octets = Buffer.byteLength(token.text.replaceAll(/\\(?:\d{3}|[^])/g, 'x'))
  // CAA's value is no character-string (RFC 8659 section 4.1), but one this long is a slip there too.
  if (octets > LONGEST_STRING) {
    throw new ZoneFault(
      token,
      `This string has ${octets} octets, and ${LONGEST_STRING} fit into one; write it as several in quotes.`,
    )
  }
  return `"${token.text}"`
}

/** The field at fault is not told, so the data's first token stands for it. */
function parsed(type: RecordType, [first]: readonly Token[], text: string): string {
  try {
    return parseRdata(type, text).text
  } catch (error) {
    if (error instanceof RadarError && first !== undefined) throw new ZoneFault(first, error.message)
    throw error
  }
}

/** Data of any type as octets (RFC 3597 section 5): `\# 4 C0000201`. */
function readOctets(type: RecordType, record: Token, [length, ...hex]: readonly Token[]): string {
  const at = length ?? record
  const digits = hex.map(({ text }) => text).join('')
  const isWhole = /^\d{1,5}$/.test(length?.text ?? '') && /^(?:[0-9a-f]{2})*$/i.test(digits)
  if (!isWhole || digits.length !== Number(length?.text) * 2) {
    throw new ZoneFault(
      at,
      'Data as octets says \\# <number of octets> <hexadecimal digits>, and these are not as many.',
    )
  }
  const octets = Buffer.from(digits, 'hex')
  try {
    return decodeRdata(type, octets, 0, octets.length).text
  } catch (error) {
    if (error instanceof MalformedRdata || (error instanceof Error && error.name === 'MalformedMessage')) {
      throw new ZoneFault(at, `These octets are no record of type ${type}.`)
    }
    throw error
  }
}
