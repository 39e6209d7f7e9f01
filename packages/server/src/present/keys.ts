import type { WireKey } from '@dnsradar/client'
import { type ApiKey, wireTime } from '@dnsradar/core'
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
