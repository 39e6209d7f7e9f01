/**
 * DMARC records as tags (RFC 9989; the tags of RFC 7489 that it dropped stay legal).
 *
 * Every tag of an expectation must be published with its value; tags the owner added are theirs to add. Defaults are
 * not filled in: an expected `adkim=r` asks for the tag. Report addresses and failure options are lists, of which each
 * expected element must be there. What receivers ignore in a published record (unknown tags, pieces that are no tag) is
 * ignored here; a tag given twice is not.
 */
import { type Item, toItems } from './matcher.ts'
import type { Fault, Policy, PolicyKind } from './policy.ts'
import { readTags, repeatedTag, type Tag, trim } from './tag-list.ts'
import { quote } from './words.ts'

export const dmarc: PolicyKind = {
  name: 'DMARC',
  version: 'v=DMARC1',
  claims: isDmarc,
  recognises: isDmarc,
  read,
  readExpected,
}

/** The version comes first; its value, unlike its name, is exact. */
function isDmarc(octets: string): boolean {
  // Looked at by hand: every TXT record of a name passes here.
  const [first = ''] = octets.split(';', 1)
  const equals = first.indexOf('=')
  if (equals < 1 || first.charCodeAt(0) <= 0x20) return false
  return trim(first.slice(equals + 1)) === 'DMARC1' && trim(first.slice(0, equals)).toLowerCase() === 'v'
}

interface TagRule {
  /** What an expectation may ask for; a published value of any form is compared as it is. */
  readonly legal: RegExp
  readonly accepted: string
  readonly list?: { readonly separator: string; canonical(element: string): string }
}

const POLICY: TagRule = { legal: /^(?:none|quarantine|reject)$/, accepted: '`none`, `quarantine` or `reject`' }
const ALIGNMENT: TagRule = { legal: /^[rs]$/, accepted: '`r` or `s`' }
const ADDRESSES: TagRule = {
  legal: /^[a-z][a-z0-9+.-]*:[^\s,;]+$/i,
  accepted: 'URIs such as `mailto:reports@example.com`, separated by commas',
  list: { separator: ',', canonical: canonicalUri },
}

const TAGS: ReadonlyMap<string, TagRule> = new Map<string, TagRule>([
  ['p', POLICY],
  ['sp', POLICY],
  ['np', POLICY],
  ['adkim', ALIGNMENT],
  ['aspf', ALIGNMENT],
  ['t', { legal: /^[yn]$/, accepted: '`y` or `n`' }],
  ['psd', { legal: /^[ynu]$/, accepted: '`y`, `n` or `u`' }],
  [
    'fo',
    {
      legal: /^[01ds]$/,
      accepted: '`0`, `1`, `d` and `s`, separated by colons',
      list: { separator: ':', canonical: (option) => option.toLowerCase() },
    },
  ],
  ['rua', ADDRESSES],
  ['ruf', ADDRESSES],
  ['pct', { legal: /^(?:100|\d{1,2})$/, accepted: 'a number from 0 to 100' }],
  ['ri', { legal: /^\d{1,10}$/, accepted: 'a number of seconds' }],
])

function read(octets: string): Policy | Fault {
  const { tags } = readTags(octets)
  const named = tags.map(({ name, value }) => ({ name: name.toLowerCase(), value }))
  const repeated = repeatedTag(named)
  if (repeated !== null) return { fault: `the tag ${quote(repeated)} stands twice` }
  return { items: toItems(named.filter(({ name }) => name !== 'v').flatMap(itemsOf)) }
}

function readExpected(octets: string): Policy | Fault {
  const { tags, strays } = readTags(octets)
  const [stray] = strays
  if (stray !== undefined) return { fault: `${quote(stray)} is not of the form \`tag=value\`` }
  for (const { name, value } of tags) {
    const rule = TAGS.get(name.toLowerCase())
    const items = itemsOf({ name: name.toLowerCase(), value })
    if (items.length === 0) return { fault: `${quote(name)} has no value` }
    const legal = (item: Item) => rule === undefined || rule.legal.test(item.key.slice(name.length + 1))
    if (!items.every(legal))
      return { fault: `${quote(`${name}=${value}`)} is not allowed; ${quote(name)} takes ${rule?.accepted}` }
  }
  return read(octets)
}

function itemsOf({ name, value }: Tag): readonly Item[] {
  const rule = TAGS.get(name)
  if (rule?.list === undefined) {
    const text = `${name}=${rule === undefined ? value : value.toLowerCase()}`
    return [{ key: text, text, slot: `${name}=`, unique: true }]
  }
  const { separator, canonical } = rule.list
  return value
    .split(separator)
    .map(trim)
    .filter((element) => element !== '')
    .map((element) => `${name}=${canonical(element)}`)
    .map((text) => ({ key: text, text, slot: text }))
}

/** The scheme and the domain of an address have no case; a size limit (`!10m`) is no part of it. */
function canonicalUri(uri: string): string {
  const limit = /!\d+[kmgt]?$/i.exec(uri.slice(-24))
  const address = limit === null ? uri : uri.slice(0, -limit[0].length)
  const colon = address.indexOf(':') + 1
  const at = Math.max(address.lastIndexOf('@'), colon)
  return address.slice(0, colon).toLowerCase() + address.slice(colon, at) + address.slice(at).toLowerCase()
}
