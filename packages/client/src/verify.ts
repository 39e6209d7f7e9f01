/**
 * Is this request from DNSRadar? For receivers, over WebCrypto, so it runs wherever `crypto.subtle` does.
 *
 * Two signatures travel with a delivery. The Standard Webhooks one covers id, time and body: use it. The hex HMAC
 * covers the body alone, so a recorded request can be played again for ever.
 *
 * Both need the body's raw bytes: a body that was parsed and written again is another text.
 */

export type HeaderSource =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>

export interface SignedRequest {
  /** The raw body, before any parsing. */
  readonly body: string | Uint8Array
  readonly headers: HeaderSource
}

export interface VerifyOptions {
  /** The webhook's `signing_secret`. Several while one is being replaced. */
  readonly secret: string | readonly string[]
  /** Epoch milliseconds; the clock's when left out. */
  readonly now?: number
  /** How far the sender's time may lie from ours, either way; 300 when left out. */
  readonly toleranceSeconds?: number
}

export type Verification =
  | {
      readonly ok: true
      /** The same on every attempt: a receiver that has seen it may drop the request. */
      readonly id: string
      /** Epoch milliseconds of this attempt. */
      readonly timestamp: number
    }
  | { readonly ok: false; readonly reason: 'missing_header' | 'bad_timestamp' | 'outside_window' | 'bad_signature' }

const PREFIX = 'whsec_'
const DEFAULT_TOLERANCE_SECONDS = 300
/** A sender replacing its secret sends two; more than this is somebody making us work. */
const MOST_SIGNATURES = 10

/** Standard Webhooks v1: `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
export async function verifyWebhook(request: SignedRequest, options: VerifyOptions): Promise<Verification> {
  const id = header(request.headers, 'webhook-id')
  const time = header(request.headers, 'webhook-timestamp')
  const signatures = header(request.headers, 'webhook-signature')
  if (!id || !time || !signatures) return { ok: false, reason: 'missing_header' }
  if (!/^\d{1,12}$/.test(time)) return { ok: false, reason: 'bad_timestamp' }
  const timestamp = Number(time) * 1000
  const tolerance = (options.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS) * 1000
  if (Math.abs((options.now ?? Date.now()) - timestamp) > tolerance) return { ok: false, reason: 'outside_window' }

  const content = joined(`${id}.${time}.`, request.body)
  const keys = await Promise.all([options.secret].flat().map((secret) => hmacKey(standardKeyBytes(secret))))
  const isSigned = await anyVerifies(keys, v1Signatures(signatures), content)
  return isSigned ? { ok: true, id, timestamp } : { ok: false, reason: 'bad_signature' }
}

/**
 * `X-DNSRadar-Signature` (or `X-Webhook-Signature`): lower-case hex HMAC-SHA256 over the raw body. Sent only when the
 * webhook was created with a `secret` of your own.
 */
export async function verifyBodySignature(request: SignedRequest, secret: string): Promise<boolean> {
  const hex = header(request.headers, 'x-dnsradar-signature') ?? header(request.headers, 'x-webhook-signature')
  if (hex === null || !/^[0-9a-f]{64}$/.test(hex)) return false
  const signature = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return anyVerifies([await hmacKey(utf8(secret))], [signature], joined('', request.body))
}

/** `verify` compares in constant time. */
async function anyVerifies(keys: readonly HmacKey[], signatures: readonly Bytes[], content: Bytes): Promise<boolean> {
  const tries = keys.flatMap((key) =>
    signatures.map((signature) => crypto.subtle.verify('HMAC', key, signature, content)),
  )
  return (await Promise.all(tries)).includes(true)
}

type Bytes = Uint8Array<ArrayBuffer>
type HmacKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

function hmacKey(bytes: Bytes): Promise<HmacKey> {
  if (bytes.length === 0) throw new TypeError('The secret is empty')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

/** A well-formed `whsec_` secret is base64 of the key; any other text is the key itself. */
function standardKeyBytes(secret: string): Bytes {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : ''
  const bytes = fromBase64(text)
  return text !== '' && bytes !== null && unpadded(toBase64(bytes)) === unpadded(text) ? bytes : utf8(secret)
}

/** `v1,<base64> v1,<base64> …`; versions that we do not know are passed over. */
function v1Signatures(value: string): Bytes[] {
  return value
    .split(' ', MOST_SIGNATURES)
    .filter((part) => part.startsWith('v1,'))
    .map((part) => fromBase64(part.slice('v1,'.length)))
    .filter((bytes) => bytes !== null)
}

function fromBase64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}

function toBase64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/, '')
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text)
}

function joined(prefix: string, body: string | Uint8Array): Bytes {
  const head = utf8(prefix)
  const tail = typeof body === 'string' ? utf8(body) : body
  const bytes = new Uint8Array(head.length + tail.length)
  bytes.set(head)
  bytes.set(tail, head.length)
  return bytes
}

/** Null when absent or given more than once. */
function header(headers: HeaderSource, name: string): string | null {
  if (isHeaders(headers)) return headers.get(name)
  const values = Object.entries(headers)
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, value]) => value ?? [])
  return values.length === 1 ? (values[0] ?? null) : null
}

function isHeaders(headers: HeaderSource): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function'
}
