/** What the list of system events accepts. */
import { SYSTEM_EVENT_KINDS } from '@dnsradar/core'
import { history, listQuery } from '../http/page.ts'
import { kindPattern, once, queryTime } from './fields.ts'

export const SYSTEM_EVENT_LIST = history('sys')

export const SystemEventListQuery = listQuery(SYSTEM_EVENT_LIST, {
  type: once(kindPattern(SYSTEM_EVENT_KINDS)).optional(),
  created_after: queryTime.optional(),
  created_before: queryTime.optional(),
})
