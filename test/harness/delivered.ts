/** Reading what a receiver got, with means of its own: node:crypto and the reference library, none of the product. */
import { createHmac } from 'node:crypto'
import type { DnsDelivery } from '@dnsradar/client'
import type { ReceivedRequest } from './webhook-receiver.ts'

export function deliveryIn(request: ReceivedRequest): DnsDelivery {
  return JSON.parse(request.body) as DnsDelivery
}

/** The place of each in the order of its webhook. NaN where a request has none: a test, or one that is sent once more. */
export function sequencesOf(requests: readonly ReceivedRequest[]): number[] {
  return requests.map(({ headers }) => Number(headers['webhook-sequence']))
}

/** What the documented receivers compare `X-DNSRadar-Signature` with. */
export function bodySignature(secret: string, raw: Buffer): string {
  return createHmac('sha256', secret).update(raw).digest('hex')
}

/** The headers as single texts, which is how Standard Webhooks libraries want them. */
export function textHeaders(request: ReceivedRequest): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
}
