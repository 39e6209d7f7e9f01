/**
 * The signatures of an attempt, in two schemes side by side.
 *
 * `X-DNSRadar-Signature` (alias `X-Webhook-Signature`) is the hex HMAC-SHA256 of the body under the secret as typed.
 * It says nothing about time, so a recorded request can be replayed for ever. Standard Webhooks (`webhook-signature`)
 * covers id and time as well and is the one to verify where there is a choice.
 */
import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import type { DeliveryId } from '../ids.ts'
import { wireTime } from './payload.ts'

const PREFIX = 'whsec_'
/** Standard Webhooks asks for 24 to 64 bytes. */
const SECRET_BYTES = 32

export interface Signed {
  readonly body: string
  readonly deliveryId: DeliveryId
  readonly secret: string
  /** The first scheme is only for receivers whose owner chose the secret: nobody else could know it. */
  readonly callerGaveSecret: boolean
  readonly previousSecret: string | null
  /** Epoch milliseconds until which the previous secret still counts. */
  readonly previousSecretUntil: number | null
  /** Time of this attempt, not of the event: receivers refuse what is older than minutes, and retries take days. */
  readonly now: number
}

export function signatureHeaders(signed: Signed): readonly (readonly [name: string, value: string])[] {
  const { body, deliveryId, secret, callerGaveSecret, now } = signed
  const previous = overlapping(signed)
  const seconds = String(Math.floor(now / 1000))
  const content = `${deliveryId}.${seconds}.${body}`
  const standard = [secret, ...(previous === null ? [] : [previous])].map(
    (key) => `v1,${standardSignature(key, content)}`,
  )
  const legacy = legacySignature(previous ?? secret, body)
  return [
    ...(callerGaveSecret
      ? ([
          ['X-DNSRadar-Signature', legacy],
          ['X-Webhook-Signature', legacy],
        ] as const)
      : []),
    ['X-Webhook-Timestamp', wireTime(now)],
    ['webhook-id', deliveryId],
    ['webhook-timestamp', seconds],
    ['webhook-signature', standard.join(' ')],
  ]
}

/** The secret before the rotation, while both count. The one-value header keeps it until then: receivers switch in their own time. */
function overlapping({ previousSecret, previousSecretUntil, now }: Signed): string | null {
  return previousSecret !== null && previousSecretUntil !== null && now < previousSecretUntil ? previousSecret : null
}

function legacySignature(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}

function standardSignature(secret: string, content: string): string {
  return createHmac('sha256', standardKey(secret)).update(content).digest('base64')
}

/** Decoded bytes of a well-formed `whsec_` secret, the UTF-8 bytes of any other text. */
function standardKey(secret: string): Buffer {
  return encodedKey(secret) ?? Buffer.from(secret, 'utf8')
}

/** Null unless the text is `whsec_` and base64 that decodes without loss: a key that only looks encoded is plain text. */
function encodedKey(secret: string): Buffer | null {
  if (!secret.startsWith(PREFIX)) return null
  const text = secret.slice(PREFIX.length)
  const bytes = Buffer.from(text, 'base64')
  const unpadded = (base64: string): string => base64.replace(/=+$/, '')
  return bytes.length > 0 && unpadded(bytes.toString('base64')) === unpadded(text) ? bytes : null
}

/** A new secret for callers who gave none. */
export function generateSecret(randomBytes: (length: number) => Uint8Array): string {
  return PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString('base64')
}

/** The form that Standard Webhooks libraries take, shown to the caller once. */
export function signingSecret(secret: string): string {
  return encodedKey(secret) === null ? PREFIX + Buffer.from(secret, 'utf8').toString('base64') : secret
}
