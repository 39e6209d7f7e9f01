/**
 * What a subscription is sent beside the event: the circumstances in which it happened, so that an automation can act
 * and write a message without asking back.
 */
import { valueDifference, type ValueDifference } from '../match/difference.ts'
import type { DnsEvent } from '../monitor/event.ts'
import type { Monitor } from '../monitor/monitor.ts'
import { maybeWireTime, reasonObject } from './objects.ts'
import { summaryOf } from './summary.ts'
import { secondsBetween } from './system-event.ts'

/** What is known when an event is recorded and is no part of it. */
export interface Circumstances {
  readonly groupSlug: string
  readonly match: Monitor['match']
  readonly metadata: Monitor['metadata']
  /** When the monitor left VALID or UNSET; of a restoration the incident that it ends. Null when there was none. */
  readonly brokenSince: number | null
  /** Where people see the monitor; null when this installation has no such page. */
  readonly url: string | null
}

export function contextOf(event: DnsEvent, circumstances: Circumstances) {
  const { groupSlug, metadata, brokenSince, url } = circumstances
  const hostname = hostnameOf(event)
  const brokenForSeconds = brokenSince === null ? null : secondsBetween(brokenSince, event.occurred)
  return {
    kind: event.kind,
    hostname,
    group: groupSlug,
    external_id: event.externalId,
    metadata,
    reasons: event.reasons.map(reasonObject),
    ...differenceOf(event, circumstances),
    broken_since: maybeWireTime(brokenSince),
    broken_for_seconds: brokenForSeconds,
    summary: summaryOf(event, hostname, brokenForSeconds),
    url,
  }
}

export function hostnameOf({ domain, subdomain }: Pick<DnsEvent, 'domain' | 'subdomain'>): string {
  return subdomain === null ? domain : `${subdomain}.${domain}`
}

const NONE: ValueDifference = { missing: [], unexpected: [] }

/** Where nothing could be seen, nothing can be said to be missing. */
function differenceOf(event: DnsEvent, { match }: Circumstances): ValueDifference {
  switch (event.newState) {
    case 'MISMATCH':
    case 'NOT_FOUND':
      return valueDifference({ type: event.type, match, expected: event.expected }, event.current)
    case 'VALID':
    case 'TIMEOUT':
    case 'INVALID':
      return NONE
  }
}
