/** What can be done with groups, and with all monitors of one. */
import {
  type Group,
  type GroupId,
  type GroupMonitorsEdit,
  type GroupName,
  type MonitorCounts,
  type MonitorFilter,
  notFound,
  type Page,
  type PageRequest,
  RadarError,
  type WatchedMonitor,
} from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { given } from '../http/page.ts'
import { refusal } from '../http/validate.ts'
import { isGroup } from '../schemas/fields.ts'
import type { GroupMonitorsPatchInput, GroupPatchInput, NewGroupInput } from '../schemas/groups.ts'
import { refuseEntriGroup } from './entri-owned.ts'
import { checkFrequency } from './plans.ts'

export function createGroup(deps: Deps, account: Account, input: NewGroupInput): Promise<Group> {
  const { slug, name = slug, is_public: isPublic = false } = input
  return deps.store.groups.create(account.organization.id, { slug, name, isPublic, kind: 'native' })
}

export function listGroups(deps: Deps, account: Account, page: PageRequest): Promise<Page<Group>> {
  return deps.store.groups.list(account.organization.id, page)
}

export async function getGroup(deps: Deps, account: Account, slugOrId: string): Promise<Group> {
  const found = isGroup(slugOrId) ? await deps.store.groups.find(account.organization.id, slugOrId) : null
  return found ?? missing(slugOrId)
}

export async function patchGroup(
  deps: Deps,
  account: Account,
  slugOrId: string,
  { slug, name, is_public: isPublic }: GroupPatchInput,
): Promise<Group> {
  if (!isGroup(slugOrId)) return missing(slugOrId)
  const updated = await deps.store.groups.update(account.organization.id, slugOrId, (current) => {
    refuseEntriGroup(current)
    if (current.isDefault && slug !== undefined && slug !== current.slug) throw keepsSlug(current)
    return given({ slug, name, isPublic })
  })
  return updated ?? missing(slugOrId)
}

function keepsSlug({ slug }: GroupName): RadarError {
  const message = `is that of the default group, which stays ${slug}; give it another name instead`
  return refusal('conflict', { slug: message })
}

/** Gives the id of the group that was. */
export async function deleteGroup(deps: Deps, account: Account, slugOrId: string): Promise<GroupId> {
  if (!isGroup(slugOrId)) return missing(slugOrId)
  const deleted = await deps.store.groups.delete(account.organization.id, slugOrId, (current) => {
    refuseEntriGroup(current)
    if (!current.isDefault) return
    throw new RadarError('conflict', `The group ${current.slug} takes monitors that name none, so it stays.`)
  })
  return deleted?.id ?? missing(slugOrId)
}

export async function listGroupMonitors(
  deps: Deps,
  account: Account,
  slugOrId: string,
  filter: MonitorFilter,
  page: PageRequest,
): Promise<Page<WatchedMonitor>> {
  const { id } = await nameOfGroup(deps, account, slugOrId)
  return deps.store.monitors.list(account.organization.id, { ...filter, group: id }, page)
}

/** Gives the group's id. */
export async function patchGroupMonitors(
  deps: Deps,
  account: Account,
  slugOrId: string,
  { frequency, is_active: isActive }: GroupMonitorsPatchInput,
): Promise<GroupId> {
  const { id: orgId, plan } = account.organization
  const group = await nameOfGroup(deps, account, slugOrId)
  if (frequency !== undefined) checkFrequency(plan, frequency)
  const edit: GroupMonitorsEdit = given({ intervalMinutes: frequency, isActive })
  await deps.store.monitors.updateGroup(orgId, group.id, edit)
  deps.checker.poke()
  return group.id
}

/** Of one group, or of all. */
export async function summarize(deps: Deps, account: Account, slugOrId: string | undefined): Promise<MonitorCounts> {
  const group = slugOrId === undefined ? null : await nameOfGroup(deps, account, slugOrId)
  return deps.store.monitors.count(account.organization.id, group?.id ?? null)
}

async function nameOfGroup(deps: Deps, account: Account, slugOrId: string): Promise<GroupName> {
  if (!isGroup(slugOrId)) return missing(slugOrId)
  const named = await deps.store.groups.named(account.organization.id, [slugOrId])
  return named.get(slugOrId) ?? missing(slugOrId)
}

function missing(slugOrId: string): never {
  throw notFound('group', slugOrId)
}
