/** How single values cross the row boundary. Text that came from outside passes `text` or `json` on its way in. */
import { idToBytes, type Id, type IdPrefix } from '@dnsradar/core'
import { scrub, scrubbedJson, scrubOrNull } from '../scrub.ts'
import type { Bit, Bytes } from '../tables.ts'

export { scrub as text, scrubbedJson as json, scrubOrNull as textOrNull }
export { idFromBytes as readId } from '@dnsradar/core'

export function id(value: Id<IdPrefix>): Bytes {
  return idToBytes(value)
}

export function bit(value: boolean): Bit {
  return value ? 1 : 0
}

export function jsonOrNull(value: unknown): string | null {
  return value === null ? null : scrubbedJson(value)
}

/** Only for columns that the store itself wrote from a value of type `T`. */
export function readJson<T>(text: string): T {
  return JSON.parse(text) as T
}

export function readJsonOrNull<T>(text: string | null): T | null {
  return text === null ? null : readJson<T>(text)
}
