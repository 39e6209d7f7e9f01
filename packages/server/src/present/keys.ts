/** API keys on the wire. */
import type { WireKey, WireKeyWithSecret } from '@dnsradar/client'
import { type ApiKey, wireTime } from '@dnsradar/core'
import type { NewKey } from '../actions/keys.ts'
import { maybeTime } from './words.ts'

export function presentKey(key: ApiKey): WireKey {
  return {
    uuid: key.id,
    name: key.name,
    scopes: key.scopes,
    created: wireTime(key.created),
    expires: maybeTime(key.expires),
    last_used: maybeTime(key.lastUsed),
  }
}

/** The only time that the key itself is shown. */
export function presentNewKey({ key, clear }: NewKey): WireKeyWithSecret {
  return { ...presentKey(key), key: clear }
}
