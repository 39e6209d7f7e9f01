/** What happened besides records: system events, writes (the audit), and the processes alive. */
import type { WireAuditEntry, WireNode, WireSystemEvent } from '@dnsradar/client'
import { type Content, type Html, html } from '../html.ts'
import { type Asked, given, type PageRow, show, type Shown } from '../page.ts'
import { cursorIn } from '../parts/cursor.ts'
import { input, select } from '../parts/forms.ts'
import { nothingYet, pager } from '../parts/lists.ts'
import { badge, type Tone } from '../parts/states.ts'
import { utcSeconds } from '../parts/times.ts'
import { duration, when } from '../parts/words.ts'

export const historyPages: readonly PageRow[] = [
  { method: 'GET', path: '/system-events', handler: listSystemEvents },
  { method: 'GET', path: '/audit', needs: 'admin', handler: listAudit },
  { method: 'GET', path: '/nodes', needs: 'admin', handler: listNodes },
]

const PAGE = 50

const KINDS = [
  { value: '', label: 'everything' },
  { value: 'resolver.*', label: 'resolvers' },
  { value: 'webhook.*', label: 'webhooks' },
  { value: 'domain.*', label: 'domains' },
  { value: 'monitor.*', label: 'monitors' },
] as const

async function listSystemEvents({ api, query, now }: Asked): Promise<Shown> {
  const type = given(query, 'type')
  const page = await api.listSystemEvents({
    limit: PAGE,
    ...cursorIn(query),
    ...createdIn(query),
    ...(type === undefined ? {} : { type }),
  })
  const filter = html`<form class="filters" method="get" action="/app/system-events" data-submit>
${select({ name: 'type', label: 'About', value: type ?? '', options: KINDS })}${range(query)}<button>Filter</button></form>`
  const body = html`<h1>System events</h1>
<p class="quiet">What happened to resolvers, webhooks, domains and monitors themselves. Webhooks hear of it when they ask for it.</p>
${filter}
${
  page.data.length === 0
    ? nothingYet(
        'No such events',
        type === undefined
          ? 'Resolver outages, disabled webhooks and changes to monitors will stand here.'
          : 'Nothing of this kind happened in the time that is kept.',
      )
    : html`<ul class="rows">${page.data.map((event) => systemEvent(event, now))}</ul>`
}${pager(page, '/app/system-events', query)}`
  return show('System events', body)
}

function systemEvent({ uuid, type, created, data }: WireSystemEvent, now: number): Html {
  return html`<li>${badge(type, toneOf(type))} <span class="reason">${summaryOf(data)}</span> <span class="quiet">${when(created, now)}</span>
<details class="raw" id="${uuid}"><summary>Details</summary>${json(data)}</details></li>`
}

function toneOf(type: WireSystemEvent['type']): Tone {
  if (type === 'resolver.outage' || type === 'webhook.disabled' || type === 'domain.record_missing') return 'bad'
  return /\.(recovered|restored|record_restored)$/.test(type) ? 'good' : 'none'
}

/** Whom it is about, from the members that these events have. */
function summaryOf(data: WireSystemEvent['data']): Content {
  const { monitor, webhook, server, domain } = data
  if (isRecord(monitor)) {
    const { uuid, domain: name, subdomain, record_type: recordType } = monitor
    const full = [subdomain, name].filter((part) => typeof part === 'string' && part !== '').join('.')
    return html`<a href="/app/monitors/${String(uuid)}">${full}</a> <span class="type">${String(recordType)}</span>`
  }
  if (isRecord(webhook)) return html`<a href="/app/webhooks/${String(webhook['uuid'])}">${String(webhook['url'])}</a>`
  if (typeof server === 'string') return html`<code>${server}</code>`
  return typeof domain === 'string' ? domain : null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

async function listAudit({ api, query, now }: Asked): Promise<Shown> {
  const page = await api.listAudit({ limit: PAGE, ...cursorIn(query), ...createdIn(query) })
  const keys = new Map<string, string>()
  for await (const key of api.each('listKeys', { limit: 100 })) keys.set(key.uuid, key.name)
  const body = html`<h1>Audit</h1><p class="quiet">Every write, and who made it. Secret values are never kept here.</p>
<form class="filters" method="get" action="/app/audit">${range(query)}<button>Filter</button></form>
${
  page.data.length === 0
    ? nothingYet('No writes', 'Nothing was changed in this time.')
    : html`<div class="table"><table class="cards list"><caption class="visually-hidden">Writes</caption>
<thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Object</th><th scope="col">Asked for</th></tr></thead>
<tbody>${page.data.map((entry) => auditRow(entry, keys, now))}</tbody></table></div>`
}${pager(page, '/app/audit', query)}`
  return show('Audit', body)
}

function auditRow(
  { uuid, created, key_uuid: keyId, action, object, changes }: WireAuditEntry,
  keys: ReadonlyMap<string, string>,
  now: number,
): Html {
  const who = keyId === null ? 'command line' : (keys.get(keyId) ?? 'a revoked key')
  return html`<tr><td data-label="When">${when(created, now)}</td><td data-label="Who">${who}</td><td data-label="What"><code>${action}</code></td>
<td data-label="Object">${objectLink(object)}</td>
<td data-label="Asked for">${Object.keys(changes).length === 0 ? html`<span class="quiet">–</span>` : html`<details id="${uuid}"><summary>${Object.keys(changes).join(', ')}</summary>${json(changes)}</details>`}</td></tr>`
}

/** By the prefix of their ids; what was deleted is explained by the page that the link leads to. */
const PAGES_OF_OBJECTS: Readonly<Record<string, string>> = { mon: 'monitors', wh: 'webhooks', grp: 'groups' }

function objectLink(object: string): Html {
  const page = PAGES_OF_OBJECTS[object.split('_')[0] ?? '']
  return page === undefined
    ? html`<code>${object}</code>`
    : html`<a href="/app/${page}/${object}"><code>${object}</code></a>`
}

async function listNodes({ api, query, now }: Asked): Promise<Shown> {
  const page = await api.listNodes({ limit: PAGE, ...cursorIn(query) })
  const row = ({
    id,
    roles,
    version,
    started,
    heartbeat,
  }: WireNode): Html => html`<tr><th scope="row"><code>${id}</code></th>
<td data-label="Does">${roles.join(', ')}</td><td data-label="Version">${version}</td>
<td data-label="Running for">${duration(Math.max(0, now - Date.parse(started)))}</td><td data-label="Last heard of">${when(heartbeat, now)}</td></tr>`
  const body = html`<h1>Nodes</h1><p class="quiet">The processes of this installation that are alive.</p>
<div class="table" id="nodes" data-part><table class="cards list"><caption class="visually-hidden">Processes</caption>
<thead><tr><th scope="col">Process</th><th scope="col">Does</th><th scope="col">Version</th><th scope="col">Running for</th><th scope="col">Last heard of</th></tr></thead>
<tbody>${page.data.map(row)}</tbody></table></div>${pager(page, '/app/nodes', query)}`
  return show('Nodes', body)
}

function range(query: URLSearchParams): Html {
  const at = (name: string, label: string): Html =>
    input({ name, label: `${label} (UTC)`, type: 'datetime-local', value: given(query, name) ?? '' })
  return html`${at('from', 'From')}${at('until', 'Until')}`
}

/** What cannot be read as a time is left out: a filter is no place to argue. */
function createdIn(query: URLSearchParams): { readonly created_after?: number; readonly created_before?: number } {
  const [from, until] = [utcSeconds(query.get('from') ?? ''), utcSeconds(query.get('until') ?? '')]
  return {
    ...(from === undefined ? {} : { created_after: from }),
    ...(until === undefined ? {} : { created_before: until }),
  }
}

function json(value: unknown): Html {
  return html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`
}
