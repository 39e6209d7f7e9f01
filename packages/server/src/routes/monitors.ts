/** Monitors, one by one. */
import * as z from 'zod'
import { createAndLook } from '../actions/first-look.ts'
import {
  acceptMonitor,
  checkMonitor,
  createMonitor,
  deleteMonitor,
  getMonitor,
  listMonitors,
  patchMonitor,
  setMonitorActive,
} from '../actions/monitors.ts'
import { pageRequest } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import {
  CreateMonitorQuery,
  MONITOR_LIST,
  MonitorListQuery,
  MonitorPatchBody,
  NewMonitorBody,
} from '../schemas/monitors.ts'
import { CheckedMonitor, Monitor, MonitorDetail, NoContent, pageOf } from '../schemas/wire.ts'
import { monitorFilter } from './monitor-filter.ts'
import { showChecked, showFirstLook, showMonitor, showMonitorDetail, showMonitors } from './show.ts'

export const monitorRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/monitors',
    auth: 'write',
    rateClass: 'create',
    writes: 'monitor.create',
    query: CreateMonitorQuery,
    body: NewMonitorBody,
    // `?wait=true` waits for the DNS.
    alone: ({ wait }) => wait === 'true',
    status: 201,
    response: z.union([Monitor, MonitorDetail]),
    handler: async ({ deps, account, query, body }) =>
      query.wait === true
        ? showFirstLook(deps, account, await createAndLook(deps, account, body))
        : showMonitor(deps, account, await createMonitor(deps, account, body)),
  }),
  route({
    method: 'GET',
    path: '/monitors',
    auth: 'read',
    rateClass: 'read',
    query: MonitorListQuery,
    status: 200,
    response: pageOf(Monitor),
    handler: async ({ deps, account, query }) => {
      const asked = pageRequest(MONITOR_LIST, query)
      return showMonitors(deps, account, await listMonitors(deps, account, monitorFilter(query), asked), asked)
    },
  }),
  route({
    method: 'GET',
    path: '/monitors/:id',
    auth: 'read',
    rateClass: 'read',
    status: 200,
    response: MonitorDetail,
    handler: async ({ deps, account, params }) =>
      showMonitorDetail(deps, account, await getMonitor(deps, account, params['id'] ?? '')),
  }),
  route({
    method: 'PATCH',
    path: '/monitors/:id',
    auth: 'write',
    rateClass: 'write',
    writes: 'monitor.update',
    body: MonitorPatchBody,
    status: 200,
    response: Monitor,
    handler: async ({ deps, account, params, body }) =>
      showMonitor(deps, account, await patchMonitor(deps, account, params['id'] ?? '', body)),
  }),
  route({
    method: 'DELETE',
    path: '/monitors/:id',
    auth: 'write',
    rateClass: 'write',
    writes: 'monitor.delete',
    status: 204,
    response: NoContent,
    handler: async ({ deps, account, params }) => deleteMonitor(deps, account, params['id'] ?? ''),
  }),
  route({
    method: 'POST',
    path: '/monitors/:id/check',
    auth: 'write',
    rateClass: 'write',
    writes: 'monitor.check',
    alone: true,
    status: 200,
    response: CheckedMonitor,
    handler: async ({ deps, account, params }) =>
      showChecked(deps, account, await checkMonitor(deps, account, params['id'] ?? '')),
  }),
  route({
    method: 'POST',
    path: '/monitors/:id/accept',
    auth: 'write',
    rateClass: 'write',
    writes: 'monitor.accept',
    status: 200,
    response: Monitor,
    handler: async ({ deps, account, params }) =>
      showMonitor(deps, account, await acceptMonitor(deps, account, params['id'] ?? '')),
  }),
  ...(['enable', 'disable'] as const).map((verb) =>
    route({
      method: 'POST',
      path: `/monitors/:id/${verb}`,
      auth: 'write',
      rateClass: 'write',
      writes: `monitor.${verb}`,
      status: 200,
      response: Monitor,
      handler: async ({ deps, account, params }) =>
        showMonitor(deps, account, await setMonitorActive(deps, account, params['id'] ?? '', verb === 'enable')),
    }),
  ),
]
