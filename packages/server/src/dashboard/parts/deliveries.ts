/** How webhooks and their deliveries stand, in words. */
import type { DisabledReason, ErrorClass, RequestKind, RequestStatus, WireRequest, WireWebhook } from '@dnsradar/client'
import { type Html, html } from '../html.ts'
import { badge, type Tone } from './states.ts'
import { when } from './words.ts'

const DISABLED_WORDS: Readonly<Record<DisabledReason, string>> = {
  manual: 'Switched off',
  gave_up: 'Disabled after nine retries',
  gone: 'Disabled: the receiver says it is gone',
}

export function webhookBadge({
  is_active: isActive,
  disabled_reason: reason,
  last_error: error,
  pending,
}: WireWebhook): Html {
  if (!isActive)
    return badge(DISABLED_WORDS[reason ?? 'manual'], reason === 'manual' || reason === null ? 'none' : 'bad')
  return error !== null && pending > 0 ? badge('Failing', 'warn') : badge('Active', 'good')
}

/** **The table** of what can become of a delivery. */
export const STATUS_WORDS: Readonly<Record<RequestStatus, { readonly label: string; readonly tone: Tone }>> = {
  DELIVERED: { label: 'Delivered', tone: 'good' },
  RETRYING: { label: 'Retrying', tone: 'warn' },
  PENDING: { label: 'Waiting', tone: 'none' },
  FAILED: { label: 'Failed', tone: 'bad' },
}

export function statusBadge(status: RequestStatus): Html {
  const { label, tone } = STATUS_WORDS[status]
  return badge(label, tone)
}

export const KIND_WORDS: Readonly<Record<RequestKind, string>> = {
  event: 'Event',
  test: 'Test',
  resend: 'Resend',
  system: 'System event',
}

/** What went wrong, and where to look. */
export const ERROR_WORDS: Readonly<Record<ErrorClass, string>> = {
  timeout: 'The receiver did not answer in time.',
  dns: 'The name of the receiver could not be resolved.',
  tls: 'No secure connection: look at the certificate.',
  refused: 'The receiver refuses the connection: does it listen there?',
  reset: 'The connection broke before the answer was complete.',
  blocked_target: 'The address is private or otherwise not allowed.',
  http_status: 'The receiver answered with a failure.',
  protocol: 'What came back is not HTTP.',
}

/** One line of the delivery log. */
export function requestRow(request: WireRequest, now: number): Html {
  const { uuid, webhook_uuid: webhook, created, kind, status, status_code: code, retries, next_attempt: next } = request
  return html`<tr><th scope="row"><a href="/app/webhooks/${webhook}/requests/${uuid}">${when(created, now)}</a></th>
<td data-label="What">${KIND_WORDS[kind]}</td>
<td data-label="Status">${statusBadge(status)}</td>
<td data-label="Answer">${code ?? (request.error_message === null && html`<span class="quiet">–</span>`)}${code === null && request.error_message !== null && html` <span class="reason">${request.error_message}</span>`}</td>
<td data-label="Retries" class="number">${retries}</td>
<td data-label="Next try">${next === null ? html`<span class="quiet">–</span>` : when(next, now)}</td></tr>`
}
