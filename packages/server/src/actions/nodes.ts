/** The processes of the installation: the affair of whoever runs it, which is the default organization. */
import { type Node, type Page, type PageRequest, RadarError } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'

export async function listNodes(deps: Deps, account: Account, page: PageRequest): Promise<Page<Node>> {
  const { organization } = await deps.store.accounts.ensureDefaultOrganization(null)
  if (organization.id !== account.organization.id) {
    throw new RadarError('not_found', 'There is nothing here; the installation’s own organization sees its processes.')
  }
  return deps.nodes.list(page)
}
