/** The receiver of the model's runs: says what it is told to, and looks at every request it is sent. */
import { createHmac } from 'node:crypto'
import type { ClaimedDelivery, Outcome } from '@dnsradar/core'
import { buildRequest } from '@dnsradar/core/delivery/request'
import { isAccepted, secretText, type Answer, type Reply } from './words.ts'

const BESIDE = { ip: null, phases: { dns: null, connect: null, tls: null, firstByte: null }, durationMs: 12 }

export function outcomeOf(reply: Reply): Outcome {
  const { status, retryAfterMs } = reply
  if (status !== null && isAccepted(reply)) {
    return { ...BESIDE, kind: 'accepted', statusCode: status, responseBody: 'read' }
  }
  return {
    ...BESIDE,
    kind: 'failed',
    errorClass: status === null ? 'timeout' : 'http_status',
    errorMessage: status === null ? 'The receiver did not answer.' : `The receiver answered ${status}.`,
    statusCode: status,
    responseBody: null,
    retryAfterMs,
  }
}

export interface Receiver {
  /** Which of the secrets known so far sign this attempt. */
  receive(claimed: ClaimedDelivery, now: number, secrets: number): Answer
}

/** What every attempt of a request has in common is held to its first attempt. */
export function createReceiver(): Receiver {
  const bodies = new Map<string, string>()
  return {
    receive({ webhook, delivery }, now, secrets) {
      const request = buildRequest(webhook, delivery, { now, userAgent: 'DNSRadar/0' })
      const headers = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
      const seconds = String(Math.floor(now / 1000))
      const sequence = delivery.sequence === null ? undefined : String(delivery.sequence)
      same(headers.get('webhook-id'), delivery.id, 'an attempt carries the id of its request')
      same(headers.get('webhook-timestamp'), seconds, 'an attempt carries its own time')
      same(headers.get('webhook-sequence'), sequence, 'an attempt carries its place in the queue')
      same(request.body, bodies.get(delivery.id) ?? request.body, 'all attempts of a request have one body')
      bodies.set(delivery.id, request.body)

      const content = `${delivery.id}.${seconds}.${request.body}`
      const standard = (headers.get('webhook-signature') ?? '').split(' ')
      const legacy = headers.get('x-dnsradar-signature')
      return {
        signedBy: standard.map((one) => signer(secrets, (key) => `v1,${hmac(key, content, 'base64')}` === one)),
        legacyBy: legacy === undefined ? null : signer(secrets, (key) => hmac(key, request.body, 'hex') === legacy),
      }
    },
  }
}

/** The newest first: it is the most likely. */
function signer(secrets: number, signs: (key: string) => boolean): number {
  for (let secret = secrets - 1; secret >= 0; secret--) if (signs(secretText(secret))) return secret
  throw new Error('no secret that was ever given made this signature')
}

function hmac(key: string, content: string, encoding: 'base64' | 'hex'): string {
  return createHmac('sha256', key).update(content).digest(encoding)
}

function same(actual: unknown, expected: unknown, law: string): void {
  if (actual !== expected)
    throw new Error(`This does not hold any more: ${law}. ${String(actual)} is not ${String(expected)}.`)
}
