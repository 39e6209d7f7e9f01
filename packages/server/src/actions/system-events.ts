/** What can be read of the installation's own history. */
import type { Page, PageRequest, SystemEvent, SystemEventFilter } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'

export function listSystemEvents(
  deps: Deps,
  account: Account,
  filter: SystemEventFilter,
  page: PageRequest,
): Promise<Page<SystemEvent>> {
  return deps.store.systemEvents.list(account.organization.id, filter, page)
}
