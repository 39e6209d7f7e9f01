/**
 * Monitors, webhooks and reasons as the wire shows them. Deliveries carry the same objects as the API's answers, so the
 * shapes stand here once; the server holds them to the contract's types.
 */
import type { MatchMode, WatchedMonitor } from '../monitor/monitor.ts'
import type { Reason } from '../monitor/verdict.ts'
import type { Webhook } from './delivery.ts'
import { wireTime } from './payload.ts'

export function maybeWireTime(ms: number | null): string | null {
  return ms === null ? null : wireTime(ms)
}

export function reasonObject({ code, message, value }: Reason) {
  return { code, message, value: value ?? null }
}

/** `group` is the slug of the monitor's group. */
export function monitorObject({ monitor, status }: WatchedMonitor, group: string) {
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
    last_checked: maybeWireTime(status.lastChecked),
    is_active: monitor.isActive,
    frequency: monitor.intervalMinutes,
    match: monitor.match,
    notify: monitor.notify,
    group,
    external_id: monitor.externalId,
    metadata: monitor.metadata,
    updated: wireTime(monitor.updated),
    next_check: monitor.isActive ? wireTime(status.nextCheck) : null,
    reasons: status.reasons.map(reasonObject),
    pending_state: status.pending?.state ?? null,
  }
}

/** The older, two-valued view of the match modes. */
export function isExact(match: MatchMode): boolean {
  return match === 'exact' || match === 'baseline'
}

/** What a reader sees in the place of a header's or an option's value. */
export const HIDDEN = '***'

/**
 * `groups` are slugs. `clear`: header values may be credentials and are hidden from whoever may not write. Of the options
 * of its format the names only: which of them are secret is for the format to say.
 */
export function webhookObject(webhook: Webhook, groups: readonly string[], clear: boolean) {
  return {
    uuid: webhook.id,
    created: wireTime(webhook.created),
    url: webhook.url,
    method: webhook.method,
    headers: Object.fromEntries(webhook.headers.map(([name, value]) => [name, clear ? value : HIDDEN])),
    is_active: webhook.isActive,
    last_error: webhook.lastError,
    last_executed: maybeWireTime(webhook.lastExecuted),
    groups,
    all_groups: webhook.allGroups,
    source: webhook.source,
    format: webhook.format,
    format_options: Object.fromEntries(Object.keys(webhook.formatOptions).map((name) => [name, HIDDEN])),
    events: webhook.filters.events,
    states: webhook.filters.states,
    record_types: webhook.filters.recordTypes,
    monitors: webhook.filters.monitors,
    timeout_seconds: Math.round(webhook.timeoutMs / 1000),
    has_secret: webhook.callerGaveSecret,
    disabled_reason: webhook.disabledReason,
    pending: webhook.pending,
    next_attempt: maybeWireTime(webhook.nextAttempt),
  }
}
