/**
 * Names as people write them, made canonical: ASCII lower case, A-labels, no final dot, RFC 1035 escapes.
 *
 * Two kinds live here. A name inside RDATA may hold any octet a zone can hold. An owner name is what a user asks to
 * be monitored, so it is held to what can be a domain: a URL, an address or a forgotten top-level domain is refused
 * with a word about what to write instead.
 */
import { domainToASCII } from 'node:url'
import { getDomain } from 'tldts'
import { RadarError } from '../errors.ts'
import type { MonitorType } from '../record-types.ts'
import { reverseName } from './address.ts'
import { MAX_NAME_OCTETS } from './labels.ts'

const MAX_LABEL_OCTETS = 63

/** The dots of RFC 3490 (section 3.1) count as dots. */
const WRITTEN_DOT = /[.\u3002\uff0e\uff61]/
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
function splitLabels(text: string): readonly string[] {
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
  return label.includes('\\') ? label.replace(ESCAPE, '.').length : label.length
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

/**
 * The canonical name that a monitor asks for. An IP address as `domain` stands for the name of its PTR record, and a
 * DMARC monitor without a subdomain looks where policies are published, at `_dmarc`. Throws RadarError
 * (`invalid_field`) naming `domain` or `subdomain`.
 */
export function ownerName(domain: string, subdomain: string | null, type?: MonitorType): string {
  const below = subdomain === '' ? null : subdomain
  const reverse = reverseName(domain)
  if (reverse !== null) return reverseOwner(reverse, below, type)

  const apex = readOwner(domain, 'domain')
  const prefix = below ?? (type === 'DMARC' && !apex.startsWith('_dmarc.') ? '_dmarc' : null)
  if (prefix === null) {
    if (!apex.includes('.') && !WRITTEN_DOT.test(domain.slice(-1))) {
      throw badField(
        'domain',
        `\`${domain}\` has no top-level domain. Write \`${domain}.com\`, or \`${domain}.\` for the top-level domain itself.`,
      )
    }
    return apex
  }
  if (WRITTEN_DOT.test(prefix.slice(-1)))
    throw badField(
      'subdomain',
      'A subdomain has no final dot: write only the labels in front of the domain, such as `www`.',
    )
  return within('subdomain', prefix, () => canonicalName(`${readOwner(prefix, 'subdomain', apex)}.${apex}`))
}

function reverseOwner(name: string, subdomain: string | null, type: MonitorType | undefined): string {
  if (subdomain !== null) throw badField('subdomain', 'An IP address as `domain` takes no `subdomain`: leave it out.')
  if (type !== undefined && type !== 'PTR')
    throw badField('domain', `An IP address has PTR records only, not ${type}. Write a domain such as \`example.com\`.`)
  return name
}

/** `apex` is the domain under which the labels stand, when they are not a whole name themselves. */
function readOwner(text: string, field: string, apex?: string): string {
  const shown = JSON.stringify(text.slice(0, 100))
  const plain = text.replace(ESCAPE, 'x')
  if (plain === '' || plain === '.')
    throw badField(field, `The ${field} is empty. Write a name such as \`example.com\`.`)
  if (/:\/\/|[/?#]/.test(plain) && !isReverse(apex ?? text))
    throw badField(
      field,
      `${shown} is not a ${field} but a URL. Write only the host name in it, such as \`example.com\`.`,
    )
  if (/[^\w*\-./\u0080-\uffff]/.test(plain))
    throw badField(
      field,
      `${shown} is not a ${field}: names have letters, digits, hyphens, underscores and dots. Write other octets as \`\\DDD\`.`,
    )
  const name = within(field, text, () => canonicalName(text))
  for (const label of plain.split(WRITTEN_DOT)) {
    if (label.startsWith('-') || label.endsWith('-'))
      throw badField(field, `${shown} is not a ${field}: a label neither begins nor ends with a hyphen.`)
    if (label.includes('*') && label !== '*')
      throw badField(field, `${shown} is not a ${field}: \`*\` is a label of its own.`)
  }
  if (apex === undefined && /(?:^|\.)\d+$/.test(name))
    throw badField(
      field,
      `${shown} is not a ${field}: no top-level domain is a number. Write a name such as \`example.com\`.`,
    )
  return name
}

/** Classless delegations of reverse zones have labels such as `0/25` (RFC 2317). */
function isReverse(name: string): boolean {
  return /\.(?:in-addr|ip6)\.arpa\.?$/i.test(name)
}

function within<T>(field: string, text: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RadarError) || error.fields !== undefined) throw error
    throw badField(field, `${JSON.stringify(text.slice(0, 100))}: ${error.message}`)
  }
}

function badField(field: string, message: string): RadarError {
  return new RadarError('invalid_field', message, { [field]: message })
}

/** Labels of a reverse name that one operator usually holds: a /24 of IPv4, a /48 of IPv6. */
const REVERSE_ZONE_LABELS = { 'in-addr.arpa': 3, 'ip6.arpa': 12 } as const

/**
 * The domain that its owner registered (public suffix list, its private part left out); of a reverse name the zone
 * of its /24 or /48. A name without one, such as a public suffix itself, is its own.
 */
export function registrableDomain(owner: string): string {
  const labels = splitLabels(owner)
  return labels.slice(-registrableLabels(labels)).join('.')
}

function registrableLabels(labels: readonly string[]): number {
  // The list is about suffixes: a dot escaped inside a label must not look like one.
  const plain = labels.map((label) => label.replace(ESCAPE, 'x')).join('.')
  for (const [tree, count] of Object.entries(REVERSE_ZONE_LABELS)) {
    if (plain.endsWith(`.${tree}`)) return count + 2
  }
  const domain = getDomain(plain, { allowPrivateDomains: false, validateHostname: false, extractHostname: false })
  return domain === null ? labels.length : domain.split('.').length
}

/**
 * Takes a full name apart at its registrable domain, each half as it was written. Throws RadarError
 * (`invalid_field`) naming `full_domain`.
 */
export function splitFullDomain(name: string): { domain: string; subdomain: string | null } {
  if (reverseName(name) !== null) return { domain: name, subdomain: null }
  const labels = splitLabels(readOwner(name, 'full_domain'))
  const written = splitLabels(name)
  const cut = labels.length - registrableLabels(labels)
  // A single label keeps the final dot that says it is meant.
  if (cut <= 0) return { domain: labels.length === 1 ? name : written.join('.'), subdomain: null }
  return { domain: written.slice(cut).join('.'), subdomain: written.slice(0, cut).join('.') }
}
