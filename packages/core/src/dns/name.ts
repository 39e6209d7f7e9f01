/**
 * Owner names: what a user asks to be monitored, and where it lies in the tree of domains.
 *
 * They are held to what can be a domain: a URL, an address or a forgotten top-level domain is refused with a word about
 * what to write instead.
 */
import { getDomain } from 'tldts'
import { badField, RadarError } from '../errors.ts'
import type { MonitorType } from '../record-types.ts'
import { reverseName } from './address.ts'
import { canonicalName, splitLabels, withoutEscapes, WRITTEN_DOT } from './canonical-name.ts'

export { canonicalName } from './canonical-name.ts'

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
  const plain = withoutEscapes(text)
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
  const plain = labels.map(withoutEscapes).join('.')
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
