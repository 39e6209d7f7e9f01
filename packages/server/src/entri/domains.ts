/**
 * What applications do with their domains: a domain is a group of kind `entri`, a record a monitor in it.
 *
 * Everything here runs inside one transaction of its caller, so a request that is refused leaves nothing behind.
 */
import { createHash } from 'node:crypto'
import {
  entriDomain,
  type EntriDomain,
  entriExpectation,
  type EntriRecord,
  notFound,
  type OrganizationId,
  RadarError,
} from '@dnsradar/core'
import { admission } from '../actions/plans.ts'
import type { Deps } from '../deps.ts'
import { refusal } from '../http/validate.ts'
import type { Caller } from './access.ts'
import { MAX_RECORDS, newMonitor, presentKeys, type Wanted, wantedOf } from './wanted.ts'

export interface DomainWish {
  readonly domain: string
  readonly records: readonly EntriRecord[]
  /** The application's own user when left out. */
  readonly userId: string | undefined
}

export async function findDomain(deps: Deps, { application }: Caller, given: string): Promise<EntriDomain> {
  const domain = knownDomain(given)
  return (await deps.store.entri.domain(application.orgId, application.id, domain)) ?? missing(given)
}

export async function addDomain(deps: Deps, caller: Caller, wish: DomainWish): Promise<EntriDomain> {
  const { application } = caller
  const { store } = deps
  const domain = entriDomain(wish.domain)
  const wanted = wantedOf(wish.records, domain)
  if ((await store.entri.domain(application.orgId, application.id, domain)) !== null) throw alreadyThere(domain)
  const { id: groupId } = await store.groups
    .create(application.orgId, { slug: slugOf(application.id, domain), name: domain, kind: 'entri', isPublic: false })
    // Of two that add it at once, one comes second.
    .catch((error: unknown) => {
      throw error instanceof RadarError && error.code === 'conflict' ? alreadyThere(domain) : error
    })
  const userId = wish.userId ?? application.userId ?? application.applicationId
  await store.entri.addDomain(application.orgId, { application, groupId, domain, userId })
  await watch(deps, caller, groupId, wanted)
  return findDomain(deps, caller, domain)
}

/** The records that are not watched yet are from now on; of those that are, the time to live is taken over. */
export async function addRecords(
  deps: Deps,
  caller: Caller,
  given: string,
  records: readonly EntriRecord[],
): Promise<EntriDomain> {
  const domain = await lockDomain(deps, caller, given)
  const wanted = wantedOf(records, domain.domain)
  const present = presentKeys(domain)
  const added = wanted.filter(({ expectation }) => !present.has(expectation.key))
  if (domain.records.length + added.length > MAX_RECORDS) throw tooMany(domain)
  await declareAgain(deps, caller, domain, wanted)
  await watch(deps, caller, domain.groupId, added)
  return touched(deps, caller, domain, undefined)
}

/** These records and no others. What stays keeps its monitor, and so its history. */
export async function replaceRecords(
  deps: Deps,
  caller: Caller,
  given: string,
  { records, userId }: { readonly records?: readonly EntriRecord[] | undefined; readonly userId?: string | undefined },
): Promise<EntriDomain> {
  const domain = await lockDomain(deps, caller, given)
  if (records !== undefined) {
    const wanted = wantedOf(records, domain.domain)
    const keys = new Set(wanted.map(({ expectation }) => expectation.key))
    const present = presentKeys(domain)
    for (const [key, { monitorId }] of present) {
      if (!keys.has(key)) await deps.store.monitors.delete(caller.application.orgId, monitorId)
    }
    await declareAgain(deps, caller, domain, wanted)
    await watch(
      deps,
      caller,
      domain.groupId,
      wanted.filter(({ expectation }) => !present.has(expectation.key)),
    )
  }
  return touched(deps, caller, domain, userId)
}

/** What names a record: its value and priority may be left out where the others are enough. */
export interface RecordSelector extends Pick<EntriRecord, 'type' | 'host'> {
  readonly value?: string | undefined
  readonly priority?: EntriRecord['priority'] | undefined
}

/** All or none: a selector that names no record refuses the whole. */
export async function removeRecords(
  deps: Deps,
  caller: Caller,
  given: string,
  selectors: readonly RecordSelector[],
): Promise<EntriDomain> {
  const domain = await lockDomain(deps, caller, given)
  const chosen = new Set<EntriDomain['records'][number]>()
  const faults: [string, string][] = []
  selectors.forEach((selector, at) => {
    const found = domain.records.filter(({ record }) => names(selector, record, domain.domain))
    if (found.length === 0) faults.push([`dnsRecords[${at}]`, 'is no record of this domain; leave it out'])
    for (const record of found) chosen.add(record)
  })
  const [first] = faults
  if (first !== undefined) throw new RadarError('not_found', `${first[0]} ${first[1]}.`, Object.fromEntries(faults))
  for (const { monitorId } of chosen) await deps.store.monitors.delete(caller.application.orgId, monitorId)
  return touched(deps, caller, domain, undefined)
}

/** A value may be spelled in another way that means the same. */
function names(selector: RecordSelector, record: EntriRecord, domain: string): boolean {
  if (selector.type !== record.type) return false
  const { value = record.value, priority = record.priority } = selector
  try {
    const asked = entriExpectation({ ...selector, value, priority, ttl: record.ttl }, domain)
    return asked.key === entriExpectation(record, domain).key
  } catch (error) {
    // What can be no record is none of these.
    if (error instanceof RadarError) return false
    throw error
  }
}

export async function deleteDomain(deps: Deps, caller: Caller, given: string): Promise<EntriDomain> {
  const domain = await lockDomain(deps, caller, given)
  await removeDomain(deps, caller.application.orgId, domain)
  return domain
}

/** The history of its records stays, as that of any monitor that is deleted. */
export async function removeDomain(
  { store }: Pick<Deps, 'store'>,
  orgId: OrganizationId,
  { groupId, records }: EntriDomain,
): Promise<void> {
  for (const { monitorId } of records) await store.monitors.delete(orgId, monitorId)
  await store.groups.delete(orgId, groupId, () => {})
}

async function lockDomain(deps: Deps, { application }: Caller, given: string): Promise<EntriDomain> {
  const domain = knownDomain(given)
  return (await deps.store.entri.lockDomain(application.orgId, application.id, domain)) ?? missing(given)
}

/** What is no domain names none. */
function knownDomain(given: string): string {
  try {
    return entriDomain(given)
  } catch (error) {
    if (error instanceof RadarError) return missing(given)
    throw error
  }
}

async function touched(
  deps: Deps,
  caller: Caller,
  { groupId, domain }: EntriDomain,
  userId: string | undefined,
): Promise<EntriDomain> {
  await deps.store.entri.touchDomain(caller.application.orgId, groupId, userId === undefined ? {} : { userId })
  return findDomain(deps, caller, domain)
}

async function declareAgain(
  { store }: Deps,
  { application }: Caller,
  domain: EntriDomain,
  wanted: readonly Wanted[],
): Promise<void> {
  const present = presentKeys(domain)
  const again = wanted.flatMap(({ record, expectation }) => {
    const known = present.get(expectation.key)
    return known === undefined ? [] : [{ monitorId: known.monitorId, record }]
  })
  await store.entri.declareRecords(application.orgId, domain.groupId, again)
}

async function watch(
  { store, checker }: Deps,
  { application, organization }: Caller,
  groupId: EntriDomain['groupId'],
  wanted: readonly Wanted[],
): Promise<void> {
  if (wanted.length === 0) return
  const monitors = wanted.map(({ expectation }) => newMonitor(expectation, groupId))
  const made = await store.monitors.create(application.orgId, monitors, admission(organization.plan, monitors.length))
  const records = made.flatMap(({ monitor }, at) => {
    const record = wanted[at]?.record
    return record === undefined ? [] : [{ monitorId: monitor.id, record }]
  })
  await store.entri.declareRecords(application.orgId, groupId, records)
  checker.poke()
}

const SLUG_WORD = 46
const SLUG_HASH = 10

/** Of the domain, and of the application in ten digits: another one may watch the same domain. */
function slugOf(application: string, domain: string): string {
  const word = domain.replaceAll(/[^a-z0-9_-]/g, '-').slice(0, SLUG_WORD)
  const hash = createHash('sha256').update(`${application} ${domain}`).digest('hex').slice(0, SLUG_HASH)
  return `entri-${word}-${hash}`
}

function alreadyThere(domain: string): RadarError {
  const message = `${domain} is monitored already; change it with PUT /monitor/domains`
  return new RadarError('conflict', `The domain ${message}.`, { domain: message })
}

function tooMany({ domain }: EntriDomain): RadarError {
  const message = `are more than the ${MAX_RECORDS} that ${domain} may have; leave some out`
  return refusal('invalid_field', { dnsRecords: message })
}

function missing(domain: string): never {
  throw notFound('domain', domain)
}
