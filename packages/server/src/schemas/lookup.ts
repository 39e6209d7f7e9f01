/** What `/lookup` accepts. Whether the name can be one is decided in the action, because the type has a say in it. */
import { MONITOR_TYPES } from '@dnsradar/core/record-types'
import * as z from 'zod'
import { MAX_FULL_NAME } from './monitors.ts'
import { once, text } from './fields.ts'

export const LookupQuery = z.strictObject({
  name: once(text(MAX_FULL_NAME)),
  type: once(z.enum(MONITOR_TYPES)),
})

export type LookupInput = z.output<typeof LookupQuery>
