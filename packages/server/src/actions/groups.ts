/** What can be read of groups. */
import { type Group, notFound, type Page, type PageRequest } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { isGroup } from '../schemas/fields.ts'

export function listGroups(deps: Deps, account: Account, page: PageRequest): Promise<Page<Group>> {
  return deps.store.groups.list(account.organization.id, page)
}

export async function getGroup(deps: Deps, account: Account, slugOrId: string): Promise<Group> {
  const found = isGroup(slugOrId) ? await deps.store.groups.find(account.organization.id, slugOrId) : null
  if (found === null) throw notFound('group', slugOrId)
  return found
}
