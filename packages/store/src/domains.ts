/**
 * The domains that a recording batch touches. A domain is an organization and a registrable name; what its monitors say
 * together is read once the batch's own results are written.
 */
import { crossesValid, endsIncident, type CheckResult, type DomainMember, type OrganizationId } from '@dnsradar/core'
import { readId } from './rows/columns.ts'
import type { Bytes } from './tables.ts'

export interface EndingDomain {
  readonly orgId: OrganizationId
  readonly domain: string
  /** Of the monitors that this batch restores, when the first one broke. */
  readonly brokenSince: number
}

/** Incidents that may overlap a domain's last one, one before the other; more would be a record that never rests. */
const MOST_LINKS = 100

/**
 * When a domain broke: maybe earlier than the monitor that was restored last, with another one that was restored while
 * this one was broken already. Yields a time, is given the earliest beginning of the incidents that ended since then
 * (null when there are none), and returns the time before which nothing was broken.
 */
export function* walkBack(brokenSince: number): Generator<number, number, number | null> {
  let start = brokenSince
  for (let link = 0; link < MOST_LINKS; link++) {
    const began = yield start
    if (began === null || began >= start) return start
    start = began
  }
  return start
}

/** Domains in which this batch ends an incident of some monitor, so that it may have been the last one. */
export function endingDomains(recorded: readonly CheckResult[], now: number): readonly EndingDomain[] {
  const domains = new Map<string, EndingDomain>()
  for (const { check, change } of recorded) {
    if (!endsIncident(change)) continue
    const { orgId, registrable: domain } = check.monitor
    const known = domains.get(domainKey(orgId, domain))
    const brokenSince = Math.min(known?.brokenSince ?? now, check.status.brokenSince ?? now)
    domains.set(domainKey(orgId, domain), { orgId, domain, brokenSince })
  }
  return [...domains.values()]
}

/** The domains that only one node at a time may decide about: one of their monitors became VALID or left it. */
export function contestedDomains(recorded: readonly CheckResult[]): readonly string[] {
  const contested = recorded.filter(({ check, status }) => crossesValid(check.status.state, status.state))
  return [...new Set(contested.map(({ check }) => domainKey(check.monitor.orgId, check.monitor.registrable)))]
}

export interface MemberRow {
  id: Bytes
  group_id: Bytes
  state: string
}

export function readMember(row: MemberRow): DomainMember {
  return { id: readId('mon', row.id), groupId: readId('grp', row.group_id), state: row.state as DomainMember['state'] }
}

export function domainKey(orgId: OrganizationId, domain: string): string {
  return `${orgId} ${domain}`
}
