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
import { group, id, once, queryFlag, queryTime, text } from './fields.ts'

const MAX_GROUPS = 100
const MAX_FILTER = 1000
const MAX_SECRET = 255

const outsideRange = { error: 'is outside the range; use whole seconds from 1 to 30' }

const EVENT_KINDS = [...DNS_EVENT_KINDS, ...SYSTEM_EVENT_KINDS]

/** `record.broken`, or a beginning of some kind and `*`. */
const eventPattern = z.string().refine(namesSomeKind, {
  error: (issue) =>
    `${shown(issue.input)} covers no event; use kinds such as ${EVENT_KINDS.slice(0, 3).join(', ')}, also with * at the end`,
})

function namesSomeKind(pattern: string): boolean {
  if (!pattern.endsWith('*')) return EVENT_KINDS.some((kind) => kind === pattern)
  return EVENT_KINDS.some((kind) => kind.startsWith(pattern.slice(0, -1)))
}

function listOf<S extends z.ZodType>(item: S): z.ZodArray<S> {
  return z.array(item).max(MAX_FILTER)
}

export const NewWebhookBody = z.strictObject({
  url: text(2000),
  method: z.enum(WEBHOOK_METHODS).optional(),
  secret: text(MAX_SECRET).nullable().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  groups: z.array(group).max(MAX_GROUPS).optional(),
  all_groups: z.boolean().optional(),
  format: z.enum(FORMATS).optional(),
  events: listOf(eventPattern)
    .min(1, { error: 'is empty; name at least one kind, or leave it out for record.*' })
    .optional(),
  states: listOf(z.enum(MONITOR_STATES.filter((state) => state !== 'UNSET'))).optional(),
  record_types: listOf(z.enum(MONITOR_TYPES)).optional(),
  monitors: listOf(id('mon')).optional(),
  timeout_seconds: z.int().min(1, outsideRange).max(30, outsideRange).optional(),
  is_active: z.boolean().optional(),
})

export type NewWebhookInput = z.output<typeof NewWebhookBody>

export const WEBHOOK_LIST = catalogue('wh')

export const WebhookListQuery = listQuery(WEBHOOK_LIST, {
  url: once(text(2000)).optional(),
  source: once(z.enum(WEBHOOK_SOURCES)).optional(),
  group: once(group).optional(),
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
