/** Webhooks: what there is, and a new one. */
import {
  WEBHOOK_SOURCES,
  type WebhookQuery,
  type WebhookSource,
  type WirePage,
  type WireWebhook,
} from '@dnsradar/client'
import { type Html, html } from '../html.ts'
import { type Asked, attempt, given, type Outcome, type PageRow, show, type Shown } from '../page.ts'
import { cursorIn } from '../parts/cursor.ts'
import { webhookBadge } from '../parts/deliveries.ts'
import { type Complaint, complaint, input, select } from '../parts/forms.ts'
import { nothingYet, pager } from '../parts/lists.ts'
import { setupGuides } from '../parts/snippets.ts'
import { badge } from '../parts/states.ts'
import {
  EMPTY_WEBHOOK,
  newWebhookOf,
  type TypedWebhook,
  typedIn,
  WEBHOOK_LABELS,
  webhookFields,
} from '../parts/webhook-form.ts'
import { when } from '../parts/words.ts'

export const webhookPages: readonly PageRow[] = [
  { method: 'GET', path: '/webhooks', handler: listWebhooks },
  { method: 'GET', path: '/webhooks/new', needs: 'write', handler: fresh },
  { method: 'POST', path: '/webhooks/new', needs: 'write', handler: create },
]

const PAGE = 50
const FILTER_LABELS = { url: 'Address', group: 'Group', source: 'Made by', is_active: 'State' } as const

export const SOURCE_WORDS: Readonly<Record<WebhookSource, string>> = { n8n: 'n8n', zapier: 'Zapier', entri: 'Entri' }

async function listWebhooks(asked: Asked): Promise<Shown> {
  const { api, query, can } = asked
  const filter = filterIn(query)
  const found = await attempt(() => api.listWebhooks({ limit: PAGE, ...cursorIn(query), ...filter }))
  const body = html`<div class="head"><h1>Webhooks</h1>${can('write') && html`<a class="button primary" href="/app/webhooks/new">New webhook</a>`}</div>
${filterForm(query)}
${found.ok ? results(asked, found.value, Object.keys(filter).length > 0) : complaint(found.problem, FILTER_LABELS)}
${setupGuides(asked.origin)}`
  return show('Webhooks', body, { live: { types: 'request' }, status: found.ok ? 200 : found.problem.status })
}

function results(asked: Asked, page: WirePage<WireWebhook>, isFiltered: boolean): Html {
  const { query, now } = asked
  return html`<div id="webhooks" data-part>${page.data.length > 0 ? table(page.data, now) : nothingHere(asked, isFiltered)}${pager(page, '/app/webhooks', query)}</div>`
}

function filterIn(query: URLSearchParams): WebhookQuery {
  const [url, group, source, active] = ['url', 'group', 'source', 'is_active'].map((name) => given(query, name))
  return {
    ...(url === undefined ? {} : { url }),
    ...(group === undefined ? {} : { group }),
    ...(source === undefined ? {} : { source: source as WebhookSource }),
    ...(active === undefined ? {} : { is_active: active === 'true' }),
  }
}

function filterForm(query: URLSearchParams): Html {
  const at = (name: string) => ({ name, value: given(query, name) ?? '' })
  const sources = WEBHOOK_SOURCES.map((source) => ({ value: source, label: SOURCE_WORDS[source] }))
  return html`<form class="filters" method="get" action="/app/webhooks" data-submit>
${input({ ...at('url'), label: 'Address', type: 'search', placeholder: 'the whole address' })}
${input({ ...at('group'), label: 'Group' })}
${select({ ...at('source'), label: 'Made by', options: [{ value: '', label: 'anybody' }, ...sources] })}
${select({
  ...at('is_active'),
  label: 'State',
  options: [
    { value: '', label: 'any' },
    { value: 'true', label: 'active' },
    { value: 'false', label: 'disabled' },
  ],
})}
<button>Filter</button></form>`
}

function table(webhooks: readonly WireWebhook[], now: number): Html {
  return html`<div class="table"><table class="cards list"><caption class="visually-hidden">Webhooks</caption>
<thead><tr><th scope="col">Address</th><th scope="col">State</th><th scope="col">Listens to</th><th scope="col" class="number">Waiting</th><th scope="col">Last attempt</th></tr></thead>
<tbody>${webhooks.map((webhook) => row(webhook, now))}</tbody></table></div>`
}

function row(webhook: WireWebhook, now: number): Html {
  const { uuid, url, source, format, pending, last_executed: last } = webhook
  const marks = [...(source === null ? [] : [SOURCE_WORDS[source]]), ...(format === 'dnsradar' ? [] : [format])]
  return html`<tr><th scope="row"><a href="/app/webhooks/${uuid}">${url}</a> ${marks.map((mark) => badge(mark, 'none'))}</th>
<td data-label="State">${webhookBadge(webhook)}</td>
<td data-label="Listens to">${audience(webhook)}</td>
<td data-label="Waiting" class="number">${pending}</td>
<td data-label="Last attempt">${when(last, now)}</td></tr>`
}

export function audience({ all_groups: isAll, groups }: Pick<WireWebhook, 'all_groups' | 'groups'>): string {
  if (isAll) return 'all groups'
  return groups.length === 0 ? 'no group' : groups.join(', ')
}

function nothingHere({ can }: Asked, isFiltered: boolean): Html {
  if (isFiltered)
    return nothingYet('No such webhook', html`Nothing fits this filter. <a href="/app/webhooks">Show all</a>`)
  if (!can('write')) return nothingYet('No webhooks yet', 'Sign in with a key of scope write to add one.')
  return nothingYet(
    'No webhooks yet',
    html`A webhook tells a program or a chat when a record breaks or recovers. <a class="button primary" href="/app/webhooks/new">New webhook</a>`,
  )
}

/** A link may bring a group along. */
function fresh({ query }: Asked): Shown {
  return newWebhook({ ...EMPTY_WEBHOOK, groups: given(query, 'group') ?? '' }, null)
}

function newWebhook(typed: TypedWebhook, problem: Complaint): Shown {
  const body = html`<p class="crumbs"><a href="/app/webhooks">Webhooks</a></p><h1>New webhook</h1>
${complaint(problem, WEBHOOK_LABELS)}
<form class="medium" method="post" action="/app/webhooks/new">${webhookFields(typed, problem, false)}
<p class="actions"><button class="primary">Add the webhook</button> <a href="/app/webhooks">Cancel</a></p></form>`
  return show('New webhook', body, { status: problem?.status ?? 200 })
}

async function create({ api, form }: Asked): Promise<Outcome> {
  const typed = typedIn(form)
  const made = await attempt(() => api.createWebhook(newWebhookOf(typed)))
  if (!made.ok) return newWebhook(typed, made.problem)
  const { uuid, url, signing_secret: secret } = made.value
  return secretPage('The webhook was added', { uuid, url, secret })
}

/** Answers the form itself: an address that could be opened again would show the secret twice. */
export function secretPage(
  title: string,
  { uuid, url, secret }: { readonly uuid: string; readonly url: string; readonly secret: string },
): Shown {
  const body = html`<p class="crumbs"><a href="/app/webhooks/${uuid}">${url}</a></p><h1>${title}</h1>
<p>Deliveries are signed with this secret, so that the receiver can tell them from anybody else's.</p>
<p class="warning">Copy it now: it is not shown again. A new one can be made at any time.</p>
<div class="snippet"><pre class="line" id="new-secret" tabindex="0">${secret}</pre><button type="button" data-copy="new-secret" hidden>Copy</button></div>
<p><a class="button" href="/app/webhooks/${uuid}">Go on to the webhook</a></p>`
  return show(title, body)
}
