/** What the Entri dialect accepts and answers. Members that it does not know are left aside. */
import { MONITOR_TYPES } from '@dnsradar/core/record-types'
import * as z from 'zod'
import { shown } from '../http/validate.ts'
import { MAX_USER_ID } from '../schemas/entri-applications.ts'
import { once, text, whole } from '../schemas/fields.ts'
import { count, time } from '../schemas/wire.ts'
import { MAX_RECORDS } from './wanted.ts'

const MAX_HOST = 1000
const MAX_VALUE = 1000
const MAX_DOMAIN = 1000
const MAX_TTL = 2 ** 31 - 1
const MAX_PRIORITY = 65_535
const MAX_BATCH = 100

const recordType = z
  .string()
  .transform((given, context) => {
    const known = MONITOR_TYPES.find((type) => type === given.toUpperCase())
    if (known !== undefined) return known
    const message = `${shown(given)} is not monitored; use one of ${MONITOR_TYPES.join(', ')}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({ override: { enum: [...MONITOR_TYPES] } })

/** Digits or a number; shown as it was written. */
const priority = z
  .union([z.string(), z.number()], {
    error: (issue) => `${shown(issue.input)} is not accepted; use a whole number from 0 to ${MAX_PRIORITY}`,
  })
  .refine((given) => /^\d{1,5}$/.test(String(given)) && Number(given) <= MAX_PRIORITY, {
    error: (issue) => `${shown(issue.input)} is not accepted; use a whole number from 0 to ${MAX_PRIORITY}`,
  })
  .meta({ description: 'Of MX records only.', override: { type: ['string', 'integer'] } })

const ttlRange = { error: `is outside the range; use whole seconds from 0 to ${MAX_TTL}` }

const recordFields = {
  type: recordType,
  host: text(MAX_HOST).meta({ description: '`@`, labels in front of the domain, or the full name.' }),
  value: text(MAX_VALUE),
  priority: priority.nullish(),
}

const NewRecord = z
  .object({
    ...recordFields,
    ttl: z
      .int()
      .min(0, ttlRange)
      .max(MAX_TTL, ttlRange)
      .meta({ description: 'Seconds. Kept and shown, never compared.' }),
  })
  // Of other types a priority says nothing.
  .transform((record) => ({ ...record, priority: record.type === 'MX' ? (record.priority ?? null) : null }))

const newRecords = z
  .array(NewRecord)
  .min(1, { error: 'is empty; give at least one record' })
  .max(MAX_RECORDS, { error: `is too long; at most ${MAX_RECORDS} records are accepted` })

const domain = text(MAX_DOMAIN).meta({ override: { examples: ['example.com'] } })
const userId = text(MAX_USER_ID).optional()

export const TokenBody = z.object({ applicationId: z.string().max(MAX_HOST), secret: z.string().max(MAX_HOST) })

export const NewDomainBody = z.object({ domain, dnsRecords: newRecords, user_id: userId })

export const DomainPatchBody = z
  .object({ domain, dnsRecords: newRecords.optional(), user_id: userId })
  .refine(({ dnsRecords, user_id }) => dnsRecords !== undefined || user_id !== undefined, {
    path: ['dnsRecords'],
    error: 'is required, unless user_id is given',
  })

export const DomainNameBody = z.object({ domain })

export const NewRecordsBody = z.object({ dnsRecords: newRecords })

export const RecordNamesBody = z.object({
  dnsRecords: z
    .array(z.object({ ...recordFields, value: recordFields.value.optional() }))
    .min(1, { error: 'is empty; name at least one record' })
    .max(MAX_RECORDS),
})

/** Each is judged by itself when it is its turn. */
export const BatchBody = z.preprocess(
  (given) => (Array.isArray(given) ? { domains: given } : given),
  z.object({
    domains: z
      .array(z.unknown())
      .min(1, { error: 'is empty; give at least one domain' })
      .max(MAX_BATCH, { error: `holds more than ${MAX_BATCH} domains; send several batches` })
      .meta({
        description: `At most ${MAX_BATCH}, each with \`domain\`, \`dnsRecords\` and, if you like, \`user_id\`.`,
      }),
  }),
)

const flag = z.boolean().optional()

/** A Connect configuration; whatever else it holds is Connect's. */
export const ImportBody = z.object({
  prefilledDomain: domain,
  monitor: flag,
  dnsRecords: z
    .array(z.looseObject({ monitor: flag }))
    .min(1, { error: 'is empty; give at least one record' })
    .max(MAX_RECORDS),
  user_id: userId,
  userId,
})

/** The records of a configuration: null for those that are not to be watched, which may be of any kind. */
export const WatchedRecords = z.object({ dnsRecords: z.array(NewRecord.nullable()) })

const day = z.iso.date()
const moment = z.union([z.iso.datetime({ offset: true, local: true }), day])

/** A day is all of it, in UTC; a moment is its whole second. Epoch milliseconds inside, the end not included. */
const dateFilter = z
  .string()
  .refine((given) => moment.safeParse(given).success && !Number.isNaN(startOf(given)), {
    error: (issue) =>
      `${shown(issue.input)} is not accepted; use a date such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z`,
  })
  .transform((given) => ({ from: startOf(given), until: startOf(given) + (isDay(given) ? DAY_MS : 1000) }))
  .meta({ override: { examples: ['2026-01-31', '2026-01-31T12:00:00Z'] } })

const DAY_MS = 86_400_000

function isDay(given: string): boolean {
  return !given.includes('T')
}

function startOf(given: string): number {
  const zoned = isDay(given) || /(?:Z|[+-]\d\d:?\d\d)$/i.test(given) ? given : `${given}Z`
  return Math.floor(Date.parse(zoned) / 1000) * 1000
}

const MAX_OFFSET = 1_000_000_000
const MAX_LIMIT = 100
export const DEFAULT_LIMIT = 20

export const DomainListQuery = z.object({
  offset: whole(0, MAX_OFFSET)
    .optional()
    .meta({ override: { default: 0 } }),
  limit: whole(1, MAX_LIMIT)
    .optional()
    .meta({ override: { default: DEFAULT_LIMIT } }),
  from_date: once(dateFilter).optional(),
  to_date: once(dateFilter).optional(),
})

// Answers

export const Token = z.strictObject({ auth_token: z.string() })

const sentRecord = { type: z.enum(MONITOR_TYPES), host: z.string(), value: z.string() }

const record = z.strictObject({
  ...sentRecord,
  ttl: count,
  priority: z.union([z.string(), z.number()]).exactOptional(),
})

const domainFields = {
  domain: z.string(),
  user_id: z.string(),
  created_at: time,
  updated_at: time,
  monitor_status: z
    .enum(['pending', 'success', 'failed'])
    .meta({ description: 'pending: not every record was looked at yet. failed: a record is not looked at.' }),
  dnsRecords: z.array(record),
}

const message = z.string()

export const Domain = z.strictObject(domainFields)
export const WrittenDomain = z.strictObject({ ...domainFields, message })
export const DeletedDomain = z.strictObject({ domain: z.string(), message })
export const DomainList = z.strictObject({ domains: z.array(Domain), total: count, offset: count, limit: count })
export const Records = z.strictObject({ domain: z.string(), dnsRecords: z.array(record) })
export const WrittenRecords = z.strictObject({ domain: z.string(), dnsRecords: z.array(record), message })

const BATCH_STATUSES = ['pending', 'processing', 'completed', 'failed'] as const
const batchFields = { request_id: z.string(), status: z.enum(BATCH_STATUSES), total: count }

export const Batch = z.strictObject(batchFields)
export const BatchStatus = z.strictObject({
  ...batchFields,
  processed: count,
  failed: count,
  results: z.array(
    z.strictObject({
      domain: z.string(),
      status: z.enum(['pending', 'completed', 'failed']),
      error: z.string().exactOptional(),
    }),
  ),
})

export { Health } from '../schemas/wire.ts'

export const Status = z.strictObject({
  domains: count,
  records: count,
  missing: count,
  last_check: time.nullable(),
})

export const Refusal = z.strictObject({
  message,
  errors: z.record(z.string(), z.string()).exactOptional(),
})

/** What the webhook of an application is sent. */
export const EntriDelivery = z.strictObject({
  id: z.uuid(),
  user_id: z.string(),
  domain: z.string(),
  subdomain: z.string().nullable(),
  type: z.enum(['domain.record_missing', 'domain.record_restored']),
  data: z.strictObject({
    records_propagated: z.array(z.strictObject(sentRecord)),
    records_non_propagated: z.array(z.strictObject(sentRecord)),
  }),
})
