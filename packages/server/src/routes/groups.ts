import { getGroup, listGroups } from '../actions/groups.ts'
import { pageRequest, presentPage } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { presentGroup } from '../present/groups.ts'
import { GROUP_LIST, GroupListQuery } from '../schemas/groups.ts'
import { Group, pageOf } from '../schemas/wire.ts'

export const groupRoutes: readonly Route[] = [
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
]
