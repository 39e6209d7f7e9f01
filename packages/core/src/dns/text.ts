/**
 * Octet strings of the DNS as text and back: TXT data and the values of CAA records.
 *
 * A TXT record is its character-strings joined, nothing between them (RFC 7208 section 3.3). It is shown as it stands
 * in a control panel: UTF-8 as characters, every other octet and every control character as `\DDD`. A backslash shows
 * as itself, except before three digits that would read as such an escape, where it is `\092`. Data that itself begins
 * and ends with a quote, or is empty, is shown in zone-file form, because text in quotes is read that way.
 */
import { Buffer } from 'node:buffer'
import { MalformedRdata, plainRdata, quoteValue, type Rdata, type RdataForm, refuseValue } from './rdata.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** The octets of joined character-strings, one Latin-1 character each, as a record. */
export function txtRdata(octets: string): Rdata {
  return { text: isPlain(octets) ? octets : showOctets(octets), key: octets }
}

export const txtForm: RdataForm = {
  decode(message, start, end) {
    if (start === end) throw new MalformedRdata('a TXT record without a character-string')
    const view = Buffer.from(message.buffer, message.byteOffset, message.length)
    let octets = ''
    for (let at = start; at < end; ) {
      const next = at + 1 + (message[at] ?? 0)
      if (next > end) throw new MalformedRdata('a character-string that runs past its record')
      octets += view.toString('latin1', at + 1, next)
      at = next
    }
    return txtRdata(octets)
  },
  parse(text) {
    return txtRdata(readText(text))
  },
}

/** CAA (RFC 8659): `0 issue "ca.example"`, the tag in lower case. */
export const caaForm: RdataForm = {
  decode(message, start, end) {
    const tagEnd = start + 2 + (message[start + 1] ?? 0)
    if (end - start < 2 || tagEnd > end) throw new MalformedRdata('a CAA record with a tag that runs past it')
    const view = Buffer.from(message.buffer, message.byteOffset, message.length)
    const tag = view.toString('latin1', start + 2, tagEnd)
    if (!/^[0-9a-z]+$/i.test(tag)) throw new MalformedRdata('a CAA record whose tag is not letters and digits')
    return caaRdata(message[start] ?? 0, tag, view.toString('latin1', tagEnd, end))
  },
  parse(text) {
    const [, flags = '', tag = '', value = ''] = /^(\d{1,3}) +([0-9a-z]{1,255}) +([^]+)$/i.exec(text) ?? []
    const quoted = isQuoted(value)
    if (flags === '' || Number(flags) > 0xff || (!quoted && /[\s"]/.test(value)))
      throw refuseValue(
        `${quoteValue(text)} is not a CAA record. Write \`<flags> <tag> "<value>"\`, such as \`0 issue "ca.example.net"\`.`,
      )
    return caaRdata(Number(flags), tag, quoted ? readQuoted(value) : readText(value))
  },
}

function caaRdata(flags: number, tag: string, value: string): Rdata {
  return plainRdata(`${flags} ${tag.toLowerCase()} ${showQuoted(value)}`)
}

/** Printable ASCII that needs no second look: nearly every record. */
function isPlain(octets: string): boolean {
  if (octets === '' || octets.charCodeAt(0) === QUOTE) return false
  for (let at = 0; at < octets.length; at += 1) {
    const octet = octets.charCodeAt(at)
    if (octet < 0x20 || octet > 0x7e || octet === BACKSLASH) return false
  }
  return true
}

function showOctets(octets: string): string {
  const text = show(octets, (octet, at) => (octet === '\\' && escapesOctet(octets.slice(at, at + 4)) ? '\\092' : octet))
  return text === '' || isQuoted(text) ? showQuoted(octets) : text
}

function showQuoted(octets: string): string {
  return `"${show(octets, (octet) => (octet === '"' || octet === '\\' ? `\\${octet}` : octet))}"`
}

function escapesOctet(text: string): boolean {
  return /^\\\d{3}/.test(text) && Number(text.slice(1, 4)) <= 0xff
}

function isQuoted(text: string): boolean {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"')
}

function show(octets: string, printable: (octet: string, at: number) => string): string {
  const pieces: string[] = []
  for (let at = 0; at < octets.length; ) {
    const octet = octets.charCodeAt(at)
    const length = octet < 0x80 ? 1 : utf8Length(octets, at)
    if (length > 1) pieces.push(Buffer.from(octets.slice(at, at + length), 'latin1').toString('utf8'))
    else if (octet < 0x20 || octet > 0x7e) pieces.push(`\\${String(octet).padStart(3, '0')}`)
    else pieces.push(printable(octets.charAt(at), at))
    at += length
  }
  return pieces.join('')
}

/**
 * Length of the UTF-8 sequence of two or more octets that begins at `at` (RFC 3629 section 4), or 1 when none does.
 * The C1 controls are left out: terminals act on them.
 */
function utf8Length(octets: string, at: number): number {
  const lead = octets.charCodeAt(at)
  const second = octets.charCodeAt(at + 1)
  const row = UTF8_ROWS.find((each) => lead >= each.lead[0] && lead <= each.lead[1])
  if (row === undefined || !(second >= row.second[0] && second <= row.second[1])) return 1
  for (let after = at + 2; after < at + row.length; after += 1) {
    if ((octets.charCodeAt(after) & 0xc0) !== 0x80 || after >= octets.length) return 1
  }
  return row.length
}

const UTF8_ROWS = [
  { lead: [0xc2, 0xc2], second: [0xa0, 0xbf], length: 2 },
  { lead: [0xc3, 0xdf], second: [0x80, 0xbf], length: 2 },
  { lead: [0xe0, 0xe0], second: [0xa0, 0xbf], length: 3 },
  { lead: [0xe1, 0xec], second: [0x80, 0xbf], length: 3 },
  { lead: [0xed, 0xed], second: [0x80, 0x9f], length: 3 },
  { lead: [0xee, 0xef], second: [0x80, 0xbf], length: 3 },
  { lead: [0xf0, 0xf0], second: [0x90, 0xbf], length: 4 },
  { lead: [0xf1, 0xf3], second: [0x80, 0xbf], length: 4 },
  { lead: [0xf4, 0xf4], second: [0x80, 0x8f], length: 4 },
] as const

/** The octets that a text stands for. Text in quotes is zone-file text; all other text is read as it is shown. */
function readText(text: string): string {
  if (isQuoted(text)) return readQuoted(text)
  return text.toWellFormed().replace(/\\\d{3}|[^\p{ASCII}]+/gu, (piece) => {
    if (!piece.startsWith('\\')) return toOctets(piece)
    return escapesOctet(piece) ? String.fromCharCode(Number(piece.slice(1))) : piece
  })
}

/** Character-strings of a zone file (RFC 1035 section 5.1), each in quotes, joined. */
function readQuoted(text: string): string {
  const strings: string[] = []
  const next = /[ \t]*"((?:[^"\\]|\\[^])*)"(?=[ \t"]|$)/y
  while (next.lastIndex < text.length) {
    const found = next.exec(text)
    if (found === null)
      throw refuseValue(
        `${quoteValue(text)} begins and ends with a quote, but is not zone-file text. Write \`"one" "two"\` with \`\\"\` for a quote inside, or leave the outer quotes away.`,
      )
    strings.push(readEscapes(found[1] ?? ''))
  }
  return strings.join('')
}

function readEscapes(text: string): string {
  return text.toWellFormed().replace(/\\(\d{3}|[^])|[^\p{ASCII}]+/gu, (piece, escaped: string | undefined) => {
    if (escaped === undefined) return toOctets(piece)
    if (escaped.length < 3 || !/^\d{3}$/.test(escaped)) return toOctets(escaped)
    if (Number(escaped) > 0xff)
      throw refuseValue(`\`\\${escaped}\` is no octet. Write three digits from 000 to 255 after a backslash.`)
    return String.fromCharCode(Number(escaped))
  })
}

function toOctets(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
