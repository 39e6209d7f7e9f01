/** How single values cross the row boundary. Text that came from outside passes `text` or `json` on its way in. */
import {
  idFromBytes,
  idFromHex,
  idToBytes,
  type GroupId,
  type Id,
  type IdPrefix,
  type OrganizationId,
} from '@dnsradar/core'
import { scrub, scrubbedJson, scrubOrNull } from '../scrub.ts'
import type { Bit, Bytes } from '../tables.ts'

export { scrub as text, scrubbedJson as json, scrubOrNull as textOrNull }

/** Nobody writes to what this gives: of row after row the organization is the same one, and read once. */
export function id(value: Id<IdPrefix>): Bytes {
  if (!value.startsWith('org_')) return idToBytes(value)
  if (value !== latest.id) latest = { id: value, bytes: idToBytes(value) }
  return latest.bytes
}

/** Octets that `id` gave for an organization are known again. */
export function readId<P extends IdPrefix>(prefix: P, bytes: Bytes): Id<P> {
  return prefix === 'org' && bytes === latest.bytes ? (latest.id as Id<P>) : idFromBytes(prefix, bytes)
}

/** Of an id that a list selects in hexadecimal: of row after row the group is the same one, and read once. */
export function readGroupHex(hex: string): GroupId {
  if (hex !== latestGroup.hex) latestGroup = { hex, id: idFromHex('grp', hex) }
  return latestGroup.id
}

/** The same of an organization. */
export function readOrganizationHex(hex: string): OrganizationId {
  if (hex !== latestOrganization.hex) latestOrganization = { hex, id: idFromHex('org', hex) }
  return latestOrganization.id
}

let latestOrganization: { readonly hex: string; readonly id: OrganizationId } = { hex: '', id: 'org_' }

let latestGroup: { readonly hex: string; readonly id: GroupId } = { hex: '', id: 'grp_' }

let latest: { readonly id: string; readonly bytes: Bytes } = { id: '', bytes: new Uint8Array() }

export function bit(value: boolean): Bit {
  return value ? 1 : 0
}

export function jsonOrNull(value: unknown): string | null {
  return value === null ? null : scrubbedJson(value)
}

/** Only for columns that the store itself wrote from a value of type `T`. */
export function readJson<T>(text: string): T {
  // Most reasons and metadata.
  if (text === '[]') return [] as T
  return (text === '{}' ? {} : JSON.parse(text)) as T
}

export function readJsonOrNull<T>(text: string | null): T | null {
  return text === null ? null : readJson<T>(text)
}

/** As `readJson`, of a column that mostly says the same as another one, whose `text` was read as `value`. */
export function readJsonLike<T>(other: string, text: string, value: T): T {
  return other === text ? value : readJson<T>(other)
}
