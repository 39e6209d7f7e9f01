/** What the document defines once and refers to by name: schemas, parameters of paths, headers. */
import { PROBLEM_CODES, type Problem as WireProblem } from '@dnsradar/client'
import * as z from 'zod'
import type { ZodOpenApiHeaderObject } from 'zod-openapi'
import { NewKeyBody, OrganizationPatchBody } from '../schemas/accounts.ts'
import {
  DeliveryContext,
  DnsDelivery,
  SubscriptionDelivery,
  SYSTEM_DELIVERIES,
  SystemDelivery,
  TestDelivery,
} from '../schemas/deliveries.ts'
import { EntriApplicationPatchBody, NewEntriApplicationBody } from '../schemas/entri-applications.ts'
import { GroupMonitorsPatchBody, GroupPatchBody, NewGroupBody } from '../schemas/groups.ts'
import { BulkMonitorsBody, MatchBody, MonitorPatchBody, NewMonitorBody } from '../schemas/monitors.ts'
import { NewWebhookBody, RecoverBody, RotateSecretBody, WebhookPatchBody } from '../schemas/webhooks.ts'
import * as wire from '../schemas/wire.ts'

/** RFC 9457. */
export const Problem: z.ZodType<WireProblem> = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.enum(PROBLEM_CODES),
  request_id: z.string(),
  errors: z.record(z.string(), z.string()).readonly().exactOptional(),
})

/** What is answered and delivered. */
export const OUTPUTS = {
  Problem,
  RecordType: wire.recordType,
  State: wire.state,
  JudgedState: wire.judgedState,
  Reason: wire.reason,
  Monitor: wire.Monitor,
  MonitorDetail: wire.MonitorDetail,
  CheckedMonitor: wire.CheckedMonitor,
  MonitorPage: wire.pageOf(wire.Monitor),
  Check: wire.Check,
  Answer: wire.answer,
  Bulk: wire.Bulk,
  BulkPreview: wire.BulkPreview,
  Summary: wire.Summary,
  MatchResult: wire.Match,
  Lookup: wire.Lookup,
  Event: wire.Event,
  EventPage: wire.pageOf(wire.Event),
  SystemEvent: wire.SystemEvent,
  SystemEventPage: wire.pageOf(wire.SystemEvent),
  Group: wire.Group,
  GroupPage: wire.pageOf(wire.Group),
  Webhook: wire.Webhook,
  WebhookPage: wire.pageOf(wire.Webhook),
  WebhookWithSecret: wire.WebhookWithSecret,
  Request: wire.Request,
  RequestPage: wire.pageOf(wire.Request),
  RequestDetail: wire.RequestDetail,
  Recovery: wire.Recovery,
  Attempt: wire.attempt,
  Me: wire.Me,
  Organization: wire.Organization,
  Limits: wire.limits,
  Usage: wire.usage,
  Key: wire.Key,
  KeyPage: wire.pageOf(wire.Key),
  KeyWithSecret: wire.KeyWithSecret,
  EntriApplication: wire.EntriApplication,
  EntriApplicationPage: wire.pageOf(wire.EntriApplication),
  AuditEntry: wire.AuditEntry,
  AuditEntryPage: wire.pageOf(wire.AuditEntry),
  Node: wire.Node,
  NodePage: wire.pageOf(wire.Node),
  Health: wire.Health,
  DnsDelivery,
  TestDelivery,
  SubscriptionDelivery,
  DeliveryContext,
  SystemDelivery,
  MonitorSystemDelivery: SYSTEM_DELIVERIES.monitor,
  DomainSystemDelivery: SYSTEM_DELIVERIES.domain,
  EntriSystemDelivery: SYSTEM_DELIVERIES.entri,
  WebhookSystemDelivery: SYSTEM_DELIVERIES.webhook,
  ResolverSystemDelivery: SYSTEM_DELIVERIES.resolver,
} as const satisfies Record<string, z.ZodType>

/** What is accepted as a body. */
export const INPUTS = {
  NewMonitor: NewMonitorBody,
  MonitorPatch: MonitorPatchBody,
  BulkMonitors: BulkMonitorsBody,
  MatchInput: MatchBody,
  NewGroup: NewGroupBody,
  GroupPatch: GroupPatchBody,
  GroupMonitorsPatch: GroupMonitorsPatchBody,
  NewWebhook: NewWebhookBody,
  WebhookPatch: WebhookPatchBody,
  RecoverInput: RecoverBody,
  RotateSecretInput: RotateSecretBody,
  NewKey: NewKeyBody,
  OrganizationPatch: OrganizationPatchBody,
  NewEntriApplication: NewEntriApplicationBody,
  EntriApplicationPatch: EntriApplicationPatchBody,
} as const satisfies Record<string, z.ZodType>

interface ParameterWords {
  readonly name: string
  readonly description: string
  readonly schema: {
    readonly type: 'string'
    readonly minLength?: number
    readonly maxLength?: number
    examples?: string[]
  }
}

function idParameter(name: string, prefix: string, of: string): ParameterWords {
  return {
    name,
    description: `Id of the ${of}.`,
    schema: { type: 'string', examples: [`${prefix}_01h455vb4pex5vsknk084sn02q`] },
  }
}

/** By the segment before and its own name: `:id` stands for an object of the path's own kind. */
export const PATH_PARAMETERS: Readonly<Record<string, ParameterWords>> = {
  'monitors/:id': idParameter('id', 'mon', 'monitor'),
  'webhooks/:id': idParameter('id', 'wh', 'webhook'),
  'keys/:id': idParameter('id', 'key', 'API key'),
  'applications/:id': idParameter('id', 'app', 'Entri application'),
  'events/:event': idParameter('event', 'evt', 'event'),
  'requests/:request': idParameter('request', 'req', 'request'),
  'groups/:group': {
    name: 'group',
    description: 'Slug or id of the group.',
    schema: { type: 'string', examples: ['default'] },
  },
  'by-key/:external_id': {
    name: 'external_id',
    description: 'What the caller’s own system calls the record: 1 to 255 visible ASCII characters without `/`.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
}

function header(description: string, type: 'string' | 'integer', example: string | number): ZodOpenApiHeaderObject {
  return { description, schema: { type, examples: [example] } }
}

export const HEADERS = {
  'X-Request-Id': header(
    'Names the request in the log; a harmless one of the caller’s own is kept.',
    'string',
    'trace-42',
  ),
  ETag: header('Of the answer’s JSON; send it back as `If-None-Match`.', 'string', 'W/"4mYdcM…"'),
  Link: header(
    'RFC 8288: the next and the previous page, where there are any.',
    'string',
    '</events?after=evt_…>; rel="next"',
  ),
  'RateLimit-Policy': header('The limit `q` and the seconds `w` of its window.', 'string', '"read";q=250;w=60'),
  RateLimit: header('What remains (`r`) and the seconds until the window ends (`t`).', 'string', '"read";r=249;t=60'),
  'X-RateLimit-Limit': header('Requests of this class per minute and API key.', 'integer', 250),
  'X-RateLimit-Remaining': header('How many of them remain.', 'integer', 249),
  'X-RateLimit-Reset': header('Unix seconds at which the window is over.', 'integer', 1_767_868_522),
  'Retry-After': header('Seconds until it is worth another try.', 'integer', 30),
  'WWW-Authenticate': header('How to authenticate.', 'string', 'Bearer realm="dnsradar"'),
  'Idempotency-Replayed': header(
    '`true`: this is the answer to an earlier request with the same key.',
    'string',
    'true',
  ),
} as const satisfies Record<string, ZodOpenApiHeaderObject>

export type HeaderName = keyof typeof HEADERS

export function headersNamed(names: readonly HeaderName[]): Record<string, { readonly $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
