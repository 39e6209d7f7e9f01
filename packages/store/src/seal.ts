/**
 * Secrets at rest: AES-256-GCM under a key ring.
 *
 * A sealed value is bound to its place (organization, row, column): bytes copied to another row do not open there.
 * Every key of the ring opens, the first one seals, so a key is rotated by putting a new one in front. What is sealed
 * where stands in sealed-columns.ts.
 * Layout: version (1 byte), length of the key id (1), key id, nonce (12), ciphertext, tag (16).
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { StoreRefused } from './refused.ts'

export interface KeyRing {
  /** Id of the key that seals. */
  readonly current: string
  /** 32 bytes each, by id. */
  readonly keys: ReadonlyMap<string, Uint8Array>
}

/** A value does not open: the message says which one and why, and holds nothing secret. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

/** Where a sealed value lives. */
export interface SealedPlace {
  readonly orgId: string
  readonly rowId: string
  readonly column: string
}

const VERSION = 1
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/
/** Base64 of 32 bytes, either alphabet. Node by itself would pass over what is none. */
const KEY = /^[A-Za-z0-9+/_-]{43}=?$/

/** Reads `id:base64(32 bytes),…`. Refuses with the position of the faulty key, never with its value. */
export function parseKeyRing(ring: string): KeyRing {
  const keys = new Map<string, Uint8Array>()
  for (const [index, part] of ring.split(',').entries()) {
    const colon = part.indexOf(':')
    const id = part.slice(0, Math.max(colon, 0)).trim()
    const text = part.slice(colon + 1).trim()
    const key = Buffer.from(text, 'base64')
    if (!KEY_ID.test(id) || !KEY.test(text) || key.length !== KEY_BYTES || keys.has(id)) {
      throw new StoreRefused(
        'bad_key_ring',
        `Key ${index + 1} of the key ring is not "id:base64 of 32 bytes" with an id of its own ` +
          '(1 to 32 letters, digits, "_" or "-"). "dnsradar keygen" prints a good one.',
      )
    }
    keys.set(id, key)
  }
  const current = keys.keys().next().value ?? ''
  return { current, keys }
}

/** A new key as `parseKeyRing` reads it, with an id that tells it from earlier ones. */
export function generateKey(): string {
  return `k${randomBytes(4).toString('hex')}:${randomBytes(KEY_BYTES).toString('base64')}`
}

/** Keys for one purpose (HKDF, RFC 5869): whoever learns one learns nothing of the ring or of other purposes. Current first. */
export function deriveKeys(ring: KeyRing, purpose: string): ReadonlyMap<string, Uint8Array> {
  return new Map(
    [...ring.keys].map(([id, key]) => [id, new Uint8Array(hkdfSync('sha256', key, '', purpose, KEY_BYTES))]),
  )
}

/** The nonce comes from the system's generator, never from a test's: a repeated one would give the key away. */
export function seal(ring: KeyRing, place: SealedPlace, text: string): Uint8Array {
  const key = ring.keys.get(ring.current)
  if (key === undefined) throw new Error(`the key ring has no key ${ring.current}`)
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(placeBytes(place))
  const ciphertext = [cipher.update(text, 'utf8'), cipher.final()]
  return Buffer.concat([sealPrefix(ring.current), nonce, ...ciphertext, cipher.getAuthTag()])
}

/** What every value begins with that the key of this id sealed. */
export function sealPrefix(keyId: string): Uint8Array {
  const id = Buffer.from(keyId, 'ascii')
  return Buffer.concat([Buffer.of(VERSION, id.length), id])
}

/** Throws `SealError` when the key is not in the ring, or when the bytes were changed or come from another place. */
export function unseal(ring: KeyRing, place: SealedPlace, sealed: Uint8Array): string {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const nonceAt = 2 + (bytes[1] ?? 0)
  if (bytes[0] !== VERSION || bytes.length < nonceAt + NONCE_BYTES + TAG_BYTES) {
    throw new SealError(`${place.column} of ${place.rowId} is not a sealed value`)
  }
  const id = bytes.toString('ascii', 2, nonceAt)
  const key = ring.keys.get(id)
  if (key === undefined) {
    throw new SealError(
      `${place.column} of ${place.rowId} is sealed with key ${JSON.stringify(id)}, which the key ring lacks`,
    )
  }
  const textAt = nonceAt + NONCE_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nonceAt, textAt), { authTagLength: TAG_BYTES })
  decipher.setAAD(placeBytes(place))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const text = decipher.update(bytes.subarray(textAt, -TAG_BYTES), undefined, 'utf8')
  try {
    return text + decipher.final('utf8')
  } catch (cause) {
    throw new SealError(
      `${place.column} of ${place.rowId} was changed, or sealed with another key that was called ${JSON.stringify(id)}`,
      { cause },
    )
  }
}

function placeBytes(place: SealedPlace): Uint8Array {
  return Buffer.from(`${place.orgId}/${place.rowId}/${place.column}`, 'utf8')
}
