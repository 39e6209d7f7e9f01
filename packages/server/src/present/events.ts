/** Changes of records on the wire. */
import type { WireEvent } from '@dnsradar/client'
import { type DnsEvent, wireTime } from '@dnsradar/core'
import { groupOf, presentReason, type Slugs } from './words.ts'

export function presentEvent(event: DnsEvent, slugs: Slugs): WireEvent {
  return {
    uuid: event.id,
    monitor_uuid: event.monitorId,
    domain: event.domain,
    subdomain: event.subdomain,
    record_type: event.type,
    expected_value: event.expected,
    occurred: wireTime(event.occurred),
    previous_value: event.previous,
    current_value: event.current,
    old_state: event.oldState,
    new_state: event.newState,
    incidence_count: event.incidenceCount,
    kind: event.kind,
    group: groupOf(slugs, event.groupId),
    external_id: event.externalId,
    reasons: event.reasons.map(presentReason),
    confirmed: event.confirmed,
  }
}
