/** The processes that share the installation. */
import { listNodes } from '../actions/nodes.ts'
import { pageRequest, presentPage } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { presentNode } from '../present/nodes.ts'
import { NODE_LIST, NodeListQuery } from '../schemas/nodes.ts'
import { Node, pageOf } from '../schemas/wire.ts'

export const nodeRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/nodes',
    auth: 'admin',
    rateClass: 'read',
    query: NodeListQuery,
    status: 200,
    response: pageOf(Node),
    handler: async ({ deps, account, query }) => {
      const asked = pageRequest(NODE_LIST, query)
      return presentPage(await listNodes(deps, account, asked), asked, presentNode)
    },
  }),
]
