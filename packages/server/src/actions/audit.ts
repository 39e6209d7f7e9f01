/** Who wrote what. Entries are made by `http/perform.ts` and by the commands that write. */
import type { AuditEntry, Page, PageRequest, TimeRange } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'

export function listAudit(
  deps: Deps,
  account: Account,
  filter: { readonly created?: TimeRange },
  page: PageRequest,
): Promise<Page<AuditEntry>> {
  return deps.store.audit.list(account.organization.id, filter, page)
}
