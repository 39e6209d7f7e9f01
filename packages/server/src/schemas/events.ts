/** What the event lists accept. */
import { MONITOR_STATES } from '@dnsradar/core'
import { MONITOR_TYPES } from '@dnsradar/core/record-types'
import * as z from 'zod'
import { history, listQuery } from '../http/page.ts'
import { group, id, once, queryTime } from './fields.ts'

export const EVENT_LIST = history('evt', 'occurred')

const JUDGED_STATES = MONITOR_STATES.filter((state) => state !== 'UNSET')

const filters = {
  occurred_after: queryTime.optional(),
  occurred_before: queryTime.optional(),
  old_state: once(z.enum(MONITOR_STATES)).optional(),
  /** Nothing ever becomes UNSET. */
  new_state: once(z.enum(JUDGED_STATES)).optional(),
}

export const MonitorEventListQuery = listQuery(EVENT_LIST, filters)

export const EventListQuery = listQuery(EVENT_LIST, {
  ...filters,
  group: once(group).optional(),
  monitor: once(id('mon')).optional(),
  record_type: once(z.enum(MONITOR_TYPES)).optional(),
})
