/** One delivery: every attempt, what was sent, and what came back. */
import { ApiError, type WireAttempt, type WireEvent, type WireRequestDetail } from '@dnsradar/client'
import { attributes, type Html, html } from '../html.ts'
import { type Asked, attempt, goTo, type Outcome, type PageRow, show, type Shown } from '../page.ts'
import { ERROR_WORDS, KIND_WORDS, statusBadge } from '../parts/deliveries.ts'
import { type Complaint, complaint } from '../parts/forms.ts'
import { nothingYet } from '../parts/lists.ts'
import { nameOf } from '../parts/monitors.ts'
import { badge, stateBadge } from '../parts/states.ts'
import { exact, when } from '../parts/words.ts'

export const requestPages: readonly PageRow[] = [
  { method: 'GET', path: '/webhooks/:id/requests/:request', handler: (asked) => showRequest(asked, null) },
  { method: 'POST', path: '/webhooks/:id/requests/:request/retry', needs: 'write', handler: resend },
]

async function showRequest(asked: Asked, problem: Complaint): Promise<Shown> {
  const { api, params, can, now } = asked
  const [id = '', requestId = ''] = [params['id'], params['request']]
  const [webhook, request] = await Promise.all([api.getWebhook(id), api.getRequest(id, requestId)])
  const { uuid, kind, attempts, body: sent, headers, event_uuid: eventId } = request
  const event = eventId === null ? null : await eventOf(asked, eventId)
  const body = html`<p class="crumbs"><a href="/app/webhooks">Webhooks</a> / <a href="/app/webhooks/${webhook.uuid}">${webhook.url}</a></p>
<div class="head"><h1>${KIND_WORDS[kind]} of ${exact(request.created)}</h1>${can('write') && resendForm(request)}</div>
${complaint(problem)}
<div id="request" data-part>${facts(request, event, now)}
<section aria-labelledby="attempts"><h2 id="attempts">Attempts</h2>${attempts.length === 0 ? nothingYet('Not sent yet', 'The deliveries before it go first, one after the other.') : html`<ol class="attempts">${attempts.map((made) => attemptItem(made, made === attempts.at(-1)))}</ol>`}</section></div>
<section aria-labelledby="sent"><h2 id="sent">What was sent</h2>
${Object.keys(headers).length > 0 && html`<details id="headers"><summary>Headers of the latest attempt</summary><pre tabindex="0">${Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`)}</pre></details>`}
<pre tabindex="0" aria-label="Body">${readable(sent)}</pre></section>`
  return show(`${KIND_WORDS[kind]} to ${webhook.url}`, body, {
    live: { types: 'request', about: uuid },
    status: problem?.status ?? 200,
  })
}

/** Null when it is older than what is kept. */
async function eventOf({ api }: Asked, id: string): Promise<WireEvent | null> {
  try {
    return await api.getEvent(id)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null
    throw error
  }
}

/** Where a retry is something else than a resend, the button says so. */
function resendForm({ uuid, webhook_uuid: webhook, status }: WireRequestDetail): Html {
  const label = status === 'DELIVERED' ? 'Send it again' : 'Try again now'
  return html`<form id="again" data-part method="post" action="/app/webhooks/${webhook}/requests/${uuid}/retry"><button class="primary">${label}</button></form>`
}

function facts(request: WireRequestDetail, event: WireEvent | null, now: number): Html {
  const { uuid, status, delivered, next_attempt: next, sequence, retries } = request
  return html`<dl class="facts"><dt>Status</dt><dd>${statusBadge(status)}</dd>
<dt>Delivered</dt><dd>${when(delivered, now, 'not yet')}</dd>
${next !== null && html`<dt>Next attempt</dt><dd>${when(next, now)}</dd>`}
<dt>Retries</dt><dd>${retries}</dd>
${sequence !== null && html`<dt>Place in the queue</dt><dd>${sequence}</dd>`}
<dt>Id</dt><dd><code>${uuid}</code></dd>
${event !== null && html`<dt>About</dt><dd><a href="/app/monitors/${event.monitor_uuid}">${nameOf(event)}</a> <span class="type">${event.record_type}</span> ${stateBadge(event.old_state)} → ${stateBadge(event.new_state)}</dd>`}</dl>`
}

/** Of the last one it matters most what came back. */
function attemptItem(made: WireAttempt, isLast: boolean): Html {
  const { number, started, duration_ms: took, status_code: code, error_class: error, error_message: message, ip } = made
  const isGood = error === null && code !== null && code >= 200 && code < 300
  const verdict = code === null ? (error ?? 'no answer') : String(code)
  return html`<li class="sheet"><div class="head"><h3>Attempt ${number} ${badge(verdict, isGood ? 'good' : 'bad')}</h3>
<span class="quiet"><time datetime="${started}">${exact(started)}</time> · ${took} ms${ip !== null && ` · ${ip}`}</span></div>
${error !== null && html`<p>${ERROR_WORDS[error]} ${message !== null && html`<span class="quiet">${message}</span>`}</p>`}
${phases(made)}${made.response_body !== null && made.response_body !== '' && html`<details id="answer-${number}" ${attributes({ open: isLast && !isGood })}><summary>What came back</summary><pre tabindex="0">${made.response_body}</pre></details>`}</li>`
}

const PHASES = [
  ['dns', 'name'],
  ['connect', 'connection'],
  ['tls', 'TLS'],
  ['first_byte', 'first byte'],
] as const

/** A reused connection has no first three. */
function phases({ phases: took }: WireAttempt): Html | null {
  const known = PHASES.filter(([name]) => took[name] !== null)
  if (known.length === 0) return null
  return html`<p class="phases quiet">${known.map(([name, label]) => html`<span>${label} <strong>${took[name]} ms</strong></span> `)}</p>`
}

/** The exact text is what is signed; people read it with line breaks. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

async function resend(asked: Asked): Promise<Outcome> {
  const { api, params } = asked
  const tried = await attempt(() => api.retryRequest(params['id'] ?? '', params['request'] ?? ''))
  if (!tried.ok) return showRequest(asked, tried.problem)
  const { uuid, webhook_uuid: webhook } = tried.value
  return goTo(`/app/webhooks/${webhook}/requests/${uuid}`, 'It is on its way.')
}
