/** The request of one attempt: the body in its format, the caller's headers, and ours, which win. */
import type { Delivery, Webhook, WebhookMethod } from './delivery.ts'
import { FORMAT_ROWS } from './formats/table.ts'
import { signatureHeaders } from './sign.ts'

/** A complete HTTP request: what is signed is what is sent. */
export interface HttpRequest {
  readonly url: string
  readonly method: WebhookMethod
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  /** Deadline of the whole attempt, from look-up to the last byte read, in milliseconds. */
  readonly timeoutMs: number
}

/** `now` is the attempt's start in epoch milliseconds; `userAgent` is `DNSRadar/` and the version. */
export function buildRequest(
  webhook: Webhook,
  delivery: Delivery,
  attempt: { readonly now: number; readonly userAgent: string },
): HttpRequest {
  const { url, contentType, body, carries = () => true } = FORMAT_ROWS[webhook.format].parts(webhook, delivery.body)
  const ours = ownHeaders(webhook, delivery, { ...attempt, contentType, body })
  const taken = new Set(ours.map(([name]) => name.toLowerCase()))
  return {
    url,
    method: webhook.method,
    headers: [...webhook.headers.filter(([name]) => !taken.has(name.toLowerCase())), ...ours].filter(([name]) =>
      carries(name),
    ),
    body,
    timeoutMs: webhook.timeoutMs,
  }
}

interface Attempted {
  readonly now: number
  readonly userAgent: string
  readonly contentType: string
  readonly body: string
}

function ownHeaders(
  webhook: Webhook,
  delivery: Delivery,
  { now, userAgent, contentType, body }: Attempted,
): readonly (readonly [name: string, value: string])[] {
  const { kind, group, externalId } = delivery.headline
  const optional: readonly (readonly [name: string, value: string | null])[] = [
    ['webhook-sequence', delivery.sequence === null ? null : String(delivery.sequence)],
    ['X-DNSRadar-Group', group],
    ['X-DNSRadar-External-Id', externalId],
    // A test's body carries made-up ids throughout; this says which webhook it came from.
    ['X-DNSRadar-Webhook', delivery.kind === 'test' ? webhook.id : null],
  ]
  return [
    ['Content-Type', contentType],
    ['User-Agent', userAgent],
    ['X-DNSRadar-Event', kind],
    ...optional.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    ...(FORMAT_ROWS[webhook.format].headers?.(webhook, body, now) ?? []),
    ...signatureHeaders({
      body,
      deliveryId: delivery.id,
      secret: webhook.secret,
      callerGaveSecret: webhook.callerGaveSecret,
      previousSecret: webhook.previousSecret,
      previousSecretUntil: webhook.previousSecretUntil,
      now,
    }),
  ]
}
