/** What can be read of the history of changes. */
import { type DnsEvent, type EventFilter, notFound, type Page, type PageRequest } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { readId } from '../schemas/fields.ts'
import { getMonitor } from './monitors.ts'

export function listEvents(
  deps: Deps,
  account: Account,
  filter: EventFilter,
  page: PageRequest,
): Promise<Page<DnsEvent>> {
  return deps.store.events.list(account.organization.id, filter, page)
}

export async function getEvent(deps: Deps, account: Account, id: string): Promise<DnsEvent> {
  const known = readId('evt', id)
  const found = known === null ? null : await deps.store.events.get(account.organization.id, known)
  if (found === null) throw notFound('event', id)
  return found
}

export async function listMonitorEvents(
  deps: Deps,
  account: Account,
  monitorId: string,
  filter: EventFilter,
  page: PageRequest,
): Promise<Page<DnsEvent>> {
  const { monitor } = await getMonitor(deps, account, monitorId)
  return listEvents(deps, account, { ...filter, monitorId: monitor.id }, page)
}

/** An event of another monitor is not found under this one. */
export async function getMonitorEvent(deps: Deps, account: Account, monitorId: string, id: string): Promise<DnsEvent> {
  const { monitor } = await getMonitor(deps, account, monitorId)
  const event = await getEvent(deps, account, id)
  if (event.monitorId !== monitor.id) throw notFound('event', id)
  return event
}
