/** API keys: who may ask for what. A new one is shown once. */
import { type Scope, SCOPES, type WireKey } from '@dnsradar/client'
import { notFound } from '@dnsradar/core'
import { createForm, type Form } from '../form.ts'
import { attributes, type Html, html } from '../html.ts'
import { type Asked, attempt, goTo, type Outcome, type PageRow, show, type Shown } from '../page.ts'
import { cursorIn } from '../parts/cursor.ts'
import { type Complaint, complaint, input, messageOf } from '../parts/forms.ts'
import { pager } from '../parts/lists.ts'
import { badge } from '../parts/states.ts'
import { utcTime } from '../parts/times.ts'
import { exact, when } from '../parts/words.ts'

export const keyPages: readonly PageRow[] = [
  { method: 'GET', path: '/keys', needs: 'admin', handler: listKeys },
  { method: 'GET', path: '/keys/new', needs: 'admin', handler: () => newKey(createForm({}), null) },
  { method: 'POST', path: '/keys/new', needs: 'admin', handler: createKey },
  { method: 'GET', path: '/keys/:id/revoke', needs: 'admin', handler: confirmRevoke },
  { method: 'POST', path: '/keys/:id/revoke', needs: 'admin', handler: revoke },
]

/** **The table** of what each scope allows. */
const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: 'see monitors, events and webhooks',
  write: 'read, and change monitors, groups and webhooks',
  admin: 'write, and manage keys, the organization and the audit',
}
const LABELS = { name: 'Name', scopes: 'May', expires: 'Good until' }
const PAGE = 50

async function listKeys({ api, query, account, now }: Asked): Promise<Shown> {
  const page = await api.listKeys({ limit: PAGE, ...cursorIn(query) })
  const row = (
    key: WireKey,
  ): Html => html`<tr><th scope="row">${key.name}${key.uuid === account.key.id && html` ${badge('this session', 'none')}`}</th>
<td data-label="May">${highest(key.scopes)}</td>
<td data-label="Last used">${when(key.last_used, now)}</td>
<td data-label="Good until">${key.expires === null ? html`<span class="quiet">for good</span>` : expiry(key.expires, now)}</td>
<td data-label="Made">${when(key.created, now)}</td>
<td><a href="/app/keys/${key.uuid}/revoke">Revoke<span class="visually-hidden"> ${key.name}</span></a></td></tr>`
  const body = html`<div class="head"><h1>Keys</h1><a class="button primary" href="/app/keys/new">New key</a></div>
<p class="quiet">Programs and people sign in with a key. Give each its own, so that it can be revoked alone.</p>
<div class="table"><table class="cards list"><caption class="visually-hidden">API keys</caption>
<thead><tr><th scope="col">Name</th><th scope="col">May</th><th scope="col">Last used</th><th scope="col">Good until</th><th scope="col">Made</th><th scope="col"><span class="visually-hidden">Actions</span></th></tr></thead>
<tbody>${page.data.map(row)}</tbody></table></div>${pager(page, '/app/keys', query)}`
  return show('Keys', body)
}

function highest(scopes: readonly Scope[]): string {
  return SCOPES.findLast((scope) => scopes.includes(scope)) ?? 'nothing'
}

function expiry(expires: string, now: number): Html {
  return Date.parse(expires) <= now ? badge('expired', 'bad') : when(expires, now)
}

function newKey(typed: Form, problem: Complaint): Shown {
  const chosen = typed.text('scope') || 'write'
  const choice = (scope: Scope): Html =>
    html`<div class="check"><label><input ${attributes({ type: 'radio', name: 'scope', value: scope, checked: scope === chosen })}> <span><strong>${scope}</strong>: ${SCOPE_WORDS[scope]}</span></label></div>`
  const wrong = messageOf(problem, 'scopes')
  const body = html`<p class="crumbs"><a href="/app/keys">Keys</a></p><h1>New key</h1>
${complaint(problem, LABELS)}
<form class="narrow" method="post" action="/app/keys/new">
${input({ name: 'name', label: LABELS.name, value: typed.text('name'), required: true, placeholder: 'n8n', hint: 'Who uses it.', problem })}
<fieldset id="scopes"><legend>${LABELS.scopes}</legend>${SCOPES.map(choice)}${wrong !== null && html`<p class="error">${wrong}</p>`}</fieldset>
${input({ name: 'expires', label: `${LABELS.expires} (UTC)`, type: 'datetime-local', value: typed.text('expires'), hint: 'Left empty: until it is revoked.', problem })}
<p class="actions"><button class="primary">Make the key</button> <a href="/app/keys">Cancel</a></p></form>`
  return show('New key', body, { status: problem?.status ?? 200 })
}

/** The page that shows the key answers the form itself: an address that could be opened again would show it twice. */
async function createKey({ api, form }: Asked): Promise<Outcome> {
  const expires = utcTime(form.text('expires'))
  const wish = { name: form.text('name'), scopes: [form.text('scope') as Scope], expires: expires || null }
  const made = await attempt(() => api.createKey(wish))
  if (!made.ok) return newKey(form, made.problem)
  const { key, name, expires: until } = made.value
  const body = html`<p class="crumbs"><a href="/app/keys">Keys</a></p><h1>The key ${name}</h1>
<p class="warning">Copy it now: it is not shown again.</p>
<div class="snippet"><pre class="line" id="new-key" tabindex="0">${key}</pre><button type="button" data-copy="new-key" hidden>Copy</button></div>
<p class="quiet">${until === null ? 'Good until it is revoked.' : `Good until ${exact(until)}.`}</p><p><a href="/app/keys">Done</a></p>`
  return show(`The key ${name}`, body)
}

async function confirmRevoke({ api, params, account }: Asked): Promise<Shown> {
  const id = params['id'] ?? ''
  let name: string | null = null
  for await (const key of api.each('listKeys', { limit: 100 })) if (key.uuid === id) name = key.name
  if (name === null) throw notFound('API key', id)
  const body = html`<p class="crumbs"><a href="/app/keys">Keys</a></p><h1>Revoke ${name}?</h1>
<p>Whoever uses it is refused from then on. This cannot be undone.</p>
${id === account.key.id && html`<p class="warning">You are signed in with this key: revoking it signs you out.</p>`}
<form method="post" action="/app/keys/${id}/revoke"><p class="actions"><button class="danger">Revoke the key</button> <a href="/app/keys">Keep it</a></p></form>`
  return show(`Revoke ${name}`, body)
}

async function revoke({ api, params }: Asked): Promise<Outcome> {
  await api.deleteKey(params['id'] ?? '')
  return goTo('/app/keys', 'The key was revoked.')
}
