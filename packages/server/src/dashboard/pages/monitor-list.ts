/** All monitors: filters, search, pages, and what can be done with several at once. */
import {
  type MonitorQuery,
  RECORD_TYPES,
  type RecordType,
  type State,
  type WireMonitor,
  type WirePage,
} from '@dnsradar/client'
import { attributes, type Html, html } from '../html.ts'
import { type Asked, attempt, given, type PageRow, show, type Shown, withQuery } from '../page.ts'
import { complaint, input, type Option, select } from '../parts/forms.ts'
import { nothingYet, pager } from '../parts/lists.ts'
import { nameOf } from '../parts/monitors.ts'
import { badge, STATE_WORDS, stateBadge } from '../parts/states.ts'
import { sentence, values, when } from '../parts/words.ts'

export const monitorListPages: readonly PageRow[] = [{ method: 'GET', path: '/monitors', handler: list }]

const PER_PAGE = 50
const PATH = '/app/monitors'

const LABELS = { q: 'Search', state: 'State', record_type: 'Type', group: 'Group', is_active: 'Active' } as const

async function list(asked: Asked): Promise<Shown> {
  const { api, query, can } = asked
  const found = await attempt(() => api.listMonitors(filterIn(query)))
  const body = html`<div class="head"><h1>Monitors</h1>${can('write') && html`<a class="button primary" href="${PATH}/new">Watch a record</a>`}</div>
${filters(query)}
${found.ok ? html`<div id="monitors" data-part>${results(asked, found.value)}</div>` : complaint(found.problem, LABELS)}`
  return show('Monitors', body, {
    status: found.ok ? 200 : found.problem.status,
    ...(found.ok ? { live: { types: 'event,monitor', soon: isAwaited(found.value.data) } } : {}),
  })
}

/** The newest first. What was typed goes to the API as it is, which says what it does not accept. */
function filterIn(query: URLSearchParams): MonitorQuery {
  const text = (name: string) => given(query, name)
  const filter = {
    q: text('q'),
    state: text('state') as State | undefined,
    record_type: text('record_type') as RecordType | undefined,
    group: text('group'),
    is_active: text('is_active'),
    registrable_domain: text('domain'),
    after: text('after'),
    before: text('before'),
  }
  const set = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
  return { ...set, limit: PER_PAGE, order_way: 'desc' }
}

function isAwaited(monitors: readonly WireMonitor[]): boolean {
  return monitors.some(({ state, is_active: isActive }) => isActive && state === 'UNSET')
}

function filters(query: URLSearchParams): Html {
  const at = (name: string, label: string) => ({ name, label, value: query.get(name) ?? '' })
  const any: Option = { value: '', label: 'any' }
  return html`<form class="filters" method="get" action="${PATH}" role="search">
<div class="field wide"><label for="q">Search</label><input ${attributes({ id: 'q', name: 'q', type: 'search', value: query.get('q') ?? '', placeholder: 'part of a name or external id' })}></div>
${select({ ...at('state', 'State'), options: [any, ...Object.entries(STATE_WORDS).map(([value, { label }]) => ({ value, label }))] })}
${select({ ...at('record_type', 'Type'), options: [any, ...RECORD_TYPES.map((value) => ({ value, label: value }))] })}
${input({ ...at('group', 'Group'), placeholder: 'any' })}
${select({ ...at('is_active', 'Active'), options: [any, { value: 'true', label: 'enabled' }, { value: 'false', label: 'disabled' }] })}
<button>Filter</button>
</form>`
}

const FILTERS = ['q', 'state', 'record_type', 'group', 'is_active', 'domain']

function results(asked: Asked, page: WirePage<WireMonitor>): Html {
  const { query, can, address, now } = asked
  if (page.data.length === 0) return nothingFound(asked)
  const table = html`<div class="table"><table class="cards list">
<caption class="visually-hidden">Monitors, the newest first</caption>
<thead><tr>${can('write') && html`<th scope="col"><input type="checkbox" data-all="id" aria-label="All on this page"></th>`}
<th scope="col">State</th><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Now</th><th scope="col">Group</th><th scope="col">Checked</th></tr></thead>
<tbody>${page.data.map((monitor) => row(monitor, can('write'), now))}</tbody></table></div>`
  if (!can('write')) return html`${table}${pager(page, PATH, query)}`
  return html`<form method="post" action="${PATH}/bulk">
<input type="hidden" name="back" value="${withQuery(PATH, new URLSearchParams(address.split('?')[1] ?? ''), {})}">
${bulkActions()}${table}</form>${pager(page, PATH, query)}`
}

function row(monitor: WireMonitor, mayWrite: boolean, now: number): Html {
  const name = nameOf(monitor)
  return html`<tr>${mayWrite && html`<td><input ${attributes({ type: 'checkbox', name: 'id', value: monitor.uuid, 'aria-label': `${name} ${monitor.record_type}` })}></td>`}
<td>${stateBadge(monitor.state)}${!monitor.is_active && html` ${badge('Disabled', 'none')}`}</td>
<th scope="row"><a href="${PATH}/${monitor.uuid}">${name}</a>${monitor.state !== 'VALID' && monitor.reasons[0] !== undefined && html`<p class="hint">${sentence(monitor.reasons[0].message)}</p>`}</th>
<td data-label="Type"><span class="type">${monitor.record_type}</span></td>
<td class="now">${shortValues(monitor.current_value)}</td>
<td data-label="Group"><a href="${PATH}?group=${monitor.group}">${monitor.group}</a></td>
<td data-label="Checked">${when(monitor.last_checked, now)}</td></tr>`
}

const SHOWN_VALUES = 2
const SHOWN_LENGTH = 60

/** A list is read across many rows: the page of a monitor has all of it. */
function shortValues(current: readonly string[] | null): Html {
  const shown = (current ?? [])
    .slice(0, SHOWN_VALUES)
    .map((value) => (value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value))
  const more = (current?.length ?? 0) - shown.length
  return html`${values(shown, '–')}${more > 0 && html`<span class="quiet">and ${more} more</span>`}`
}

/** What is done with those that are ticked. */
function bulkActions(): Html {
  return html`<fieldset class="bulk"><legend class="visually-hidden">With the ticked monitors</legend>
<p class="actions"><span class="quiet">With ticked:</span>
<button name="do" value="check">Check now</button>
<button name="do" value="enable">Enable</button>
<button name="do" value="disable">Disable</button>
<label for="to-group" class="visually-hidden">Group to move to</label><input ${attributes({ id: 'to-group', name: 'to', placeholder: 'group', class: 'short' })}>
<button name="do" value="move">Move</button>
<button class="danger" name="do" value="delete">Delete…</button></p></fieldset>`
}

function nothingFound({ query, can }: Asked): Html {
  if (FILTERS.some((name) => given(query, name) !== undefined)) {
    return nothingYet('No monitor is like that', html`<a href="${PATH}">Show all monitors</a>, or ask for less.`)
  }
  if (query.has('after') || query.has('before'))
    return nothingYet('There is nothing further', html`<a href="${PATH}">Back to the first page</a>`)
  return nothingYet(
    'Nothing is watched yet',
    can('write')
      ? html`Begin with the record that would hurt most if it were wrong. <a class="button primary" href="${PATH}/new">Watch a record</a>`
      : 'This key may only read. Sign in with a key of scope write to add a monitor.',
  )
}
