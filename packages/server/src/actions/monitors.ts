/** What can be done with monitors. */
import {
  type MonitorEdit,
  type MonitorFilter,
  notFound,
  type Page,
  type PageRequest,
  RadarError,
  type WatchedMonitor,
} from '@dnsradar/core'
import type { CheckedMonitor } from '@dnsradar/core/check'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { readId } from '../schemas/fields.ts'
import type { MonitorPatchInput, NewMonitorInput } from '../schemas/monitors.ts'
import { refuseEntriMonitor, refuseEntriTarget } from './entri-owned.ts'
import { acceptanceOf, patchOf } from './edit-monitor.ts'
import { newMonitor } from './new-monitor.ts'
import { admission } from './plans.ts'

export async function createMonitor(deps: Deps, account: Account, input: NewMonitorInput): Promise<WatchedMonitor> {
  const { id, plan } = account.organization
  const monitor = newMonitor(input, plan)
  await refuseEntriTarget(deps, account, monitor.group)
  const [created] = await deps.store.monitors.create(id, [monitor], admission(plan, 1))
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

/** What may be changed of any monitor, whoever its record belongs to. */
const ALWAYS_OPEN: readonly string[] = ['frequency', 'is_active']

export async function patchMonitor(
  deps: Deps,
  account: Account,
  id: string,
  input: MonitorPatchInput,
): Promise<WatchedMonitor> {
  if (!Object.keys(input).every((name) => ALWAYS_OPEN.includes(name))) await refuseForeign(deps, account, id)
  await refuseEntriTarget(deps, account, input.group ?? null)
  return updateMonitor(deps, account, id, (current) => patchOf(current, input, account.organization.plan))
}

/** What was seen last becomes the expectation. */
export async function acceptMonitor(deps: Deps, account: Account, id: string): Promise<WatchedMonitor> {
  await refuseForeign(deps, account, id)
  return updateMonitor(deps, account, id, acceptanceOf)
}

/** `edit` sees the monitor inside the transaction, so that two edits at once cannot undo each other by halves. */
async function updateMonitor(
  deps: Deps,
  account: Account,
  id: string,
  edit: (current: WatchedMonitor) => MonitorEdit,
): Promise<WatchedMonitor> {
  const known = readId('mon', id)
  const updated = known === null ? null : await deps.store.monitors.update(account.organization.id, known, edit)
  if (updated === null) return missing(id)
  if (updated.monitor.isActive) lookAgain(deps, updated)
  return updated
}

/**
 * Looks at an edited monitor at once, without making its editor wait. A forced look, because an edit follows a change
 * of the record more often than not, and what a due look may remember of the name can be older than that.
 */
export function lookAgain({ checker, log, stopping }: Deps, { monitor }: WatchedMonitor): void {
  checker.checkNow(monitor.orgId, monitor.id, stopping).catch((error: unknown) => {
    // Deleted or disabled meanwhile, or the process stops: then nobody waits for this look.
    if (error instanceof RadarError || stopping.aborted) return
    log.error({ err: error, monitor: monitor.id }, 'an edited monitor could not be looked at; it stays due')
  })
}

export async function deleteMonitor(deps: Deps, account: Account, id: string): Promise<void> {
  await refuseForeign(deps, account, id)
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

/** Refuses a monitor whose record belongs to an Entri application, and one that there is not. */
async function refuseForeign(deps: Deps, account: Account, id: string): Promise<void> {
  await refuseEntriMonitor(deps, account, await getMonitor(deps, account, id))
}

function missing(id: string): never {
  throw notFound('monitor', id)
}
