/**
 * The Entri domains that a recording batch touches: those with a record that this batch moved across the line between
 * propagated and not. What their records say together is read once the batch's own results are written.
 */
import {
  entriHappening,
  entriNews,
  isBroken,
  turnsOver,
  type CheckResult,
  type EntriMember,
  type EntriTurn,
  type GroupId,
  type Happening,
  type MonitorId,
  type OrganizationId,
} from '@dnsradar/core'
import { readId } from './rows/columns.ts'
import type { Bytes } from './tables.ts'

export interface TurnedDomain extends EntriTurn {
  readonly orgId: OrganizationId
  readonly groupId: GroupId
}

export function turnedResults(recorded: readonly CheckResult[]): readonly CheckResult[] {
  return recorded.filter(({ check, status }) => turnsOver(check.status.state, status.state))
}

/** `groupOf` knows the groups of those monitors that belong to an Entri domain. */
export function turnedDomains(
  turned: readonly CheckResult[],
  groupOf: ReadonlyMap<MonitorId, GroupId>,
): readonly TurnedDomain[] {
  const domains = new Map<GroupId, TurnedDomain & { broke: Set<MonitorId>; healed: Set<MonitorId> }>()
  for (const { check, status } of turned) {
    const { orgId, id } = check.monitor
    const groupId = groupOf.get(id)
    if (groupId === undefined) continue
    const domain = domains.get(groupId) ?? { orgId, groupId, broke: new Set(), healed: new Set() }
    domains.set(groupId, domain)
    ;(isBroken(status.state) ? domain.broke : domain.healed).add(id)
  }
  return [...domains.values()]
}

/** What nodes that record looks at this domain take turns by. */
export function turnKey({ orgId, groupId }: Pick<TurnedDomain, 'orgId' | 'groupId'>): string {
  return `${orgId} ${groupId}`
}

export interface EntriMemberRow {
  id: Bytes
  owner_subdomain: string | null
  state: string
  type: string
  host: string
  value: string
  domain: string
  user_id: string
}

/** `rows` are the domain's active records, in the order in which they were declared. */
export function domainNews(turned: TurnedDomain, rows: readonly EntriMemberRow[]): readonly Happening[] {
  const [first] = rows
  const members = rows.map(readMember)
  const news = entriNews(turned, members)
  if (first === undefined || news === null) return []
  const { orgId, groupId } = turned
  return [entriHappening({ ...news, orgId, groupId, members, domain: first.domain, userId: first.user_id })]
}

function readMember({ id, owner_subdomain, state, type, host, value }: EntriMemberRow): EntriMember {
  return {
    monitorId: readId('mon', id),
    record: { type: type as EntriMember['record']['type'], host, value },
    subdomain: owner_subdomain,
    state: state as EntriMember['state'],
  }
}
