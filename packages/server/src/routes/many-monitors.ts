/** Writes that make monitors otherwise than one by one. Before the routes of one monitor: `bulk` is no monitor's id. */
import { putMonitor } from '../actions/keyed-monitor.ts'
import { createMonitors, rehearseMonitors } from '../actions/many-monitors.ts'
import { BULK_BODY_LIMIT } from '../http/body.ts'
import { otherSuccess } from '../http/other-success.ts'
import { type Route, route } from '../http/route.ts'
import { BulkMonitorsBody, BulkMonitorsQuery, NewMonitorBody } from '../schemas/monitors.ts'
import { Bulk, BulkPreview, Monitor } from '../schemas/wire.ts'
import { showBulk, showBulkPreview, showMonitor } from './show.ts'

export const manyMonitorRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/monitors/bulk',
    auth: 'write',
    rateClass: 'create',
    writes: 'monitor.create',
    rehearses: ({ dry_run }) => dry_run === 'true',
    query: BulkMonitorsQuery,
    body: BulkMonitorsBody,
    bodyLimit: BULK_BODY_LIMIT,
    status: 201,
    response: Bulk,
    other: { status: 200, response: BulkPreview },
    handler: async ({ deps, account, query, body }) => {
      if (query.dry_run !== true) return showBulk(deps, account, await createMonitors(deps, account, body))
      const preview = await rehearseMonitors(deps, account, body, (inner, results) =>
        showBulkPreview(inner, account, results),
      )
      return otherSuccess(preview, { writes: null })
    },
  }),
  route({
    method: 'PUT',
    path: '/monitors/by-key/:external_id',
    auth: 'write',
    rateClass: 'create',
    writes: 'monitor.create',
    body: NewMonitorBody,
    status: 201,
    response: Monitor,
    other: { status: 200, response: Monitor },
    handler: async ({ deps, account, params, body }) => {
      const { watched, created } = await putMonitor(deps, account, params['external_id'] ?? '', body)
      const shown = await showMonitor(deps, account, watched)
      return created ? shown : otherSuccess(shown, { writes: 'monitor.update' })
    },
  }),
]
