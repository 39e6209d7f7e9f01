/** What became of monitors, domains, webhooks and resolvers. */
import { listSystemEvents } from '../actions/system-events.ts'
import { given, pageRequest, presentPage, timeRange } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { presentSystemEvent } from '../present/system-events.ts'
import { SYSTEM_EVENT_LIST, SystemEventListQuery } from '../schemas/system-events.ts'
import { pageOf, SystemEvent } from '../schemas/wire.ts'

export const systemEventRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/system-events',
    auth: 'read',
    rateClass: 'read',
    query: SystemEventListQuery,
    status: 200,
    response: pageOf(SystemEvent),
    handler: async ({ deps, account, query }) => {
      const asked = pageRequest(SYSTEM_EVENT_LIST, query)
      const { type, created_after, created_before } = query
      const filter = given({ type, created: timeRange(created_after, created_before) })
      return presentPage(await listSystemEvents(deps, account, filter, asked), asked, presentSystemEvent)
    },
  }),
]
