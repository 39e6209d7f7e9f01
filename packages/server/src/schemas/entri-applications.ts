/** What `/entri/applications` accepts. */
import * as z from 'zod'
import { catalogue, listQuery } from '../http/page.ts'
import { shown } from '../http/validate.ts'
import { notEmpty, text } from './fields.ts'

const MAX_URL = 2000
export const MAX_USER_ID = 255
export const MAX_SECRET = 255

const fields = {
  webhook_url: text(MAX_URL).nullable().optional(),
  user_id: text(MAX_USER_ID).nullable().optional(),
}

export const NewEntriApplicationBody = z.strictObject({
  ...fields,
  application_id: z
    .string()
    .refine((given) => /^[\x21-\x7e]{1,128}$/.test(given), {
      error: (issue) => `${shown(issue.input)} is not accepted; use 1 to 128 visible ASCII characters, or leave it out`,
    })
    .optional()
    .meta({ override: { pattern: '^[!-~]{1,128}$' } }),
  secret: text(MAX_SECRET).optional(),
})

export type NewEntriApplicationInput = z.output<typeof NewEntriApplicationBody>

export const EntriApplicationPatchBody = notEmpty(
  z.strictObject({
    ...fields,
    secret: text(MAX_SECRET).nullable().optional().meta({ description: 'null has a new one generated.' }),
  }),
  'give at least one field, such as webhook_url',
)

export type EntriApplicationPatchInput = z.output<typeof EntriApplicationPatchBody>

export const ENTRI_APPLICATION_LIST = catalogue('app')

export const EntriApplicationListQuery = listQuery(ENTRI_APPLICATION_LIST, {})
