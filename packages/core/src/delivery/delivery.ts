/** A webhook (where to), a delivery (one event for one webhook) and its attempts (each try to hand it over). */
import type { DeliveryId, EventId, GroupId, MonitorId, OrganizationId, SystemEventId, WebhookId } from '../ids.ts'
import type { MonitorState } from '../monitor/state.ts'
import type { MonitorType } from '../record-types.ts'

export const WEBHOOK_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'] as const
export type WebhookMethod = (typeof WEBHOOK_METHODS)[number]

export const WEBHOOK_SOURCES = ['n8n', 'zapier', 'entri'] as const
export type WebhookSource = (typeof WEBHOOK_SOURCES)[number]

export const FORMATS = ['dnsradar', 'slack', 'discord', 'teams', 'pagerduty', 'ntfy', 'email', 'entri'] as const
export type Format = (typeof FORMATS)[number]

/** `gave_up`: the last retry failed. `gone`: a subscription's receiver answered 410. `manual`: somebody disabled it. */
export type DisabledReason = 'manual' | 'gave_up' | 'gone'

export interface Webhook {
  readonly id: WebhookId
  readonly orgId: OrganizationId
  readonly created: number
  readonly url: string
  readonly method: WebhookMethod
  /** The caller's own headers, in the order given. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The caller's secret, or the one made for it; `callerGaveSecret` decides about the legacy signature. */
  readonly secret: string
  readonly callerGaveSecret: boolean
  /** Signs beside `secret` until `previousSecretUntil`. */
  readonly previousSecret: string | null
  readonly previousSecretUntil: number | null
  readonly source: WebhookSource | null
  readonly format: Format
  readonly formatOptions: Readonly<Record<string, string>>
  readonly groups: readonly GroupId[]
  readonly allGroups: boolean
  readonly filters: WebhookFilters
  readonly timeoutMs: number
  readonly isActive: boolean
  readonly disabledReason: DisabledReason | null
  readonly lastError: string | null
  readonly lastExecuted: number | null
  /** Failed attempts in turn since the last success or enable. */
  readonly retries: number
  readonly nextAttempt: number | null
  /** The head was made due before its turn, which is then: a failure of it does not count. Null otherwise. */
  readonly resumeAt: number | null
  /** Open deliveries waiting in the queue. */
  readonly pending: number
}

/** Empty lists other than `events` mean "any". `events` takes kinds and wildcards ending in `.*` or `*`. */
export interface WebhookFilters {
  readonly events: readonly string[]
  readonly states: readonly MonitorState[]
  readonly recordTypes: readonly MonitorType[]
  readonly monitors: readonly MonitorId[]
}

export const DELIVERY_STATUSES = ['PENDING', 'RETRYING', 'DELIVERED', 'FAILED'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]
export type DeliveryKind = 'event' | 'test' | 'resend' | 'system'

export interface Delivery {
  readonly id: DeliveryId
  readonly orgId: OrganizationId
  readonly webhookId: WebhookId
  readonly eventId: EventId | null
  readonly systemEventId: SystemEventId | null
  /** Position in the webhook's queue; null outside it (tests and resends). */
  readonly sequence: number | null
  readonly kind: DeliveryKind
  readonly status: DeliveryStatus
  /** The exact bytes that are signed and sent, on every attempt. */
  readonly body: string
  /** Sent as `X-DNSRadar-Event`, `-Group`, `-External-Id`: fixed when the delivery is made. */
  readonly headline: DeliveryHeadline
  readonly created: number
  readonly delivered: number | null
  readonly lastAttempt: number | null
  readonly nextAttempt: number | null
  /** Attempts made so far. */
  readonly attempts: number
  readonly statusCode: number | null
  readonly responseBody: string | null
  readonly errorMessage: string | null
}

export interface DeliveryHeadline {
  readonly kind: string
  readonly group: string | null
  readonly externalId: string | null
}

/** Milliseconds spent in each phase; null when the attempt did not get that far or reused a connection. */
export interface Phases {
  readonly dns: number | null
  readonly connect: number | null
  readonly tls: number | null
  readonly firstByte: number | null
}

/** Of an attempt that got nowhere, or whose phases nobody measures. */
export const NO_PHASES: Phases = { dns: null, connect: null, tls: null, firstByte: null }

export const ERROR_CLASSES = [
  'timeout',
  'dns',
  'tls',
  'refused',
  'reset',
  'blocked_target',
  'http_status',
  'protocol',
] as const
export type ErrorClass = (typeof ERROR_CLASSES)[number]

/** What came of one attempt. `accepted` is a 2xx and nothing else. */
export type Outcome =
  | {
      readonly kind: 'accepted'
      readonly statusCode: number
      readonly responseBody: string
      readonly ip: string | null
      readonly phases: Phases
      readonly durationMs: number
    }
  | {
      readonly kind: 'failed'
      readonly errorClass: ErrorClass
      readonly errorMessage: string
      /** Null when no response arrived. */
      readonly statusCode: number | null
      readonly responseBody: string | null
      /** `Retry-After` of the response in milliseconds, when it had a readable one. */
      readonly retryAfterMs: number | null
      readonly ip: string | null
      readonly phases: Phases
      readonly durationMs: number
    }

export interface Attempt {
  /** 1 is the first try. */
  readonly number: number
  readonly started: number
  readonly outcome: Outcome
  /** The lease was lost before the outcome could be written: history only, the queue was not touched. */
  readonly late: boolean
}
