/** What `/groups` accepts. */
import * as z from 'zod'
import { catalogue, listQuery } from '../http/page.ts'
import { group, notEmpty, once, slug, text } from './fields.ts'

export const GROUP_LIST = catalogue('grp')

export const GroupListQuery = listQuery(GROUP_LIST, {})

const MAX_NAME = 250

export const NewGroupBody = z.strictObject({
  slug,
  name: text(MAX_NAME).optional(),
  is_public: z.boolean().optional(),
})

export type NewGroupInput = z.output<typeof NewGroupBody>

export const GroupPatchBody = notEmpty(NewGroupBody.partial(), 'give at least one of slug, name and is_public')

export type GroupPatchInput = z.output<typeof GroupPatchBody>

export const GroupMonitorsPatchBody = notEmpty(
  z.strictObject({ frequency: z.int().optional(), is_active: z.boolean().optional() }),
  'give frequency, is_active or both',
)

export type GroupMonitorsPatchInput = z.output<typeof GroupMonitorsPatchBody>

export const SummaryQuery = z.strictObject({ group: once(group).optional() })
