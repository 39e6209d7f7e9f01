/**
 * Who asks, and whether they may.
 *
 * Keys are stored as SHA-256 only: they are random enough that a slow hash would protect nothing, and the look-up by
 * hash compares no secret byte by byte.
 */
import { createHash } from 'node:crypto'
import { type Clock, RadarError, type Scope, SCOPES, type Store } from '@dnsradar/core'
import type { IncomingHttpHeaders } from 'node:http'
import type { Account } from './context.ts'

export function hashKey(key: string): Uint8Array {
  return createHash('sha256').update(key).digest()
}

export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Account>

/** How exactly "last used" is known, and how seldom it is written. */
const TOUCH_EVERY_MS = 60_000

/** Throws `no_key`, `unknown_key` or `expired_key`. */
export function createAuthenticate(store: Store, clock: Clock): Authenticate {
  const touched = new Map<string, number>()
  return async (headers) => {
    const given = keyOf(headers)
    if (given === null) {
      throw new RadarError('no_key', 'There is no API key; send it as X-API-Key: sk_… or Authorization: Bearer sk_…')
    }
    const found = await store.accounts.findKey(hashKey(given))
    if (found === null) throw new RadarError('unknown_key', 'The API key is not known; check it or create another one.')
    const now = clock.now()
    if (found.key.expires !== null && found.key.expires <= now) {
      throw new RadarError('expired_key', 'The API key has expired; create another one.')
    }
    if (now - (touched.get(found.key.id) ?? 0) >= TOUCH_EVERY_MS) {
      touched.set(found.key.id, now)
      await store.accounts.touchKey(found.key.id, found.key.orgId)
    }
    return found
  }
}

function keyOf(headers: IncomingHttpHeaders): string | null {
  const own = headers['x-api-key']
  if (typeof own === 'string' && own.trim() !== '') return own.trim()
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization?.trim() ?? '')
  return bearer?.[1] ?? null
}

/** Each scope includes those before it. */
export function hasScope(account: Account, needed: Scope): boolean {
  const rank = SCOPES.indexOf(needed)
  return account.key.scopes.some((scope) => SCOPES.indexOf(scope) >= rank)
}

export function requireScope(account: Account, needed: Scope): void {
  if (hasScope(account, needed)) return
  const has = account.key.scopes.join(', ') || 'none'
  throw new RadarError('missing_scope', `This needs a key with scope ${needed}; this one has ${has}.`)
}
