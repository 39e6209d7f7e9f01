/** What `/webhooks` and the lists of their requests accept. */
import {
  DELIVERY_STATUSES,
  DNS_EVENT_KINDS,
  FORMATS,
  MONITOR_STATES,
  SYSTEM_EVENT_KINDS,
  WEBHOOK_METHODS,
  WEBHOOK_SOURCES,
} from '@dnsradar/core'
import { MONITOR_TYPES } from '@dnsradar/core/record-types'
import * as z from 'zod'
import { catalogue, history, listQuery } from '../http/page.ts'
import { shown } from '../http/validate.ts'
import { group, id, kindPattern, notEmpty, once, queryFlag, queryTime, text } from './fields.ts'

const MAX_GROUPS = 100
const MAX_FILTER = 1000
const MAX_SECRET = 255
const MAX_OPTION_NAME = 64
const MAX_OPTION = 4000

const outsideRange = { error: 'is outside the range; use whole seconds from 1 to 30' }

const eventPattern = kindPattern([...DNS_EVENT_KINDS, ...SYSTEM_EVENT_KINDS])

/** Sources that subscribe by themselves; an Entri hook belongs to its application. */
const SUBSCRIBERS = WEBHOOK_SOURCES.filter((source) => source !== 'entri')

function listOf<S extends z.ZodType>(item: S): z.ZodArray<S> {
  return z.array(item).max(MAX_FILTER)
}

const fields = {
  url: text(2000),
  method: z.enum(WEBHOOK_METHODS).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  groups: z.array(group).max(MAX_GROUPS).optional(),
  all_groups: z.boolean().optional(),
  format: z
    .enum(FORMATS)
    .optional()
    .meta({ description: 'How bodies are written. Left out on create: by the host of the url, else dnsradar.' }),
  format_options: z.record(z.string().max(MAX_OPTION_NAME), z.string().max(MAX_OPTION)).optional().meta({
    description:
      'By format. dnsradar: body (a template of your own), content_type. pagerduty: routing_key (required). The others take none. *** keeps a value that is not shown.',
  }),
  events: listOf(eventPattern)
    .min(1, { error: 'is empty; name at least one kind, or leave it out for record.*' })
    .optional(),
  states: listOf(z.enum(MONITOR_STATES.filter((state) => state !== 'UNSET'))).optional(),
  record_types: listOf(z.enum(MONITOR_TYPES)).optional(),
  monitors: listOf(id('mon')).optional(),
  timeout_seconds: z.int().min(1, outsideRange).max(30, outsideRange).optional(),
}

export const NewWebhookBody = z.strictObject({
  ...fields,
  secret: text(MAX_SECRET).nullable().optional(),
  source: z
    .enum(SUBSCRIBERS, {
      error: (issue) =>
        `${shown(issue.input)} is not accepted; use ${SUBSCRIBERS.join(' or ')}, or leave it out for a webhook of your own`,
    })
    .optional(),
  is_active: z.boolean().optional(),
})

export type NewWebhookInput = z.output<typeof NewWebhookBody>

/** What is left out stays. Whether it is active is changed by its own routes, which say what becomes of the queue. */
export const WebhookPatchBody = notEmpty(
  z.strictObject({ ...fields, url: fields.url.optional(), secret: text(MAX_SECRET).optional() }),
  'give at least one field, such as events',
)

export type WebhookPatchInput = z.output<typeof WebhookPatchBody>

/** Unix seconds on the wire, epoch milliseconds inside. */
export const RecoverBody = z.strictObject({
  since: z
    .int()
    .min(0)
    .transform((seconds) => seconds * 1000)
    .meta({ description: 'Unix seconds.', override: { type: 'integer', minimum: 0 } }),
})

const LONGEST_OVERLAP_S = 604_800
const outsideOverlap = { error: `is outside the range; use whole seconds from 0 to ${LONGEST_OVERLAP_S}` }

/** Seconds on the wire, milliseconds inside. */
export const RotateSecretBody = z.strictObject({
  overlap_seconds: z
    .int()
    .min(0, outsideOverlap)
    .max(LONGEST_OVERLAP_S, outsideOverlap)
    .transform((seconds) => seconds * 1000)
    .optional()
    .meta({
      description: 'How long the old secret goes on signing; 0 ends it at once.',
      override: { type: 'integer', minimum: 0, maximum: LONGEST_OVERLAP_S, default: 86_400 },
    }),
})

/** Who ends it: a subscriber that says so itself need not be told. */
export const DeleteWebhookQuery = z.strictObject({ by: once(z.literal('subscriber')).optional() })

export const WEBHOOK_LIST = catalogue('wh')

export const WebhookListQuery = listQuery(WEBHOOK_LIST, {
  url: once(text(2000)).optional(),
  source: once(z.enum(WEBHOOK_SOURCES)).optional(),
  group: once(group).optional().meta({
    description: 'Slug or id: those that hear of this group, which webhooks of all groups do as well.',
  }),
  is_active: queryFlag.optional(),
})

export const REQUEST_LIST = history('req')

/** `404`, or a class: `5xx`. */
const statusCode = z
  .string()
  .refine((given) => /^[1-5](\d\d|xx)$/i.test(given), {
    error: (issue) => `${shown(issue.input)} is not accepted; use a status such as 404 or a class such as 5xx`,
  })
  .transform((given) => (/xx$/i.test(given) ? { hundreds: Number(given[0]) } : { exact: Number(given) }))
  .meta({ override: { pattern: '^[1-5]([0-9][0-9]|[xX][xX])$', examples: ['404', '5xx'] } })

export const RequestListQuery = listQuery(REQUEST_LIST, {
  status: once(z.enum(DELIVERY_STATUSES)).optional(),
  status_code: once(statusCode).optional(),
  created_after: queryTime.optional(),
  created_before: queryTime.optional(),
  delivered_after: queryTime.optional(),
  delivered_before: queryTime.optional(),
  last_attempt_after: queryTime.optional(),
  last_attempt_before: queryTime.optional(),
})
