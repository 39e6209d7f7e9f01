/**
 * DKIM key records as tags (RFC 6376 section 3.6.1).
 *
 * Tag names and values are case sensitive, white space inside the key does not count. A published record may leave its
 * version out; when it has one, the version comes first.
 */
import { type Item, toItems } from './matcher.ts'
import type { Fault, Policy, PolicyKind } from './policy.ts'
import { readTags, repeatedTag, type Tag } from './tag-list.ts'
import { quote } from './words.ts'

export const dkim: PolicyKind = {
  name: 'DKIM',
  version: 'v=DKIM1',
  claims: hasVersion,
  recognises,
  read,
  readExpected: read,
}

function hasVersion(octets: string): boolean {
  const [first] = readTags(octets.split(';', 1)[0] ?? '').tags
  return first?.name === 'v' && first.value === 'DKIM1' && octets.startsWith('v')
}

/** Without a version, the key itself tells a key record from any other text. */
function recognises(octets: string): boolean {
  if (octets.startsWith('v')) return hasVersion(octets)
  return octets.includes('p') && readTags(octets).tags.some(({ name }) => name === 'p')
}

function read(octets: string): Policy | Fault {
  const { tags, strays } = readTags(octets)
  const [stray] = strays
  if (stray !== undefined) return { fault: `${quote(stray)} is not of the form \`tag=value\`` }
  const repeated = repeatedTag(tags)
  if (repeated !== null) return { fault: `the tag ${quote(repeated)} stands twice` }
  if (tags.findIndex(({ name }) => name === 'v') > 0) return { fault: '`v` is not the first tag' }
  const items = toItems(tags.map(itemOf))
  return tags.some(({ name, value }) => name === 'p' && value === '')
    ? { items, warning: 'The DKIM key is revoked: `p` is empty.' }
    : { items }
}

function itemOf({ name, value }: Tag): Item {
  const text = `${name}=${name === 'p' ? value.replaceAll(/[\t-\r ]+/g, '') : value}`
  return { key: text, text, slot: `${name}=`, unique: true }
}
