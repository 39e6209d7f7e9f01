/**
 * From what went wrong to the error that Zapier acts on.
 *
 * The kind of an error decides what happens to somebody's Zap: an expired connection disconnects the account and writes
 * to its owner, throttling runs the step again later, anything else is shown with its message.
 */
import { ApiError } from '@dnsradar/client'
import type { ZObject } from 'zapier-platform-core'
import { Fault } from './fault.ts'

/** No answer came. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'

  constructor(host: string, reason: string) {
    super(`${host} cannot be reached (${reason}). Is DNSRadar running there, and can the internet reach it?`)
  }
}

/** What the call was for: a key that is refused while it is being entered has not expired. */
export type Purpose = 'work' | 'testing the connection'

interface Circumstances {
  readonly purpose: Purpose
  /** As it was entered. */
  readonly key: unknown
}

/** Errors of Zapier's own, such as the one that core throws for a 429, stay as they are. */
export function zapierError(z: ZObject, error: unknown, { purpose, key }: Circumstances): unknown {
  if (error instanceof Fault) return new z.errors.Error(error.message, 'invalid_input', 400)
  if (error instanceof Unreachable) return new z.errors.Error(error.message, 'unreachable', 503)
  return error instanceof ApiError ? answeredError(z, error, { purpose, key }) : error
}

/** Of a refusal (403, 404, 409, 422 …) the server's own message is shown: it says what is wrong and one way out. */
function answeredError(z: ZObject, { status, code, message }: ApiError, { purpose, key }: Circumstances): Error {
  if (status >= 500) return new z.errors.Error('The server had a problem. Try again in a few minutes.', code, status)
  // A 401 that is not of this API says nothing about the key.
  if (status === 401 && code !== 'unexpected_response') {
    return purpose === 'testing the connection'
      ? new z.errors.Error('This API key is not valid on this server. Copy it again or make a new one.', code, status)
      : new z.errors.ExpiredAuthError('The API key is not valid any more. Reconnect with a new one.')
  }
  return new z.errors.Error(withoutKey(message, key), code, status)
}

/** A server may repeat what it was sent, and Zapier keeps and mails what it is told. */
function withoutKey(message: string, given: unknown): string {
  const key = typeof given === 'string' ? given.trim() : ''
  return key === '' ? message : message.replaceAll(key, '***')
}
