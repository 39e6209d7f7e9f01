/**
 * Who is signed in.
 *
 * A cookie holds 32 random bytes. The cache knows their hash and the hash of the API key that signed in, so neither a
 * copy of the cache nor of the database lets anybody in, and each request looks the key up anew: a session dies with
 * its key, and has what scopes the key has now.
 */
import { hash } from 'node:crypto'
import { type Clock, RadarError, type Store } from '@dnsradar/core'
import type { Cache } from '@dnsradar/store'
import type { Request, Response } from 'express'
import { accountOfKey, hashKey } from '../http/auth.ts'
import type { Account } from '../http/context.ts'
import { readCookie, setCookie } from './cookies.ts'

const DAY_MS = 86_400_000
/** A session ends when it was not used for so long… */
const IDLE_MS = 7 * DAY_MS
/** …and at the latest when it is so old. */
const OLDEST_MS = 30 * DAY_MS
/** How exactly its last use is known, and how seldom that is written. */
const TOUCH_EVERY_MS = DAY_MS / 2
const ID_BYTES = 32
const COOKIE = 'session'

export interface Sessions {
  /** Whoever was signed in there before is no longer. */
  begin(req: Request, res: Response, key: string, secure: boolean): Promise<void>
  /** Null when nobody is signed in, or no longer. A session is renewed only where an answer can still say so. */
  find(req: Request, res: Response | null, secure: boolean): Promise<Account | null>
  end(req: Request, res: Response, secure: boolean): Promise<void>
}

export interface SessionsDeps {
  readonly cache: Cache
  readonly store: Store
  readonly clock: Clock
  readonly randomBytes: (length: number) => Uint8Array
}

/** Epoch milliseconds; `key` is the hash of an API key in base64. */
interface Held {
  readonly key: string
  readonly began: number
  readonly seen: number
}

export function createSessions({ cache, store, clock, randomBytes }: SessionsDeps): Sessions {
  const keep = (name: string, held: Held): Promise<void> => cache.set(name, held, IDLE_MS)

  async function held(name: string): Promise<Held | null> {
    const found = await cache.get(name)
    if (!isHeld(found)) return null
    const now = clock.now()
    return now - found.seen > IDLE_MS || now - found.began > OLDEST_MS ? null : found
  }

  async function forget(req: Request, secure: boolean): Promise<void> {
    const id = readCookie(req, COOKIE, { secure })
    if (id !== null) await cache.delete(nameOf(id))
  }

  return {
    async begin(req, res, key, secure) {
      await forget(req, secure)
      const id = Buffer.from(randomBytes(ID_BYTES)).toString('base64url')
      const now = clock.now()
      await keep(nameOf(id), { key: Buffer.from(hashKey(key)).toString('base64'), began: now, seen: now })
      setCookie(res, COOKIE, id, { secure, maxAgeMs: IDLE_MS })
    },

    async find(req, res, secure) {
      const id = readCookie(req, COOKIE, { secure })
      if (id === null) return null
      const session = await held(nameOf(id))
      const account = session && (await accountOf(store, clock, session))
      if (session === null || account === null) return null
      const now = clock.now()
      if (res !== null && now - session.seen >= TOUCH_EVERY_MS) {
        await keep(nameOf(id), { ...session, seen: now })
        setCookie(res, COOKIE, id, { secure, maxAgeMs: IDLE_MS })
      }
      return account
    },

    async end(req, res, secure) {
      await forget(req, secure)
      setCookie(res, COOKIE, '', { secure, maxAgeMs: 0 })
    },
  }
}

async function accountOf(store: Store, clock: Clock, { key }: Held): Promise<Account | null> {
  try {
    return await accountOfKey(store, clock, Buffer.from(key, 'base64'))
  } catch (error) {
    if (error instanceof RadarError) return null
    throw error
  }
}

function nameOf(id: string): string {
  return hash('sha256', id, 'base64url')
}

function isHeld(found: unknown): found is Held {
  return typeof found === 'object' && found !== null && 'key' in found && 'began' in found && 'seen' in found
}
