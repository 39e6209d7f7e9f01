/** Events without the DNS: a look that found yet another value at a monitor that is broken anyway. */
import type { CheckResult, DueCheck, EventId, MonitorId, NodeId, OrganizationId, Store } from '@dnsradar/core'

/** Of a process that dies while it records. */
const LEASE_MS = 500

/** One event of each monitor in one transaction; monitors that another process is recording are left out. */
export async function recordNews(
  store: Store,
  orgId: OrganizationId,
  node: NodeId,
  monitors: readonly MonitorId[],
): Promise<readonly EventId[]> {
  const results: CheckResult[] = []
  for (const id of monitors) {
    const check = await store.checks.claimOne(orgId, id, { node, leaseMs: LEASE_MS })
    if (typeof check !== 'string') results.push(anotherValue(check, Date.now()))
  }
  const recorded = await store.checks.record(results)
  return recorded.flatMap(({ event }) => (event === null ? [] : [event.id]))
}

function anotherValue(check: DueCheck, now: number): CheckResult {
  const { state, current: previous, incidenceCount } = check.status
  const current = [previous?.[0] === '192.0.2.2' ? '192.0.2.3' : '192.0.2.2']
  const status = { ...check.status, state: 'MISMATCH', current, lastChecked: now, nextCheck: now + 3_600_000 } as const
  const change = {
    kind: 'record.changed',
    oldState: state,
    newState: 'MISMATCH',
    previous: previous ?? [],
    current,
    incidenceCount,
    reasons: [],
    confirmed: true,
  } as const
  return { check, status, change, baseline: null, unchanged: false, look: null }
}
