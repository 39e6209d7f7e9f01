/**
 * Names in their canonical form: ASCII lower case, A-labels, no final dot, RFC 1035 escapes.
 *
 * A name inside RDATA may hold any octet a zone can hold. What a user may ask to be monitored is held to more
 * (`name.ts`).
 */
import { domainToASCII } from 'node:url'
import { RadarError } from '../errors.ts'
import { MAX_LABEL_OCTETS, MAX_NAME_OCTETS } from './labels.ts'

/** The dots of RFC 3490 (section 3.1) count as dots. */
export const WRITTEN_DOT = /[.\u3002\uff0e\uff61]/
const ESCAPE = /\\(\d{3}|[^]|$)/g
const ESCAPE_OR_CHARACTER = /\\\d{3}|\\[^]|[^]/g

/**
 * A name inside RDATA in its canonical form; the root is `.`. Throws RadarError (`invalid_field`, without fields:
 * the caller knows which field it read).
 */
export function canonicalName(text: string): string {
  if (text === '.') return '.'
  const labels = splitLabels(text).map(canonicalLabel)
  // Every label has its length octet, and the root has one of its own.
  const octets = labels.reduce((sum, label) => sum + 1 + countOctets(label), 1)
  if (octets > MAX_NAME_OCTETS) throw refused(`it is longer than ${MAX_NAME_OCTETS - 2} octets`)
  return labels.join('.')
}

/** The canonical form of a name that `readName` gave: case is all that can differ, unless it holds escapes. */
export function canonicalWireName(name: string): string {
  if (name === '') return '.'
  return name.includes('\\') ? canonicalName(name) : name.toLowerCase()
}

/** Labels as written, without the final dot. */
export function splitLabels(text: string): readonly string[] {
  const labels = text.includes('\\') ? splitEscaped(text) : text.split(WRITTEN_DOT)
  if (labels.length > 1 && labels.at(-1) === '') labels.pop()
  return labels
}

function splitEscaped(text: string): string[] {
  const labels = ['']
  for (const piece of text.match(ESCAPE_OR_CHARACTER) ?? []) {
    if (WRITTEN_DOT.test(piece) && piece.length === 1) labels.push('')
    else labels.push(`${labels.pop()}${piece}`)
  }
  return labels
}

function canonicalLabel(written: string): string {
  if (written === '') throw refused('it has an empty label')
  const label = /^[\x21-\x7e]*$/.test(written) ? escapeLabel(readEscapes(written)) : toALabel(written)
  if (countOctets(label) > MAX_LABEL_OCTETS) throw refused(`a label is longer than ${MAX_LABEL_OCTETS} octets`)
  return label
}

/** One Latin-1 character per octet. */
function readEscapes(written: string): string {
  if (!written.includes('\\')) return written
  return written.replace(ESCAPE, (_, escaped: string) => {
    if (escaped.length === 3 && Number(escaped) <= 0xff) return String.fromCharCode(Number(escaped))
    if (/^(?:\d|$)/.test(escaped))
      throw refused('a backslash stands before three digits up to 255 or one other character')
    return escaped
  })
}

function escapeLabel(octets: string): string {
  const text = octets.replace(/[.\\]|[^\x21-\x7e]/g, (octet) =>
    octet === '.' || octet === '\\' ? `\\${octet}` : `\\${String(octet.charCodeAt(0)).padStart(3, '0')}`,
  )
  // Lower-cased as text, where octets above 127 are digits: ASCII letters alone have case in the DNS.
  return text.toLowerCase()
}

function countOctets(label: string): number {
  return withoutEscapes(label).length
}

/** With a letter for each escape: the dots and signs that are left are the name's own. */
export function withoutEscapes(text: string): string {
  return text.includes('\\') ? text.replace(ESCAPE, 'x') : text
}

/**
 * UTS 46, non-transitional. The label stands before a name of letters, because `domainToASCII` reads a host as URLs
 * do, in which digits at the end make an IPv4 address.
 */
function toALabel(written: string): string {
  const suffix = '.invalid'
  if (/[^\w*\-\u0080-\uffff]/.test(written))
    throw refused('it holds a space, a control character or a sign that no name has')
  const ascii = domainToASCII(written + suffix)
  const label = ascii.endsWith(suffix) ? ascii.slice(0, -suffix.length) : ''
  if (!/^[\w*-]+$/.test(label)) throw refused('it holds characters that no internationalised name may have')
  return label
}

function refused(why: string): RadarError {
  return new RadarError('invalid_field', `This is not a name: ${why}. Write names such as \`www.example.com\`.`)
}
