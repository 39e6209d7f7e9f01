/** What can be done with monitors. */
import { type MonitorFilter, notFound, type Page, type PageRequest, type WatchedMonitor } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { readId } from '../schemas/fields.ts'
import type { NewMonitorInput } from '../schemas/monitors.ts'
import type { CheckedMonitor } from '@dnsradar/core/check'
import { newMonitor } from './new-monitor.ts'
import { checkMonitorCount, planOf } from './plans.ts'

export async function createMonitor(deps: Deps, account: Account, input: NewMonitorInput): Promise<WatchedMonitor> {
  const { id, plan } = account.organization
  const monitor = newMonitor(input, plan)
  if (planOf(plan).monitors !== null) checkMonitorCount(plan, (await deps.store.accounts.usage(id)).monitors, 1)
  const [created] = await deps.store.monitors.create(id, [monitor])
  if (created === undefined) throw new Error('the store made no monitor')
  if (monitor.isActive) deps.checker.poke()
  return created
}

export async function getMonitor(deps: Deps, account: Account, id: string): Promise<WatchedMonitor> {
  const known = readId('mon', id)
  const found = known === null ? null : await deps.store.monitors.get(account.organization.id, known)
  return found ?? missing(id)
}

export function listMonitors(
  deps: Deps,
  account: Account,
  filter: MonitorFilter,
  page: PageRequest,
): Promise<Page<WatchedMonitor>> {
  return deps.store.monitors.list(account.organization.id, filter, page)
}

export async function deleteMonitor(deps: Deps, account: Account, id: string): Promise<void> {
  const known = readId('mon', id)
  const deleted = known !== null && (await deps.store.monitors.delete(account.organization.id, known))
  if (!deleted) missing(id)
}

/** Asked twice it says the same: what counts is the state afterwards. */
export async function setMonitorActive(
  deps: Deps,
  account: Account,
  id: string,
  isActive: boolean,
): Promise<WatchedMonitor> {
  const known = readId('mon', id)
  const changed = known === null ? null : await deps.store.monitors.setActive(account.organization.id, known, isActive)
  if (changed !== null && isActive) deps.checker.poke()
  return changed ?? missing(id)
}

/** Looks now, through the whole real path. */
export async function checkMonitor(deps: Deps, account: Account, id: string): Promise<CheckedMonitor> {
  const known = readId('mon', id)
  if (known === null) return missing(id)
  return deps.checker.checkNow(account.organization.id, known, deps.stopping)
}

function missing(id: string): never {
  throw notFound('monitor', id)
}
