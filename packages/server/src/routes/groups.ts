/** Groups, all monitors of one, and how many there are in each state. */
import {
  createGroup,
  deleteGroup,
  getGroup,
  listGroupMonitors,
  listGroups,
  patchGroup,
  patchGroupMonitors,
  summarize,
} from '../actions/groups.ts'
import { wrote } from '../http/audited.ts'
import { pageRequest, presentPage } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { presentGroup } from '../present/groups.ts'
import {
  GROUP_LIST,
  GroupListQuery,
  GroupMonitorsPatchBody,
  GroupPatchBody,
  NewGroupBody,
  SummaryQuery,
} from '../schemas/groups.ts'
import { GroupMonitorListQuery, MONITOR_LIST } from '../schemas/monitors.ts'
import { Group, Monitor, NoContent, pageOf, Summary } from '../schemas/wire.ts'
import { monitorFilter } from './monitor-filter.ts'
import { showMonitors } from './show.ts'

export const groupRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/groups',
    auth: 'write',
    rateClass: 'write',
    writes: 'group.create',
    body: NewGroupBody,
    status: 201,
    response: Group,
    handler: async ({ deps, account, body }) => presentGroup(await createGroup(deps, account, body)),
  }),
  route({
    method: 'GET',
    path: '/groups',
    auth: 'read',
    rateClass: 'read',
    query: GroupListQuery,
    status: 200,
    response: pageOf(Group),
    handler: async ({ deps, account, query }) => {
      const asked = pageRequest(GROUP_LIST, query)
      return presentPage(await listGroups(deps, account, asked), asked, presentGroup)
    },
  }),
  route({
    method: 'GET',
    path: '/groups/:group',
    auth: 'read',
    rateClass: 'read',
    status: 200,
    response: Group,
    handler: async ({ deps, account, params }) => presentGroup(await getGroup(deps, account, params['group'] ?? '')),
  }),
  route({
    method: 'PATCH',
    path: '/groups/:group',
    auth: 'write',
    rateClass: 'write',
    writes: 'group.update',
    body: GroupPatchBody,
    status: 200,
    response: Group,
    handler: async ({ deps, account, params, body }) =>
      presentGroup(await patchGroup(deps, account, params['group'] ?? '', body)),
  }),
  route({
    method: 'DELETE',
    path: '/groups/:group',
    auth: 'write',
    rateClass: 'write',
    writes: 'group.delete',
    status: 204,
    response: NoContent,
    handler: async ({ deps, account, params }) => wrote(await deleteGroup(deps, account, params['group'] ?? '')),
  }),
  route({
    method: 'GET',
    path: '/groups/:group/monitors',
    auth: 'read',
    rateClass: 'read',
    query: GroupMonitorListQuery,
    status: 200,
    response: pageOf(Monitor),
    handler: async ({ deps, account, params, query }) => {
      const asked = pageRequest(MONITOR_LIST, query)
      const page = await listGroupMonitors(deps, account, params['group'] ?? '', monitorFilter(query), asked)
      return showMonitors(deps, account, page, asked)
    },
  }),
  route({
    method: 'PATCH',
    path: '/groups/:group/monitors',
    auth: 'write',
    rateClass: 'write',
    writes: 'group.update_monitors',
    body: GroupMonitorsPatchBody,
    status: 204,
    response: NoContent,
    handler: async ({ deps, account, params, body }) =>
      wrote(await patchGroupMonitors(deps, account, params['group'] ?? '', body)),
  }),
  route({
    method: 'GET',
    path: '/summary',
    auth: 'read',
    rateClass: 'read',
    query: SummaryQuery,
    status: 200,
    response: Summary,
    handler: async ({ deps, account, query }) => summarize(deps, account, query.group),
  }),
]
