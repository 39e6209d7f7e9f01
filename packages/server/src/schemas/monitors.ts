/** What `/monitors` accepts. What depends on several fields or on the plan is decided in the action. */
import { MATCH_MODES, MONITOR_STATES, NOTIFY_MODES, RadarError } from '@dnsradar/core'
import { ownerName } from '@dnsradar/core/dns/name'
import { SIMULATED_RESPONSES } from '@dnsradar/core/monitor/observed'
import { MONITOR_TYPES } from '@dnsradar/core/record-types'
import * as z from 'zod'
import { catalogue, listQuery } from '../http/page.ts'
import { shown } from '../http/validate.ts'
import { group, notEmpty, once, queryFlag, text } from './fields.ts'

const MAX_NAME = 255
export const MAX_FULL_NAME = 512
const MAX_METADATA = 2048

/** One value may stand alone. How many there may be and what each must look like is the expectation's own rule. */
const expectedValue = z
  .preprocess(
    (given) => (typeof given === 'string' ? [given] : given),
    z.array(z.string(), {
      error: (issue) => `${shown(issue.input)} is not accepted; give a string or a list of strings`,
    }),
  )
  .meta({ override: { type: ['string', 'array'] } })

export const externalId = z
  .string()
  .refine((given) => /^[\x21-\x2e\x30-\x7e]{1,255}$/.test(given), {
    error: 'is not accepted; use 1 to 255 visible ASCII characters without /',
  })
  .meta({ override: { minLength: 1, maxLength: 255 } })

const metadata = z
  .record(z.string(), z.string())
  .refine((given) => Buffer.byteLength(JSON.stringify(given)) <= MAX_METADATA, {
    error: `is larger than ${MAX_METADATA} bytes as JSON; keep less in it`,
  })

const expectation = {
  expected_value: expectedValue.optional(),
  is_exact_match: z.boolean().optional(),
  match: z.enum(MATCH_MODES).optional(),
}

const recordType = z.enum(MONITOR_TYPES)

export const NewMonitorBody = z.strictObject({
  domain: text(MAX_NAME).optional(),
  subdomain: z.string().max(MAX_NAME).nullable().optional(),
  full_domain: text(MAX_FULL_NAME).optional(),
  record_type: recordType,
  ...expectation,
  frequency: z.int().optional(),
  notify: z.enum(NOTIFY_MODES).optional(),
  is_active: z.boolean().optional(),
  group: group.nullable().optional(),
  external_id: externalId.nullable().optional(),
  metadata: metadata.optional(),
})

export type NewMonitorInput = z.output<typeof NewMonitorBody>

export const CreateMonitorQuery = z.strictObject({ wait: queryFlag.optional() })

const MAX_BULK = 1000

/** Members beside the list are defaults for monitors that leave them out. */
export const BulkMonitorsBody = z.strictObject({
  monitors: z
    .array(NewMonitorBody)
    .min(1, { error: `is empty; give 1 to ${MAX_BULK} monitors` })
    .max(MAX_BULK, { error: `is too long; give 1 to ${MAX_BULK} monitors, and the others in another request` }),
  group: group.nullable().optional(),
  frequency: z.int().optional(),
  notify: z.enum(NOTIFY_MODES).optional(),
  is_active: z.boolean().optional(),
  ignore: z.boolean().optional(),
})

export type BulkMonitorsInput = z.output<typeof BulkMonitorsBody>

export const BulkMonitorsQuery = z.strictObject({ dry_run: queryFlag.optional() })

export const MonitorPatchBody = notEmpty(
  NewMonitorBody.partial({ record_type: true }),
  'give at least one field, such as frequency',
)

export type MonitorPatchInput = z.output<typeof MonitorPatchBody>

/** A presentation string; for TXT also one record's character-strings. What a record looks like is its type's rule. */
const observedValue = z.union([z.string(), z.array(z.string())], {
  error: (issue) => `${shown(issue.input)} is not accepted; give a string, or a list of strings for a TXT record`,
})

export const MatchBody = z
  .strictObject({
    record_type: recordType,
    ...expectation,
    observed: z.array(observedValue).optional(),
    response: z.enum(SIMULATED_RESPONSES).optional(),
  })
  .refine(({ observed, response }) => observed !== undefined || response !== undefined, {
    path: ['observed'],
    error: 'is required; give the values to be judged, [] when there are none, or response',
  })

export type MatchInput = z.output<typeof MatchBody>

export const MONITOR_LIST = catalogue('mon')

/** A filter by full name means the name that is asked for, however it is written. */
const askedName = text(MAX_FULL_NAME).transform((given, context) => {
  try {
    return ownerName(given, null)
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
    return z.NEVER
  }
})

/** More of them would tell a monitor from none that fewer do not. */
const MAX_MEMBERS = 10

const members = z
  .record(z.string(), once(z.string()), { error: 'is given as metadata[key]=value' })
  .refine((given) => Object.keys(given).length <= MAX_MEMBERS, {
    error: `asks for too many members; at most ${MAX_MEMBERS} are accepted`,
  })

const filters = {
  state: once(z.enum(MONITOR_STATES)).optional(),
  domain: once(text(MAX_NAME)).optional(),
  subdomain: once(z.string().max(MAX_NAME)).optional(),
  full_domain: once(askedName).optional(),
  registrable_domain: once(askedName).optional(),
  record_type: once(z.enum(MONITOR_TYPES)).optional(),
  is_active: queryFlag.optional(),
  match: once(z.enum(MATCH_MODES)).optional(),
  metadata: members.optional().meta({ param: { style: 'deepObject', explode: true } }),
  external_id: once(externalId).optional(),
  q: once(text(MAX_NAME)).optional(),
}

/** The monitors of one group, which the path names. */
export const GroupMonitorListQuery = listQuery(MONITOR_LIST, filters)

export const MonitorListQuery = listQuery(MONITOR_LIST, { group: once(group).optional(), ...filters })
