/** Many monitors in one request: all of them are made, or none, and what is wrong is told of each. */
import {
  type FieldErrors,
  type GroupName,
  type NewMonitor,
  RadarError,
  type WatchedMonitor,
  watchKey,
} from '@dnsradar/core'
import { newExpectation } from '@dnsradar/core/match/index'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import type { BulkMonitorsInput, NewMonitorInput } from '../schemas/monitors.ts'
import { refuseEntriMember } from './entri-owned.ts'
import { type Expect, newMonitor } from './new-monitor.ts'
import { admission, checkFrequency } from './plans.ts'

/** `existing`: it was there, or is the same as one before it in the request. */
export interface BulkResult {
  readonly watched: WatchedMonitor
  readonly existing: boolean
}

/** In the order asked. The loops are not told: see `rehearseMonitors`. */
async function makeMonitors(deps: Deps, account: Account, input: BulkMonitorsInput): Promise<readonly BulkResult[]> {
  const { id: orgId, plan } = account.organization
  if (input.frequency !== undefined) checkFrequency(plan, input.frequency)
  const expect = rememberExpectations()
  const wanted = eachOf(input.monitors, (item) => newMonitor(withDefaults(item, input), plan, expect))
  const groups = await groupsOf(deps, account, input, wanted)
  const existing = input.ignore === true ? await findExisting(deps, account, wanted, groups) : wanted.map(() => null)
  const places = input.ignore === true ? firstPlaces(wanted, groups) : wanted.map((_, at) => at)
  const isNew = (at: number) => existing[at] === null && places[at] === at
  await checkExternalIds(deps, account, wanted, isNew)

  const fresh = wanted.filter((_, at) => isNew(at))
  const created =
    fresh.length === 0 ? [] : await deps.store.monitors.create(orgId, fresh, admission(plan, fresh.length))
  const made = created.values()
  const results: BulkResult[] = []
  for (const [at, place] of places.entries()) {
    const before = existing[at] ?? results[place]?.watched
    const watched = before ?? made.next().value
    if (watched === undefined) throw new Error('the store made fewer monitors than it was asked for')
    results.push({ watched, existing: before !== undefined })
  }
  return results
}

export async function createMonitors(
  deps: Deps,
  account: Account,
  input: BulkMonitorsInput,
): Promise<readonly BulkResult[]> {
  const results = await makeMonitors(deps, account, input)
  if (results.some(({ existing, watched }) => !existing && watched.monitor.isActive)) deps.checker.poke()
  return results
}

/** What `createMonitors` would do, as `show` shows it while it is done; then all is taken back. */
export function rehearseMonitors<T>(
  deps: Deps,
  account: Account,
  input: BulkMonitorsInput,
  show: (deps: Deps, results: readonly BulkResult[]) => Promise<T>,
): Promise<T> {
  return deps.store.rehearse(async (records) => {
    const inner = { ...deps, store: records }
    return show(inner, await makeMonitors(inner, account, input))
  })
}

/** The records of a thousand customers are to say the same, mostly; what is refused is refused of each anew. */
function rememberExpectations(): Expect {
  const known = new Map<string, ReturnType<Expect>>()
  return (asked) => {
    const key = JSON.stringify(asked)
    const expectation = known.get(key) ?? newExpectation(asked)
    known.set(key, expectation)
    return expectation
  }
}

/** A member that is null was given. */
function withDefaults(item: NewMonitorInput, defaults: BulkMonitorsInput): NewMonitorInput {
  const { group, frequency, notify, is_active } = defaults
  return {
    ...item,
    group: item.group === undefined ? group : item.group,
    frequency: item.frequency ?? frequency,
    notify: item.notify ?? notify,
    is_active: item.is_active ?? is_active,
  }
}

type Groups = ReadonlyMap<string | null, GroupName>

/** Those that exist; slugs of others are made. */
async function groupsOf(
  deps: Deps,
  account: Account,
  input: BulkMonitorsInput,
  wanted: readonly NewMonitor[],
): Promise<Groups> {
  const groups = await deps.store.groups.named(
    account.organization.id,
    wanted.map(({ group }) => group),
  )
  if (typeof input.group === 'string' && wanted.some(({ group }) => group === input.group)) {
    checkGroup(groups, input.group)
  }
  eachOf(wanted, ({ group }) => (group === null ? undefined : checkGroup(groups, group)))
  return groups
}

function checkGroup(groups: Groups, name: string): void {
  const group = groups.get(name)
  if (group === undefined && name.startsWith('grp_')) {
    const message = `there is no group ${name}; name one by its slug, which makes it when it is new`
    throw new RadarError('invalid_field', `group: ${message}.`, { group: message })
  }
  if (group !== undefined) refuseEntriMember(group)
}

async function findExisting(
  deps: Deps,
  account: Account,
  wanted: readonly NewMonitor[],
  groups: Groups,
): Promise<readonly (WatchedMonitor | null)[]> {
  const known = wanted.flatMap((monitor, at) => {
    const group = groups.get(monitor.group)
    return group === undefined ? [] : [{ at, monitor, groupId: group.id }]
  })
  const found = await deps.store.monitors.equals(account.organization.id, known)
  const byPlace = new Map(known.map(({ at }, index) => [at, found[index] ?? null]))
  return wanted.map((_, at) => byPlace.get(at) ?? null)
}

/** For each the place of the first that watches the same in the same group: its own, mostly. */
function firstPlaces(wanted: readonly NewMonitor[], groups: Groups): readonly number[] {
  const first = new Map<string, number>()
  return wanted.map((monitor, at) => {
    const key = `${groups.get(monitor.group)?.id ?? monitor.group} ${watchKey(monitor)}`
    const place = first.get(key) ?? at
    first.set(key, place)
    return place
  })
}

async function checkExternalIds(
  { store }: Deps,
  account: Account,
  wanted: readonly NewMonitor[],
  isNew: (at: number) => boolean,
): Promise<void> {
  const asked = wanted.flatMap(({ externalId }, at) => (isNew(at) && externalId !== null ? [externalId] : []))
  const taken = new Set(await store.monitors.takenExternalIds(account.organization.id, asked))
  eachOf(wanted, ({ externalId }, at) => {
    if (externalId === null || !isNew(at)) return
    if (taken.has(externalId)) {
      const message = `${externalId} is the external id of another monitor; give each monitor its own`
      throw new RadarError('external_id_taken', `external_id: ${message}.`, { external_id: message })
    }
    taken.add(externalId)
  })
}

/** Nobody reads more of them at once. */
const MOST_FAULTS = 100

/** What `work` makes of each item; refusals are collected, and thrown together under the items' places. */
function eachOf<Item, T>(items: readonly Item[], work: (item: Item, at: number) => T): readonly T[] {
  const results: T[] = []
  const refusals: { readonly place: string; readonly refused: RadarError }[] = []
  for (const [at, item] of items.entries()) {
    try {
      results.push(work(item, at))
    } catch (error) {
      if (!(error instanceof RadarError)) throw error
      refusals.push({ place: `monitors[${at}]`, refused: error })
    }
  }
  const [first] = refusals
  if (first === undefined) return results
  const more = refusals.length > 1 ? ` (and ${refusals.length - 1} more monitors, see errors)` : ''
  const fields: FieldErrors = Object.fromEntries(
    refusals
      .slice(0, MOST_FAULTS)
      .flatMap(({ place, refused }) =>
        Object.entries(refused.fields ?? { '': refused.message }).map(([field, message]) => [
          field === '' ? place : `${place}.${field}`,
          message,
        ]),
      ),
  )
  throw new RadarError(first.refused.code, `${first.place}: ${first.refused.message}${more}`, fields)
}
