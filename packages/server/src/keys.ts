/** API keys: how they are made, and the first one. */
import type { NewApiKey, Organization, Scope, Store } from '@dnsradar/core'
import { hashKey } from './http/auth.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const LENGTH = 40
/** The largest multiple of 62 in a byte: what lies above would make the first letters likelier than the others. */
const UNBIASED = 256 - (256 % ALPHABET.length)

export type RandomBytes = (length: number) => Uint8Array

/** `sk_` and 40 base62 characters: 238 bits. */
export function generateApiKey(randomBytes: RandomBytes): string {
  let key = ''
  while (key.length < LENGTH) {
    for (const byte of randomBytes(LENGTH)) {
      if (byte < UNBIASED && key.length < LENGTH) key += ALPHABET[byte % ALPHABET.length]
    }
  }
  return `sk_${key}`
}

export function newApiKey(
  clear: string,
  name: string,
  scopes: readonly Scope[],
  expires: number | null = null,
): NewApiKey {
  return { hash: hashKey(clear), name, scopes, expires }
}

/** What a key may do when its maker does not say. */
export const DEFAULT_SCOPES: readonly Scope[] = ['read', 'write']

/**
 * Makes sure that somebody can get in: the operator's key when there is one, else a key made once. `key` is set only
 * when it was made now, which is the only time it can be shown.
 */
export async function bootstrap(
  store: Store,
  given: { readonly apiKey: string | null; readonly plan: string | null },
  randomBytes: RandomBytes,
): Promise<{ readonly organization: Organization; readonly key: string | null }> {
  const { organization } = await store.accounts.ensureDefaultOrganization(given.plan)
  if (given.apiKey !== null) {
    await store.accounts.replaceBootstrapKey(organization.id, newApiKey(given.apiKey, 'bootstrap', ['admin']))
    return { organization, key: null }
  }
  const clear = generateApiKey(randomBytes)
  const isNew = await store.accounts.makeBootstrapKey(organization.id, newApiKey(clear, 'bootstrap', ['admin']))
  return { organization, key: isNew ? clear : null }
}
