/**
 * Who asks, and whether they may.
 *
 * Keys are stored as SHA-256 only: they are random enough that a slow hash would protect nothing, and the look-up by
 * hash compares no secret byte by byte.
 */
import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIPv6 } from 'node:net'
import { type Clock, RadarError, type RateWindow, type Scope, SCOPES, type Store } from '@dnsradar/core'
import { createWindows } from '@dnsradar/store'
import type { Request } from 'express'
import type { Account } from './context.ts'
import { MINUTE_MS, RateLimited, secondsUntil } from './limits.ts'

export function hashKey(key: string): Uint8Array {
  return hash('sha256', key, 'buffer')
}

export type Authenticate = (req: Pick<Request, 'headers' | 'ip'>) => Promise<Account>

/** How exactly "last used" is known, and how seldom it is written. */
const TOUCH_EVERY_MS = 60_000

/** For so long a key that was good is let through although its address has failed too often. */
const TRUSTED_MS = 10 * MINUTE_MS

/**
 * Throws `no_key`, `unknown_key` or `expired_key`, and `rate_limited` once an address has failed `failuresPerMinute`
 * times (0 = any number), so that guessing costs no look-ups. Whoever shares the address of a guesser, behind one proxy
 * say, must not be locked out: keys that were good a moment ago still count. Counted in this process.
 */
export function createAuthenticate(store: Store, clock: Clock, failuresPerMinute: number): Authenticate {
  const failures = createWindows(clock.now)
  /** By hash, when they were good last: no more than there are keys. */
  const goodAt = new Map<string, number>()
  return async ({ headers, ip }) => {
    const given = keyOf(headers)
    const hashed = given === null ? null : hashKey(given)
    const name = hashed === null ? '' : Buffer.from(hashed).toString('base64')
    const address = networkOf(ip ?? '')
    const isTrusted = clock.now() - (goodAt.get(name) ?? Number.NEGATIVE_INFINITY) < TRUSTED_MS
    if (!isTrusted) refuseGuessing(failures.peek(address), clock, failuresPerMinute)
    try {
      const account = await accountOfKey(store, clock, hashed)
      goodAt.set(name, clock.now())
      return account
    } catch (error) {
      if (error instanceof RadarError) failures.count(address, MINUTE_MS)
      throw error
    }
  }
}

function refuseGuessing(window: RateWindow | null, clock: Clock, limit: number): void {
  if (limit === 0 || window === null || window.count < limit) return
  const seconds = secondsUntil(window.ends, clock.now())
  throw new RateLimited(
    `Too many requests came from this address without a good API key; try again in ${seconds} s.`,
    seconds,
  )
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
