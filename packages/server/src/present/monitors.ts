import type { WireMonitor } from '@dnsradar/client'
import { type MatchMode, type WatchedMonitor, wireTime } from '@dnsradar/core'
import { groupOf, maybeTime, presentReason, type Slugs } from './words.ts'

export function presentMonitor({ monitor, status }: WatchedMonitor, slugs: Slugs): WireMonitor {
  return {
    uuid: monitor.id,
    created: wireTime(monitor.created),
    domain: monitor.domain,
    subdomain: monitor.subdomain,
    record_type: monitor.type,
    expected_value: monitor.expected,
    current_value: status.current,
    is_exact_match: isExact(monitor.match),
    state: status.state,
    incidence_count: status.incidenceCount,
    last_checked: maybeTime(status.lastChecked),
    is_active: monitor.isActive,
    frequency: monitor.intervalMinutes,
    match: monitor.match,
    notify: monitor.notify,
    group: groupOf(slugs, monitor.groupId),
    external_id: monitor.externalId,
    metadata: monitor.metadata,
    updated: wireTime(monitor.updated),
    next_check: monitor.isActive ? wireTime(status.nextCheck) : null,
    reasons: status.reasons.map(presentReason),
    pending_state: status.pending?.state ?? null,
  }
}

/** The older, two-valued view of the match modes. */
export function isExact(match: MatchMode): boolean {
  return match === 'exact' || match === 'baseline'
}
