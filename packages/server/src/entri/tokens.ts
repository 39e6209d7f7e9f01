/**
 * Bearer tokens of the Entri dialect: JWT (RFC 7519), HS256, an hour.
 *
 * The key is derived from the key ring, so a token outlives a restart and is good in every process. A token names the
 * application, its organization and a fingerprint of the secret it was made with: when the secret changes or the
 * application is deleted, its tokens end at once.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Clock, type EntriApplication, RadarError, type Store } from '@dnsradar/core'
import { errors, jwtVerify, SignJWT } from 'jose'

const LIFETIME_S = 3600
const ALGORITHM = 'HS256'

export interface Tokens {
  issue(application: EntriApplication): Promise<string>
  /** What a token of ours says; whether it is still so is `isOf`'s to tell. Throws `unknown_key` or `expired_key`. */
  read(token: string): Promise<TokenClaims>
  isOf(claims: TokenClaims, application: EntriApplication): boolean
}

export interface TokenClaims {
  readonly subject: string
  readonly organization: string
  readonly fingerprint: string
  /** Of the key that signed it. */
  readonly keyId: string
}

export function createTokens(store: Pick<Store, 'deriveKeys'>, clock: Clock): Tokens {
  const keys = store.deriveKeys('entri tokens')
  const [current] = keys
  if (current === undefined) throw new Error('the key ring is empty')

  const fingerprintOf = (keyId: string, { id, secret }: EntriApplication): string =>
    createHmac('sha256', keys.get(keyId) ?? '')
      .update(`${id} ${secret}`)
      .digest('base64url')

  return {
    async issue(application) {
      const [keyId, key] = current
      const now = Math.floor(clock.now() / 1000)
      return new SignJWT({ org: application.orgId, fpt: fingerprintOf(keyId, application) })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT', kid: keyId })
        .setSubject(application.id)
        .setIssuedAt(now)
        .setExpirationTime(now + LIFETIME_S)
        .sign(key)
    },

    async read(token) {
      try {
        const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => keyNamed(keys, kid), {
          algorithms: [ALGORITHM],
          requiredClaims: ['sub', 'org', 'fpt', 'exp'],
          currentDate: new Date(clock.now()),
        })
        return {
          subject: String(payload.sub),
          organization: String(payload['org']),
          fingerprint: String(payload['fpt']),
          keyId: String(protectedHeader.kid),
        }
      } catch (error) {
        if (error instanceof errors.JWTExpired) {
          throw new RadarError('expired_key', 'The token has expired; ask for another one with POST /token.')
        }
        // Whatever else a library finds wrong with what somebody sent, it is not a token of ours.
        throw unknownToken()
      }
    },

    isOf: ({ subject, organization, fingerprint, keyId }, application) =>
      subject === application.id &&
      organization === application.orgId &&
      sameText(fingerprint, fingerprintOf(keyId, application)),
  }
}

function keyNamed(keys: ReadonlyMap<string, Uint8Array>, id: string | undefined): Uint8Array {
  const key = keys.get(id ?? '')
  if (key === undefined) throw unknownToken()
  return key
}

export function unknownToken(): RadarError {
  return new RadarError('unknown_key', 'The token is not good for this application; ask for one with POST /token.')
}

/** Takes equally long wherever the two differ. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string): Uint8Array => createHmac('sha256', '').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
