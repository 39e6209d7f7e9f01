/**
 * SPF records as terms (RFC 7208).
 *
 * The whole record must parse: receivers answer `permerror` to one wrong term, whatever the others say. Terms are made
 * canonical before they are compared: `+` is implied, names are lower case without their final dot, `ip4` and `ip6`
 * are masked to their prefix, default prefixes are left out. Macros stay as written, since an upper-case macro letter
 * asks for URL escaping. A network inside a wider one is not the same term.
 */
import { type AddressFamily, parseNetwork } from '../dns/address.ts'
import { MAX_LABEL_OCTETS } from '../dns/labels.ts'
import type { Item } from './matcher.ts'
import type { Fault, Policy, PolicyKind } from './policy.ts'
import { quote } from './words.ts'

const VERSION = 'v=spf1'

export const spf: PolicyKind = {
  name: 'SPF',
  version: VERSION,
  claims: isSpf,
  recognises: isSpf,
  read,
  readExpected: read,
}

/** Section 4.5: the version, in any case, followed by a space or by nothing. */
function isSpf(octets: string): boolean {
  if (octets.length > VERSION.length && octets.charAt(VERSION.length) !== ' ') return false
  return octets.slice(0, VERSION.length).toLowerCase() === VERSION
}

function read(octets: string): Policy | Fault {
  const items = new Map<string, Item>()
  const taken = new Set<string>()
  let ended = false
  for (const text of octets.slice(VERSION.length).split(' ')) {
    if (text === '') continue
    const term = readTerm(text)
    if (term === null) return { fault: `${quote(text)} is not a term of RFC 7208` }
    if (term.unique === true && taken.has(term.slot)) return { fault: `it has more than one ${quote(term.slot)}` }
    taken.add(term.slot)
    // Of a repeated term the first one counts, since it is the one that is evaluated.
    if (!items.has(term.key)) items.set(term.key, ended && !MODIFIER.test(text) ? { ...term, idle: IDLE } : term)
    if (term.slot === 'all') ended = true
  }
  return { items }
}

const IDLE = 'stands after `all`, where it is never evaluated'
const MODIFIER = /^([a-z][\w.-]*)=([^]*)$/i

function readTerm(text: string): Item | null {
  const modifier = MODIFIER.exec(text)
  if (modifier !== null) return readModifier((modifier[1] ?? '').toLowerCase(), modifier[2] ?? '')
  const directive = /^([-+?~]?)([a-z][a-z0-9]*)([:/][^]*)?$/i.exec(text)
  if (directive === null) return null
  const [, sign = '', name = '', rest = ''] = directive
  const slot = MECHANISMS.get(name.toLowerCase())?.(rest) ?? null
  if (slot === null) return null
  const key = sign === '+' ? slot : `${sign}${slot}`
  return { key, text: key, slot }
}

/** Section 6: `redirect` and `exp` once each; modifiers of other names are for others to understand. */
function readModifier(name: string, value: string): Item | null {
  if (name !== 'redirect' && name !== 'exp') {
    return MACRO_STRING.test(value)
      ? { key: `${name}=${value}`, text: `${name}=${value}`, slot: `${name}=${value}` }
      : null
  }
  const domain = domainSpec(value)
  if (domain === null) return null
  return { key: `${name}=${domain}`, text: `${name}=${domain}`, slot: `${name}=`, unique: true }
}

/** Section 5: from what follows a mechanism's name to its canonical form, or null. */
const MECHANISMS: ReadonlyMap<string, (rest: string) => string | null> = new Map([
  ['all', (rest: string) => (rest === '' ? 'all' : null)],
  ['include', (rest: string) => withDomain('include', rest)],
  ['exists', (rest: string) => withDomain('exists', rest)],
  ['ptr', (rest: string) => (rest === '' ? 'ptr' : withDomain('ptr', rest))],
  ['a', (rest: string) => withPrefixes('a', rest)],
  ['mx', (rest: string) => withPrefixes('mx', rest)],
  ['ip4', (rest: string) => network(4, rest)],
  ['ip6', (rest: string) => network(6, rest)],
])

function withDomain(name: string, rest: string): string | null {
  const domain = rest.startsWith(':') ? domainSpec(rest.slice(1)) : null
  return domain === null ? null : `${name}:${domain}`
}

function withPrefixes(name: string, rest: string): string | null {
  const parts = /^(:[^]+?)?(?:\/(0|[1-9]\d?))?(?:\/\/(0|[1-9]\d{0,2}))?$/.exec(rest)
  if (parts === null) return null
  const [, target, four = '32', six = '128'] = parts
  if (Number(four) > 32 || Number(six) > 128) return null
  const named = target === undefined ? name : withDomain(name, target)
  if (named === null) return null
  return `${named}${four === '32' ? '' : `/${four}`}${six === '128' ? '' : `//${six}`}`
}

function network(family: AddressFamily, rest: string): string | null {
  const parsed = rest.startsWith(':') ? parseNetwork(rest.slice(1), family) : null
  return parsed === null ? null : `ip${family}:${parsed.text.replace(family === 4 ? /\/32$/ : /\/128$/, '')}`
}

/** Section 7.1. The letters c, r and t belong to explanation texts only. */
const MACRO_STRING = macroString('slodiphcrtv')
const DOMAIN_MACROS = macroString('slodiphv')
const MACRO_AT_END = /(?:%\{[^}]*\}|%[%_-])$/

function macroString(letters: string): RegExp {
  return new RegExp(`^(?:%\\{[${letters}](?:0*[1-9]\\d*)?r?[.\\-+,/_=]*\\}|%[%_-]|[\\x21-\\x24\\x26-\\x7e])*$`, 'i')
}

/** A domain with macros in canonical form, or null. It ends with a macro or with a label that can be a top-level one. */
function domainSpec(text: string): string | null {
  if (!DOMAIN_MACROS.test(text)) return null
  const canonical = text.replace(/%\{[^}]*\}|[A-Z]+/g, (piece) => (piece.startsWith('%') ? piece : piece.toLowerCase()))
  if (MACRO_AT_END.test(canonical)) return canonical
  const domain = canonical.endsWith('.') ? canonical.slice(0, -1) : canonical
  const dot = domain.lastIndexOf('.')
  return dot >= 0 && isTopLabel(domain.slice(dot + 1)) ? domain : null
}

function isTopLabel(label: string): boolean {
  return label.length <= MAX_LABEL_OCTETS && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label) && /[a-z-]/.test(label)
}
