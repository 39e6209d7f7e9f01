/** One webhook: how it stands, what can be done about it, and its delivery log. */
import {
  REQUEST_STATUSES,
  type RequestQuery,
  type RequestStatus,
  type WirePage,
  type WireRequest,
  type WireWebhook,
} from '@dnsradar/client'
import { type Html, html } from '../html.ts'
import {
  type Asked,
  type Attempt,
  attempt,
  given,
  goTo,
  type Outcome,
  type PageRow,
  show,
  type Shown,
} from '../page.ts'
import { cursorIn } from '../parts/cursor.ts'
import { requestRow, STATUS_WORDS, webhookBadge } from '../parts/deliveries.ts'
import { type Complaint, complaint, input, select } from '../parts/forms.ts'
import { nothingYet, pager } from '../parts/lists.ts'
import { setupGuides } from '../parts/snippets.ts'
import { badge } from '../parts/states.ts'
import { typedTime, utcSeconds } from '../parts/times.ts'
import { count, when } from '../parts/words.ts'
import { sparkline } from '../sparkline.ts'
import { audience, SOURCE_WORDS } from './webhooks.ts'

export const webhookPagesOfOne: readonly PageRow[] = [
  { method: 'GET', path: '/webhooks/:id', handler: (asked) => showWebhook(asked, null) },
  { method: 'POST', path: '/webhooks/:id/test', needs: 'write', handler: sendTest },
  { method: 'POST', path: '/webhooks/:id/enable', needs: 'write', handler: (asked) => toggle(asked, true) },
  { method: 'POST', path: '/webhooks/:id/disable', needs: 'write', handler: (asked) => toggle(asked, false) },
  { method: 'POST', path: '/webhooks/:id/retry', needs: 'write', handler: retryNow },
  { method: 'POST', path: '/webhooks/:id/recover', needs: 'write', handler: recover },
]

const PAGE = 50
const HOUR_MS = 3_600_000
const LOG_LABELS = { status: 'Status', status_code: 'Answer' } as const
/** Of fewer a line says nothing. */
const LEAST_FIGURES = 5

const idOf = ({ params }: Asked): string => params['id'] ?? ''
const pathOf = (asked: Asked): string => `/app/webhooks/${idOf(asked)}`

async function showWebhook(asked: Asked, problem: Complaint): Promise<Shown> {
  const { api, query, can, now, origin } = asked
  const [webhook, found] = await Promise.all([
    api.getWebhook(idOf(asked)),
    attempt(() => api.listRequests(idOf(asked), { limit: PAGE, ...cursorIn(query), ...logFilter(query) })),
  ])
  const isOurs = webhook.source === 'entri'
  const body = html`<p class="crumbs"><a href="/app/webhooks">Webhooks</a></p>
<div class="head"><h1 class="address">${webhook.url}</h1>${can('write') && !isOurs && actions(webhook)}</div>
${complaint(problem)}
<div id="webhook" data-part>${trouble(webhook, can('write'), now)}${facts(webhook, found.ok ? found.value.data : [], now)}</div>
<section aria-labelledby="log"><h2 id="log">Deliveries</h2>${logForm(webhook, query)}
${found.ok ? log(found.value, asked) : complaint(found.problem, LOG_LABELS)}</section>
${can('write') && !isOurs && recoverForm(webhook, now)}
${webhook.source === null && setupGuides(origin)}`
  return show(webhook.url, body, { live: { types: 'request', about: webhook.uuid }, status: problem?.status ?? 200 })
}

function actions({ uuid, is_active: isActive }: WireWebhook): Html {
  const post = (path: string, label: string, look = ''): Html =>
    html`<form method="post" action="/app/webhooks/${uuid}/${path}"><button class="${look}">${label}</button></form>`
  return html`<div class="actions" id="actions" data-part>${post('test', 'Send a test', 'primary')}${isActive ? post('disable', 'Disable') : post('enable', 'Enable')}
<a class="button" href="/app/webhooks/${uuid}/edit">Edit</a>
<a class="button" href="/app/webhooks/${uuid}/rotate-secret">Rotate the secret</a>
<a class="button danger" href="/app/webhooks/${uuid}/delete">Delete</a></div>`
}

/** What is wrong and what to do next; nothing while nothing is. */
function trouble(webhook: WireWebhook, mayWrite: boolean, now: number): Html | null {
  const { uuid, is_active: isActive, disabled_reason: reason, last_error: error, next_attempt: next, pending } = webhook
  if (!isActive && reason !== 'manual' && reason !== null) {
    const why =
      reason === 'gone'
        ? 'The receiver answered 410, so it was disabled.'
        : 'It failed ten times in a row, so it was disabled.'
    return html`<div class="problem" role="alert"><p>${why} ${error}</p><p>Repair the receiver, send a test, enable the webhook, and then recover what it missed.</p></div>`
  }
  if (!isActive || error === null || pending === 0) return null
  const retry = html`<form method="post" action="/app/webhooks/${uuid}/retry"><button>Try again now</button></form>`
  return html`<div class="warning" role="status"><p>The last attempt failed: ${error}</p><p>${count(pending, 'delivery', 'deliveries')} ${pending === 1 ? 'waits' : 'wait'} in order; the next attempt is ${when(next, now, 'due')}.</p>${mayWrite && retry}</div>`
}

function facts(webhook: WireWebhook, requests: readonly WireRequest[], now: number): Html {
  const { source, format, method, timeout_seconds: timeout, has_secret: hasSecret, headers } = webhook
  return html`<dl class="facts"><dt>State</dt><dd>${webhookBadge(webhook)}${source !== null && html` ${badge(`subscription of ${SOURCE_WORDS[source]}`, 'none')}`}</dd>
<dt>Listens to</dt><dd>${audience(webhook)}</dd>
<dt>Told of</dt><dd>${wanted(webhook)}</dd>
<dt>Sent as</dt><dd>${method}, format ${format}, at most ${timeout} s</dd>
<dt>Signed</dt><dd>always; ${hasSecret ? 'with a secret of your own also as X-DNSRadar-Signature' : 'by the Standard Webhooks headers'}</dd>
${Object.keys(headers).length > 0 && html`<dt>Headers</dt><dd>${Object.keys(headers).map((name) => html`<code>${name}</code> `)}</dd>`}
<dt>Last attempt</dt><dd>${when(webhook.last_executed, now)}</dd>
${requests.length >= LEAST_FIGURES && html`<dt>Attempts</dt><dd>${sparkline(attemptsOf(requests), `Attempts of the last ${requests.length} deliveries`)} <span class="quiet">of each of the last ${requests.length}</span></dd>`}</dl>`
}

function wanted({ events, states, record_types: types, monitors }: WireWebhook): Html {
  const only = [
    ...(states.length > 0 ? [`new states ${states.join(', ')}`] : []),
    ...(types.length > 0 ? [`types ${types.join(', ')}`] : []),
    ...(monitors.length > 0 ? [count(monitors.length, 'monitor')] : []),
  ]
  return html`${events.map((kind) => html`<code>${kind}</code> `)}${only.length > 0 && html`<span class="quiet">only ${only.join('; ')}</span>`}`
}

/** Oldest first. */
function attemptsOf(requests: readonly WireRequest[]): readonly number[] {
  return requests.map(({ retries, last_attempt: last }) => (last === null ? 0 : retries + 1)).toReversed()
}

function logFilter(query: URLSearchParams): RequestQuery {
  const [status, code] = [given(query, 'status'), given(query, 'status_code')]
  return {
    ...(status === undefined ? {} : { status: status as RequestStatus }),
    ...(code === undefined ? {} : { status_code: code }),
  }
}

function logForm({ uuid }: WireWebhook, query: URLSearchParams): Html {
  const statuses = REQUEST_STATUSES.map((status) => ({ value: status, label: STATUS_WORDS[status].label }))
  return html`<form class="filters" method="get" action="/app/webhooks/${uuid}" data-submit>
${select({ name: 'status', label: 'Status', value: given(query, 'status') ?? '', options: [{ value: '', label: 'any' }, ...statuses] })}
${input({ name: 'status_code', label: 'Answer', value: given(query, 'status_code') ?? '', placeholder: '404 or 5xx' })}<button>Filter</button></form>`
}

function log(page: WirePage<WireRequest>, asked: Asked): Html {
  const { query, now } = asked
  const table = html`<div class="table"><table class="cards list"><caption class="visually-hidden">Deliveries, latest first</caption>
<thead><tr><th scope="col">Since</th><th scope="col">What</th><th scope="col">Status</th><th scope="col">Answer</th><th scope="col" class="number">Retries</th><th scope="col">Next try</th></tr></thead>
<tbody>${page.data.map((request) => requestRow(request, now))}</tbody></table></div>`
  return html`<div id="deliveries" data-part>${page.data.length === 0 ? nothingSent(query) : table}${pager(page, pathOf(asked), query)}</div>`
}

function nothingSent(query: URLSearchParams): Html {
  if (Object.keys(logFilter(query)).length > 0) return nothingYet('No such delivery', 'Nothing fits this filter.')
  return nothingYet('Nothing was sent yet', 'Deliveries stand here with all their attempts. Send a test to see one.')
}

function recoverForm({ uuid, is_active: isActive }: WireWebhook, now: number): Html {
  const form = html`<form class="filters" method="post" action="/app/webhooks/${uuid}/recover">
${input({ name: 'since', label: 'Since (UTC)', type: 'datetime-local', value: typedTime(now - 24 * HOUR_MS), required: true })}<button>Send again what failed or was missed</button></form>`
  return html`<section aria-labelledby="recovery"><h2 id="recovery">Recover</h2>
<p class="quiet">After an outage of the receiver: everything that failed since then, and every event while the webhook was disabled, goes out in order.</p>
${isActive ? form : html`<p>Enable the webhook first.</p>`}</section>`
}

async function sendTest(asked: Asked): Promise<Outcome> {
  const sent = await attempt(() => asked.api.testWebhook(idOf(asked)))
  return sent.ok
    ? goTo(pathOf(asked), 'A test is on its way: it stands first in the log.')
    : showWebhook(asked, sent.problem)
}

function toggle(asked: Asked, isActive: boolean): Promise<Outcome> {
  const { api } = asked
  return done(
    asked,
    attempt(() => (isActive ? api.enableWebhook(idOf(asked)) : api.disableWebhook(idOf(asked)))),
    () =>
      isActive
        ? 'The webhook is enabled.'
        : 'The webhook is disabled: what waited counts as failed and can be recovered.',
  )
}

function retryNow(asked: Asked): Promise<Outcome> {
  return done(
    asked,
    attempt(() => asked.api.retryWebhook(idOf(asked))),
    () => 'The next delivery goes out now.',
  )
}

function recover(asked: Asked): Promise<Outcome> {
  const since = utcSeconds(asked.form.text('since')) ?? -1
  return done(
    asked,
    attempt(() => asked.api.recoverWebhook(idOf(asked), { since })),
    ({ queued }) =>
      queued === 0
        ? 'There was nothing to send again.'
        : `${count(queued, 'delivery', 'deliveries')} will be sent again, in order.`,
  )
}

/** Back to the webhook, with what was done or what was refused. */
async function done<T>(asked: Asked, trying: Promise<Attempt<T>>, say: (value: T) => string): Promise<Outcome> {
  const tried = await trying
  return tried.ok ? goTo(pathOf(asked), say(tried.value)) : showWebhook(asked, tried.problem)
}
