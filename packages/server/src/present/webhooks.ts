import type { WireWebhook, WireWebhookWithSecret } from '@dnsradar/client'
import { type Webhook, wireTime } from '@dnsradar/core'
import { signingSecret } from '@dnsradar/core/delivery/sign'
import { groupOf, maybeTime, type Slugs } from './words.ts'

const HIDDEN = '***'

/** `clear`: header values may be credentials, so only keys with write scope see them. */
export function presentWebhook(webhook: Webhook, slugs: Slugs, clear: boolean): WireWebhook {
  return {
    uuid: webhook.id,
    created: wireTime(webhook.created),
    url: webhook.url,
    method: webhook.method,
    headers: Object.fromEntries(webhook.headers.map(([name, value]) => [name, clear ? value : HIDDEN])),
    is_active: webhook.isActive,
    last_error: webhook.lastError,
    last_executed: maybeTime(webhook.lastExecuted),
    groups: webhook.groups.map((id) => groupOf(slugs, id)),
    all_groups: webhook.allGroups,
    source: webhook.source,
    format: webhook.format,
    format_options: webhook.formatOptions,
    events: webhook.filters.events,
    states: webhook.filters.states,
    record_types: webhook.filters.recordTypes,
    monitors: webhook.filters.monitors,
    timeout_seconds: Math.round(webhook.timeoutMs / 1000),
    has_secret: webhook.callerGaveSecret,
    disabled_reason: webhook.disabledReason,
    pending: webhook.pending,
    next_attempt: maybeTime(webhook.nextAttempt),
  }
}

/** The one time that the secret is shown. */
export function presentNewWebhook(webhook: Webhook, slugs: Slugs): WireWebhookWithSecret {
  return { ...presentWebhook(webhook, slugs, true), signing_secret: signingSecret(webhook.secret) }
}
