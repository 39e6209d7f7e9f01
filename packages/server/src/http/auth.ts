/**
 * Who asks, and whether they may.
 *
 * Keys are stored as SHA-256 only: they are random enough that a slow hash would protect nothing, and the look-up by
 * hash compares no secret byte by byte.
 */
import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIPv6 } from 'node:net'
import { type Clock, RadarError, type Scope, SCOPES, type Store } from '@dnsradar/core'
import type { Request } from 'express'
import type { Account } from './context.ts'
import { createGuessing } from './guessing.ts'

export function hashKey(key: string): Uint8Array {
  return hash('sha256', key, 'buffer')
}

export type Authenticate = (req: Pick<Request, 'headers' | 'ip'>) => Promise<Account>

/** How exactly "last used" is known, and how seldom it is written. */
const TOUCH_EVERY_MS = 60_000

/**
 * Throws `no_key`, `unknown_key` or `expired_key`, and `rate_limited` once an address has failed `failuresPerMinute`
 * times (0 = any number).
 */
export function createAuthenticate(store: Store, clock: Clock, failuresPerMinute: number): Authenticate {
  const what = 'requests came from this address without a good API key'
  const guessing = createGuessing(clock, failuresPerMinute, what)
  return async ({ headers, ip }) => {
    const given = keyOf(headers)
    const hashed = given === null ? null : hashKey(given)
    const name = hashed === null ? '' : Buffer.from(hashed).toString('base64')
    const sources = [networkOf(ip ?? '')]
    guessing.refuse(sources, name)
    const account = await accountOfKey(store, clock, hashed).catch((error: unknown) => {
      if (error instanceof RadarError) return error
      throw error
    })
    // Once more: of guesses that are sent at once no more are answered than of those that come one after the other.
    guessing.refuse(sources, name)
    if (account instanceof RadarError) {
      guessing.failed(sources)
      throw account
    }
    guessing.succeeded(name)
    return account
  }
}

/** A host has a whole /64 of IPv6 addresses to fail from, so it counts as one. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip) || ip.startsWith('::ffff:')) return ip
  const [head = '', tail = ''] = ip.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail === '' ? [] : tail.split(':')
  const zeros = ip.includes('::') ? Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0') : []
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':')
}

/** Throws `no_key`, `unknown_key` or `expired_key`. `hashed` is what `hashKey` makes of the key. */
export async function accountOfKey(store: Store, clock: Clock, hashed: Uint8Array | null): Promise<Account> {
  if (hashed === null) {
    throw new RadarError('no_key', 'There is no API key; send it as X-API-Key: sk_… or Authorization: Bearer sk_…')
  }
  const found = await store.accounts.findKey(hashed)
  if (found === null) throw new RadarError('unknown_key', 'The API key is not known; check it or create another one.')
  const { id, orgId, expires, lastUsed } = found.key
  const now = clock.now()
  if (expires !== null && expires <= now) {
    throw new RadarError('expired_key', 'The API key has expired; create another one.')
  }
  if (lastUsed === null || now - lastUsed >= TOUCH_EVERY_MS) await store.accounts.touchKey(id, orgId)
  return found
}

function keyOf(headers: IncomingHttpHeaders): string | null {
  const own = headers['x-api-key']
  if (typeof own === 'string' && own.trim() !== '') return own.trim()
  return bearerOf(headers)
}

export function bearerOf({ authorization }: IncomingHttpHeaders): string | null {
  return /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1] ?? null
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
