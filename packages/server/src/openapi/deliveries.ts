/** What webhooks receive, as the document's `webhooks`: the bodies and the headers that tell of them. */
import { EVENT_KINDS } from '@dnsradar/client'
import type * as z from 'zod'
import type { ZodOpenApiOperationObject, ZodOpenApiParameterObject, ZodOpenApiPathItemObject } from 'zod-openapi'
import { DnsDelivery, SubscriptionDelivery, SystemDelivery, TestDelivery } from '../schemas/deliveries.ts'
import { asMember, type Examples, type NamedExamples } from './examples.ts'

interface HeaderWords {
  readonly description: string
  readonly schema: { readonly type: 'string'; readonly pattern?: string; readonly format?: string; enum?: string[] }
  /** Left out: always sent. */
  readonly isOptional?: true
}

const text = { type: 'string' } as const

const SENT: Readonly<Record<string, HeaderWords>> = {
  'webhook-id': {
    description: 'Id of the request: the same on every attempt, so that a repeat can be told.',
    schema: text,
  },
  'webhook-timestamp': {
    description: 'Unix seconds of this attempt.',
    schema: { type: 'string', pattern: '^\\d+$' },
  },
  'webhook-signature': {
    description:
      'Standard Webhooks: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; after a rotation one for each secret, with a space between.',
    schema: text,
  },
  'webhook-sequence': {
    description: 'Position in the queue of the webhook; not sent with what stands outside the queue.',
    schema: { type: 'string', pattern: '^\\d+$' },
    isOptional: true,
  },
  'X-DNSRadar-Event': { description: 'What happened.', schema: { type: 'string', enum: [...EVENT_KINDS] } },
  'X-DNSRadar-Group': { description: 'Slug of the monitor’s group.', schema: text, isOptional: true },
  'X-DNSRadar-External-Id': { description: 'Of the monitor, where it has one.', schema: text, isOptional: true },
  'X-DNSRadar-Signature': {
    description: 'Lower-case hex of HMAC-SHA256 over the body; only when the caller chose the secret.',
    schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    isOptional: true,
  },
  'X-Webhook-Signature': {
    description: 'The same as `X-DNSRadar-Signature`.',
    schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    isOptional: true,
  },
  'X-Webhook-Timestamp': {
    description: 'Time of this attempt, ISO 8601.',
    schema: { type: 'string', format: 'date-time' },
  },
}

/** Only a test says whose it is: the ids in its body are made up. */
const SENT_WITH_TEST: Readonly<Record<string, HeaderWords>> = {
  'X-DNSRadar-Webhook': { description: 'Id of the webhook that is tested.', schema: text },
}

/** As components, by their own names. */
export const DELIVERY_HEADERS: Readonly<Record<string, ZodOpenApiParameterObject>> = Object.fromEntries(
  Object.entries({ ...SENT, ...SENT_WITH_TEST }).map(([name, { description, schema, isOptional }]) => [
    name,
    { name, in: 'header', required: isOptional !== true, description, schema } as const,
  ]),
)

/** What receivers are sent, by its name in the document. */
const DELIVERED = {
  dnsEvent: {
    operationId: 'receiveDnsEvent',
    summary: 'A record changed',
    schema: DnsDelivery,
    headers: Object.keys(SENT),
  },
  subscription: {
    operationId: 'receiveSubscription',
    summary: 'A record changed, told to a subscription: the same and its circumstances',
    schema: SubscriptionDelivery,
    headers: Object.keys(SENT),
  },
  systemEvent: {
    operationId: 'receiveSystemEvent',
    summary: 'Something happened to a monitor, a domain, a webhook or a resolver',
    schema: SystemDelivery,
    headers: Object.keys(SENT),
  },
  test: {
    operationId: 'receiveTest',
    summary: 'A test was asked for',
    schema: TestDelivery,
    headers: [...Object.keys(SENT).filter((name) => name !== 'webhook-sequence'), ...Object.keys(SENT_WITH_TEST)],
  },
} as const satisfies Readonly<Record<string, Delivered>>

export function deliveries({ webhooks }: Examples): Readonly<Record<string, ZodOpenApiPathItemObject>> {
  return Object.fromEntries(
    Object.entries(DELIVERED).map(([name, delivered]) => [name, receives(delivered, webhooks[name])]),
  )
}

interface Delivered {
  readonly operationId: string
  readonly summary: string
  readonly schema: z.ZodType
  readonly headers: readonly string[]
}

function receives(
  { operationId, summary, schema, headers }: Delivered,
  examples: NamedExamples | undefined,
): ZodOpenApiPathItemObject {
  const operation: ZodOpenApiOperationObject = {
    operationId,
    tags: ['Webhooks'],
    summary,
    // Nothing of ours authenticates us to the receiver but the signatures.
    security: [],
    parameters: headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    requestBody: { required: true, content: { 'application/json': { schema, ...asMember(examples) } } },
    responses: {
      '2XX': { description: 'Received. The next one of the queue follows.' },
      410: { description: 'A subscription ends. For other webhooks a failure as any other.' },
      429: { description: 'A failure; `Retry-After` may put the next attempt off.' },
      503: { description: 'A failure; `Retry-After` may put the next attempt off.' },
      default: { description: 'A failure, also a redirect: tried again later, and the rest of the queue waits.' },
    },
  }
  return { post: operation }
}
