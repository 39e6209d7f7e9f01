/** What became of records: of all monitors, and of one. */
import type { EventFilter } from '@dnsradar/core'
import type * as z from 'zod'
import { getEvent, getMonitorEvent, listEvents, listMonitorEvents } from '../actions/events.ts'
import { given, pageRequest, timeRange } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { EVENT_LIST, EventListQuery, MonitorEventListQuery } from '../schemas/events.ts'
import { Event, pageOf } from '../schemas/wire.ts'
import { showEvent, showEvents } from './show.ts'

export const eventRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/events',
    auth: 'read',
    rateClass: 'read',
    query: EventListQuery,
    status: 200,
    response: pageOf(Event),
    handler: async ({ deps, account, query }) => {
      const asked = pageRequest(EVENT_LIST, query)
      const { group, monitor, record_type } = query
      const filter = { ...filterOf(query), ...given({ group, monitorId: monitor, type: record_type }) }
      return showEvents(deps, account, await listEvents(deps, account, filter, asked), asked)
    },
  }),
  route({
    method: 'GET',
    path: '/events/:event',
    auth: 'read',
    rateClass: 'read',
    status: 200,
    response: Event,
    handler: async ({ deps, account, params }) =>
      showEvent(deps, account, await getEvent(deps, account, params['event'] ?? '')),
  }),
  route({
    method: 'GET',
    path: '/monitors/:id/events',
    auth: 'read',
    rateClass: 'read',
    query: MonitorEventListQuery,
    status: 200,
    response: pageOf(Event),
    handler: async ({ deps, account, params, query }) => {
      const asked = pageRequest(EVENT_LIST, query)
      const page = await listMonitorEvents(deps, account, params['id'] ?? '', filterOf(query), asked)
      return showEvents(deps, account, page, asked)
    },
  }),
  route({
    method: 'GET',
    path: '/monitors/:id/events/:event',
    auth: 'read',
    rateClass: 'read',
    status: 200,
    response: Event,
    handler: async ({ deps, account, params }) =>
      showEvent(deps, account, await getMonitorEvent(deps, account, params['id'] ?? '', params['event'] ?? '')),
  }),
]

function filterOf(query: z.output<typeof MonitorEventListQuery>): EventFilter {
  const { old_state, new_state, occurred_after, occurred_before } = query
  const occurred = timeRange(occurred_after, occurred_before)
  return given({ oldState: old_state, newState: new_state, occurred })
}
