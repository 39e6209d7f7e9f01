/** Groups: what there is, a new one, and one with all that belongs to it. */
import type { WireGroup, WireMonitor, WireSummary } from '@dnsradar/client'
import { createForm, type Form } from '../form.ts'
import { type Html, html } from '../html.ts'
import { type Asked, attempt, goTo, type Outcome, type PageRow, show, type Shown } from '../page.ts'
import { cursorIn } from '../parts/cursor.ts'
import { checkbox, type Complaint, complaint, input } from '../parts/forms.ts'
import { nothingYet, pager } from '../parts/lists.ts'
import { nameOf } from '../parts/monitors.ts'
import { badge, STATE_WORDS, stateBadge } from '../parts/states.ts'
import { count, sentence, when } from '../parts/words.ts'

export const groupPages: readonly PageRow[] = [
  { method: 'GET', path: '/groups', handler: listGroups },
  { method: 'GET', path: '/groups/new', needs: 'write', handler: () => newGroup(createForm({}), null) },
  { method: 'POST', path: '/groups/new', needs: 'write', handler: createGroup },
  { method: 'GET', path: '/groups/:group', handler: (asked) => showGroup(asked, null) },
  { method: 'POST', path: '/groups/:group', needs: 'write', handler: editGroup },
  { method: 'POST', path: '/groups/:group/public', needs: 'write', handler: publish },
  { method: 'POST', path: '/groups/:group/monitors', needs: 'write', handler: toggleMonitors },
  { method: 'GET', path: '/groups/:group/delete', needs: 'write', handler: (asked) => confirmDelete(asked, null) },
  { method: 'POST', path: '/groups/:group/delete', needs: 'write', handler: deleteGroup },
]

const LABELS = { slug: 'Slug', name: 'Name', is_public: 'Public' }
const PAGE = 50
const SHOWN_MONITORS = 50

export function groupPath(group: Pick<WireGroup, 'slug'> | string): string {
  return `/app/groups/${encodeURIComponent(typeof group === 'string' ? group : group.slug)}`
}

async function listGroups({ api, query, can }: Asked): Promise<Shown> {
  const page = await api.listGroups({ limit: PAGE, ...cursorIn(query) })
  const body = html`<div class="head"><h1>Groups</h1>${can('write') && html`<a class="button primary" href="/app/groups/new">New group</a>`}</div>
<p class="quiet">Webhooks listen to groups, and a group can have a public badge and status page.</p>
<div class="table"><table class="cards list"><caption class="visually-hidden">Groups</caption>
<thead><tr><th scope="col">Group</th><th scope="col">Slug</th><th scope="col" class="number">Monitors</th><th scope="col" class="number">Webhooks</th><th scope="col">Shown to</th></tr></thead>
<tbody>${page.data.map(groupRow)}</tbody></table></div>
${pager(page, '/app/groups', query)}`
  return show('Groups', body)
}

function groupRow(group: WireGroup): Html {
  const { name, slug, monitors, webhooks, kind, is_default: isDefault, is_public: isPublic } = group
  return html`<tr><th scope="row"><a href="${groupPath(group)}">${name}</a>${isDefault && html` ${badge('default', 'none')}`}${kind === 'entri' && html` ${badge('Entri', 'none')}`}</th>
<td data-label="Slug"><code>${slug}</code></td>
<td data-label="Monitors" class="number">${monitors}</td>
<td data-label="Webhooks" class="number">${webhooks}</td>
<td data-label="Shown to">${isPublic ? badge('everybody', 'good') : html`<span class="quiet">this organization</span>`}</td></tr>`
}

function newGroup(typed: Form, problem: Complaint): Shown {
  const body = html`<p class="crumbs"><a href="/app/groups">Groups</a></p><h1>New group</h1>
${complaint(problem, LABELS)}
<form class="narrow" method="post" action="/app/groups/new">
${input({ name: 'slug', label: LABELS.slug, value: typed.text('slug'), required: true, hint: 'Stands in addresses: small letters, digits, _ and -.', problem })}
${input({ name: 'name', label: LABELS.name, value: typed.text('name'), hint: 'What people read; the slug when left empty.', problem })}
${checkbox({ name: 'is_public', label: 'Public: anybody may see a badge and a status page', checked: typed.isOn('is_public'), problem })}
<p class="actions"><button class="primary">Make the group</button> <a href="/app/groups">Cancel</a></p></form>`
  return show('New group', body, { status: problem?.status ?? 200 })
}

async function createGroup({ api, form }: Asked): Promise<Outcome> {
  const name = form.optional('name')
  const wish = { slug: form.text('slug'), is_public: form.isOn('is_public'), ...(name === undefined ? {} : { name }) }
  const made = await attempt(() => api.createGroup(wish))
  if (!made.ok) return newGroup(form, made.problem)
  return goTo(groupPath(made.value), `The group ${made.value.name} was made.`)
}

async function showGroup(asked: Asked, problem: Complaint): Promise<Shown> {
  const { api, params, can, now } = asked
  const group = await api.getGroup(params['group'] ?? '')
  const [summary, monitors, webhooks] = await Promise.all([
    api.summary({ group: group.slug }),
    api.listGroupMonitors(group.uuid, { limit: SHOWN_MONITORS }),
    api.listWebhooks({ group: group.slug, limit: PAGE }),
  ])
  const body = html`<p class="crumbs"><a href="/app/groups">Groups</a></p>
<div class="head"><h1>${group.name}</h1>${can('write') && actions(group, summary)}</div>
${complaint(problem, LABELS)}
<div id="group" data-part>${counts(group, summary)}${monitorList(group, monitors.data, now)}</div>
<section aria-labelledby="webhooks"><h2 id="webhooks">Webhooks of this group</h2>${
    webhooks.data.length === 0
      ? html`<p class="quiet">No webhook is told when something changes here. ${can('write') && html`<a href="/app/webhooks/new?group=${encodeURIComponent(group.slug)}">Add a webhook</a>`}</p>`
      : html`<ul class="rows">${webhooks.data.map(({ uuid, url, all_groups }) => html`<li><a href="/app/webhooks/${uuid}">${url}</a>${all_groups && html` <span class="quiet">all groups</span>`}</li>`)}</ul>`
  }</section>
${publicSection(asked, group)}
${can('write') && settings(group, problem, asked.form)}`
  return show(group.name, body, { live: { types: 'monitor' }, status: problem?.status ?? 200 })
}

function actions(group: WireGroup, { total, inactive }: WireSummary): Html {
  const toggle = (isActive: boolean, label: string): Html =>
    html`<form method="post" action="${groupPath(group)}/monitors"><button name="is_active" value="${String(isActive)}">${label}</button></form>`
  return html`<div class="actions" id="actions" data-part><a class="button primary" href="/app/monitors/new?group=${encodeURIComponent(group.slug)}">Watch a record</a>
${total > inactive && toggle(false, 'Disable all')}${inactive > 0 && toggle(true, 'Enable all')}</div>`
}

function counts(group: WireGroup, { states, inactive }: WireSummary): Html {
  const entries = Object.entries(STATE_WORDS).map(([state, { label, tone }]) => ({
    state,
    label,
    tone,
    all: states[state as keyof typeof states],
  }))
  const list = (state: string): string => `/app/monitors?group=${encodeURIComponent(group.slug)}&state=${state}`
  return html`<ul class="counts">${entries
    .filter(({ all, state }) => all > 0 || state === 'VALID')
    .map(
      ({ state, label, tone, all }) =>
        html`<li><a class="count ${all > 0 ? tone : 'none'}" href="${list(state)}"><strong>${all}</strong> <span>${label}</span></a></li>`,
    )}
${inactive > 0 && html`<li><a class="count" href="/app/monitors?group=${encodeURIComponent(group.slug)}&is_active=false"><strong>${inactive}</strong> <span>Disabled</span></a></li>`}</ul>`
}

function monitorList(group: WireGroup, monitors: readonly WireMonitor[], now: number): Html {
  if (monitors.length === 0) {
    return nothingYet(
      'No monitors in this group',
      html`Name the group when you watch a record. <a class="button" href="/app/monitors/new?group=${encodeURIComponent(group.slug)}">Watch a record</a>`,
    )
  }
  const row = (
    monitor: WireMonitor,
  ): Html => html`<li>${monitor.is_active ? stateBadge(monitor.state) : badge('Disabled', 'none')}
<a href="/app/monitors/${monitor.uuid}">${nameOf(monitor)}</a> <span class="type">${monitor.record_type}</span>
<span class="reason">${monitor.reasons[0] !== undefined && sentence(monitor.reasons[0].message)}</span> <span class="quiet">checked ${when(monitor.last_checked, now)}</span></li>`
  const more = group.monitors - monitors.length
  return html`<section aria-labelledby="monitors"><h2 id="monitors">Monitors</h2><ul class="rows">${monitors.map(row)}</ul>
${more > 0 && html`<p><a href="/app/monitors?group=${encodeURIComponent(group.slug)}">${count(more, 'more monitor')}</a></p>`}</section>`
}

/** By id, which stays when the slug changes, and is good for every organization. */
function publicSection({ origin, can }: Asked, { uuid, name, is_public: isPublic }: WireGroup): Html {
  const [svg, page] = [`/badge/${uuid}.svg`, `/status/${uuid}`]
  const label = name.replaceAll(/[[\]\\]/g, '\\$&').replaceAll(/\s+/g, ' ')
  const markdown = `[![${label}](${origin}${svg})](${origin}${page})`
  const shown = html`<p><img src="${svg}" alt="The badge of this group as it is now" height="20"></p>
<p>Anybody who has the address sees names, types and states of these records, and nothing else: <a href="${page}">status page</a>.</p>
<h3>Badge for a README</h3>
<div class="snippet"><pre class="line" id="badge-markdown" tabindex="0">${markdown}</pre><button type="button" data-copy="badge-markdown" hidden>Copy</button></div>
<p class="hint">Another label: add <code>?label=DNS</code>. For shields.io: <code>${origin}/badge/${uuid}.json</code></p>`
  const hidden = html`<p class="quiet">Only this organization sees the group. Made public, it gets a badge and a status page with names, types and states of its records.</p>`
  const change = html`<form method="post" action="${groupPath(uuid)}/public"><button name="is_public" value="${String(!isPublic)}">${isPublic ? 'Make it private' : 'Make it public'}</button></form>`
  return html`<section class="sheet" aria-labelledby="public"><h2 id="public">Badge and status page</h2>${isPublic ? shown : hidden}${can('write') && change}</section>`
}

function settings(group: WireGroup, problem: Complaint, typed: Form): Html {
  if (group.kind === 'entri') {
    return html`<p class="quiet">This group belongs to an Entri application, so it is changed and deleted through that dialect.</p>`
  }
  const valueOf = (name: 'slug' | 'name'): string => (typed.has(name) ? typed.text(name) : group[name])
  return html`<section aria-labelledby="settings"><h2 id="settings">Rename</h2><form class="narrow" method="post" action="${groupPath(group)}">
${input({ name: 'name', label: LABELS.name, value: valueOf('name'), required: true, problem })}
${input({ name: 'slug', label: LABELS.slug, value: valueOf('slug'), required: true, hint: 'Programs that name the group by its slug have to follow.', problem })}
<p class="actions"><button>Save</button>${!group.is_default && html` <a class="button danger" href="${groupPath(group)}/delete">Delete the group</a>`}</p></form></section>`
}

async function editGroup(asked: Asked): Promise<Outcome> {
  const { api, form, params } = asked
  const edited = await attempt(() =>
    api.updateGroup(params['group'] ?? '', { slug: form.text('slug'), name: form.text('name') }),
  )
  return edited.ok ? goTo(groupPath(edited.value), 'Saved.') : showGroup(asked, edited.problem)
}

async function publish(asked: Asked): Promise<Outcome> {
  const { api, form, params } = asked
  const isPublic = form.text('is_public') === 'true'
  const edited = await attempt(() => api.updateGroup(params['group'] ?? '', { is_public: isPublic }))
  if (!edited.ok) return showGroup(asked, edited.problem)
  return goTo(
    groupPath(edited.value),
    isPublic ? 'Anybody may see this group now.' : 'Only this organization sees this group now.',
  )
}

async function toggleMonitors(asked: Asked): Promise<Outcome> {
  const { api, form, params } = asked
  const group = params['group'] ?? ''
  const isActive = form.text('is_active') === 'true'
  const edited = await attempt(() => api.updateGroupMonitors(group, { is_active: isActive }))
  if (!edited.ok) return showGroup(asked, edited.problem)
  return goTo(groupPath(group), isActive ? 'All monitors are enabled.' : 'All monitors are disabled.')
}

async function confirmDelete({ api, params }: Asked, problem: Complaint): Promise<Shown> {
  const group = await api.getGroup(params['group'] ?? '')
  const body = html`<p class="crumbs"><a href="${groupPath(group)}">${group.name}</a></p><h1>Delete ${group.name}?</h1>
${complaint(problem)}
<p>${
    group.monitors > 0
      ? `It has ${count(group.monitors, 'monitor')}: only a group without monitors can be deleted. Move them to another group or delete them first.`
      : 'Webhooks that listen to it lose it; they are not deleted.'
  }</p>
<form method="post" action="${groupPath(group)}/delete"><p class="actions">${group.monitors === 0 && html`<button class="danger">Delete the group</button>`} <a href="${groupPath(group)}">Keep it</a></p></form>`
  return show(`Delete ${group.name}`, body, { status: problem?.status ?? 200 })
}

async function deleteGroup(asked: Asked): Promise<Outcome> {
  const deleted = await attempt(() => asked.api.deleteGroup(asked.params['group'] ?? ''))
  return deleted.ok ? goTo('/app/groups', 'The group was deleted.') : confirmDelete(asked, deleted.problem)
}
