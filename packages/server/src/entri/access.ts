/**
 * Who asks in the Entri dialect: an application, by its id and a token, and for the token by its secret.
 *
 * Secrets are texts that people chose, so guessing is limited by address and by application. An application that has
 * just shown the right secret from its address is let through while somebody else guesses at it.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { type Clock, type EntriApplication, type Organization, RadarError, type Store } from '@dnsradar/core'
import type { Request } from 'express'
import { bearerOf, networkOf } from '../http/auth.ts'
import { createGuessing } from '../http/guessing.ts'
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

/** `guessesPerMinute` by address, and again by application; 0 is any number. */
export function createEntriAccess(
  store: Pick<Store, 'entri'>,
  clock: Clock,
  tokens: Tokens,
  guessesPerMinute: number,
): EntriAccess {
  const guessing = createGuessing(clock, guessesPerMinute, 'wrong secrets were sent')
  return {
    async issueToken({ ip }, { applicationId, secret }) {
      const sources = [`address ${networkOf(ip ?? '')}`, `application ${applicationId}`]
      const pair = sources.join(' ')
      guessing.refuse(sources, pair)
      const found = await store.entri.findApplication(applicationId)
      // Once more: of guesses that are sent at once no more are answered than of those that come one after the other.
      guessing.refuse(sources, pair)
      if (found === null || !sameText(secret, found.application.secret)) {
        guessing.failed(sources)
        throw new RadarError('unknown_key', 'The applicationId and the secret do not belong together; check both.')
      }
      guessing.succeeded(pair)
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
  const token = bearerOf(headers)
  if (applicationId === '') {
    throw new RadarError('no_key', 'The header applicationId is missing; send the id of your application.')
  }
  if (token === null) {
    throw new RadarError('no_key', 'There is no token; send Authorization: Bearer with the auth_token of POST /token.')
  }
  return { applicationId, token }
}
