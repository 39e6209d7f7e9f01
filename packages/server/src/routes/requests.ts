/** Deliveries of a webhook, which the wire calls requests. */
import type { DeliveryFilter } from '@dnsradar/core'
import type * as z from 'zod'
import { limitRetries, retryRequest } from '../actions/delivery-control.ts'
import { getRequest, listRequests } from '../actions/requests.ts'
import { given, pageRequest, presentPage, timeRange } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { presentRequest, presentRequestDetail } from '../present/requests.ts'
import { REQUEST_LIST, RequestListQuery } from '../schemas/webhooks.ts'
import { pageOf, Request, RequestDetail } from '../schemas/wire.ts'

export const requestRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/webhooks/:id/requests',
    auth: 'read',
    rateClass: 'read',
    query: RequestListQuery,
    status: 200,
    response: pageOf(Request),
    handler: async ({ deps, account, params, query }) => {
      const asked = pageRequest(REQUEST_LIST, query)
      const page = await listRequests(deps, account, params['id'] ?? '', filterOf(query), asked)
      return presentPage(page, asked, presentRequest)
    },
  }),
  route({
    method: 'GET',
    path: '/webhooks/:id/requests/:request',
    auth: 'read',
    rateClass: 'read',
    status: 200,
    response: RequestDetail,
    handler: async ({ deps, account, params }) => {
      const { delivery, attempts, headers } = await getRequest(
        deps,
        account,
        params['id'] ?? '',
        params['request'] ?? '',
      )
      return presentRequestDetail(delivery, attempts, headers)
    },
  }),
  route({
    method: 'POST',
    path: '/webhooks/:id/requests/:request/retry',
    auth: 'write',
    rateClass: 'write',
    writes: 'request.retry',
    before: ({ deps, account, params }) => limitRetries(deps, account, params['id'] ?? '', params['request'] ?? ''),
    status: 202,
    response: Request,
    handler: async ({ deps, account, params }) =>
      presentRequest(await retryRequest(deps, account, params['id'] ?? '', params['request'] ?? '')),
  }),
]

export function filterOf(query: z.output<typeof RequestListQuery>): DeliveryFilter {
  const undelivered = asksForUndelivered(query)
  return given({
    status: query.status,
    statusCode: query.status_code,
    created: timeRange(query.created_after, query.created_before),
    delivered: undelivered ? undefined : timeRange(query.delivered_after, query.delivered_before),
    lastAttempt: timeRange(query.last_attempt_after, query.last_attempt_before),
    undelivered: undelivered ? true : undefined,
  })
}

/** Delivered before it was created: nothing is, so this is how callers ask for what was not delivered yet. */
function asksForUndelivered({ created_after, delivered_before }: z.output<typeof RequestListQuery>): boolean {
  return created_after !== undefined && delivered_before !== undefined && created_after >= delivered_before
}
