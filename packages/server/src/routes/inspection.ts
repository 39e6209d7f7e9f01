/** Questions that need no monitor: how would this be judged, and who says what? */
import { dryRun } from '../actions/dry-run.ts'
import { lookUp } from '../actions/lookup.ts'
import { type Route, route } from '../http/route.ts'
import { presentLookup } from '../present/lookup.ts'
import { presentReason } from '../present/words.ts'
import { LookupQuery } from '../schemas/lookup.ts'
import { MatchBody } from '../schemas/monitors.ts'
import { Lookup, Match } from '../schemas/wire.ts'

export const inspectionRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/match',
    auth: 'read',
    rateClass: 'read',
    body: MatchBody,
    status: 200,
    response: Match,
    handler: async ({ body }) => {
      const { state, reasons } = dryRun(body)
      return { state, reasons: reasons.map(presentReason) }
    },
  }),
  route({
    method: 'GET',
    path: '/lookup',
    auth: 'read',
    rateClass: 'read',
    query: LookupQuery,
    status: 200,
    response: Lookup,
    handler: async ({ deps, query }) => presentLookup(await lookUp(deps, query)),
  }),
]
