/** What `/keys`, `/organization` and `/audit` accept. */
import { SCOPES } from '@dnsradar/core'
import * as z from 'zod'
import { catalogue, history, listQuery } from '../http/page.ts'
import { shown } from '../http/validate.ts'
import { queryTime, text } from './fields.ts'

export const MAX_LABEL = 255

/** ISO 8601 with a zone on the wire, epoch milliseconds inside. */
const time = z
  .string()
  .refine((given) => z.iso.datetime({ offset: true }).safeParse(given).success, {
    error: (issue) => `${shown(issue.input)} is not accepted; use ISO 8601 with a zone, such as 2030-01-31T12:00:00Z`,
  })
  .transform((given) => Date.parse(given))
  .meta({ override: { format: 'date-time' } })

export const NewKeyBody = z.strictObject({
  name: text(MAX_LABEL),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1, { error: `is empty; give some of ${SCOPES.join(', ')}, or leave it out` })
    .max(SCOPES.length)
    .optional(),
  expires: time.nullable().optional(),
})

export type NewKeyInput = z.output<typeof NewKeyBody>

export const KEY_LIST = catalogue('key')

export const KeyListQuery = listQuery(KEY_LIST, {})

export const OrganizationPatchBody = z.strictObject({ name: text(MAX_LABEL) })

export type OrganizationPatchInput = z.output<typeof OrganizationPatchBody>

export const AUDIT_LIST = history('aud')

export const AuditListQuery = listQuery(AUDIT_LIST, {
  created_after: queryTime.optional(),
  created_before: queryTime.optional(),
})
