/**
 * Who asks in the Entri dialect: an application, by its id and a token, and for the token by its secret.
 *
 * Secrets are texts that people chose, so guessing is limited by address and by application. An application that has
 * just shown the right secret from its address is let through while somebody else guesses at it. Counted in this process.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { type Clock, type EntriApplication, type Organization, RadarError, type Store } from '@dnsradar/core'
import { createWindows } from '@dnsradar/store'
import type { Request } from 'express'
import { networkOf } from '../http/auth.ts'
import { MINUTE_MS, RateLimited, secondsUntil } from '../http/limits.ts'
import { sameText, type Tokens, unknownToken } from './tokens.ts'

export interface Caller {
  readonly application: EntriApplication
  readonly organization: Organization
}

export interface Credentials {
  readonly applicationId: string
  readonly secret: string
}

export interface EntriAccess {
  /** Throws `unknown_key`, and `rate_limited` after too many wrong secrets. */
  issueToken(req: Pick<Request, 'ip'>, credentials: Credentials): Promise<string>
  /** Throws `no_key`, `unknown_key` or `expired_key`. */
  authenticate(req: Pick<Request, 'headers'>): Promise<Caller>
}

const TRUSTED_MS = 10 * MINUTE_MS
/** Applications may come from ever new addresses; to forget them costs nothing but the privilege. */
const MAX_TRUSTED = 10_000

/** `guessesPerMinute` by address, and again by application; 0 is any number. */
export function createEntriAccess(
  store: Pick<Store, 'entri'>,
  clock: Clock,
  tokens: Tokens,
  guessesPerMinute: number,
): EntriAccess {
  const failures = createWindows(clock.now)
  /** By address and application, when they were good last. */
  const goodAt = new Map<string, number>()

  const refuseGuessing = (name: string): void => {
    const window = failures.peek(name)
    if (guessesPerMinute === 0 || window === null || window.count < guessesPerMinute) return
    const seconds = secondsUntil(window.ends, clock.now())
    throw new RateLimited(`Too many wrong secrets were sent; try again in ${seconds} s.`, seconds)
  }

  return {
    async issueToken({ ip }, { applicationId, secret }) {
      const guessed = [`address ${networkOf(ip ?? '')}`, `application ${applicationId}`]
      const pair = guessed.join(' ')
      const isTrusted = clock.now() - (goodAt.get(pair) ?? Number.NEGATIVE_INFINITY) < TRUSTED_MS
      if (!isTrusted) guessed.forEach(refuseGuessing)
      const found = await store.entri.findApplication(applicationId)
      if (found === null || !sameText(secret, found.application.secret)) {
        for (const name of guessed) failures.count(name, MINUTE_MS)
        throw new RadarError('unknown_key', 'The applicationId and the secret do not belong together; check both.')
      }
      if (goodAt.size >= MAX_TRUSTED) goodAt.clear()
      goodAt.set(pair, clock.now())
      return tokens.issue(found.application)
    },

    async authenticate({ headers }) {
      const { applicationId, token } = credentialsOf(headers)
      // Before the database is asked: what we did not sign costs no look-up.
      const claims = await tokens.read(token)
      const found = await store.entri.findApplication(applicationId)
      if (found === null || !tokens.isOf(claims, found.application)) throw unknownToken()
      return found
    },
  }
}

function credentialsOf(headers: IncomingHttpHeaders): { readonly applicationId: string; readonly token: string } {
  const applicationId = String(headers['applicationid'] ?? '').trim()
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization?.trim() ?? '')?.[1]
  if (applicationId === '') {
    throw new RadarError('no_key', 'The header applicationId is missing; send the id of your application.')
  }
  if (token === undefined) {
    throw new RadarError('no_key', 'There is no token; send Authorization: Bearer with the auth_token of POST /token.')
  }
  return { applicationId, token }
}
