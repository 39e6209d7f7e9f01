/** One monitor: how it stands and why, what it was, and who said so. */
import type { WireCheck, WireEvent, WireMonitorDetail, WirePage } from '@dnsradar/client'
import { attributes, type Html, html } from '../html.ts'
import { type Asked, type PageRow, show, type Shown } from '../page.ts'
import { answerTable } from '../parts/answers.ts'
import { cursorIn } from '../parts/cursor.ts'
import { recordsDiff } from '../parts/diff.ts'
import { eventLog, historyStrip, reasonList } from '../parts/history.ts'
import { pager } from '../parts/lists.ts'
import { every, MATCH_WORDS, nameOf, NOTIFY_WORDS, pathOf } from '../parts/monitors.ts'
import { badge, STATE_WORDS, stateBadge } from '../parts/states.ts'
import { values, when } from '../parts/words.ts'

export const monitorPages: readonly PageRow[] = [{ method: 'GET', path: '/monitors/:id', handler: monitorPage }]

/** As many as the API gives at once: the strip reaches back as far as they do. */
const EVENTS = 100
const SHOWN_EVENTS = 20

async function monitorPage(asked: Asked): Promise<Shown> {
  const { api, query, now } = asked
  const id = asked.params['id'] ?? ''
  const [monitor, events] = await Promise.all([api.getMonitor(id), api.listMonitorEvents(id, { limit: EVENTS })])
  const cursor = cursorIn(query)
  const isFirst = cursor.after === undefined && cursor.before === undefined
  const shownEvents = isFirst ? firstOf(events) : await api.listMonitorEvents(id, { limit: SHOWN_EVENTS, ...cursor })
  const body = html`<p class="crumbs"><a href="/app/monitors">Monitors</a></p>
<div id="monitor" data-part>${standing(asked, monitor)}
${historyStrip(monitor, events, now)}
<div class="columns">${expectation(monitor)}${settings(monitor, now)}</div>
<section aria-labelledby="events"><h2 id="events">Events</h2>${eventsOf(shownEvents, monitor, asked)}</section>
<section aria-labelledby="evidence"><h2 id="evidence">Last check</h2>${evidence(monitor.check, monitor.uuid)}</section>
</div>`
  return show(`${nameOf(monitor)} ${monitor.record_type}`, body, {
    live: { types: 'event,monitor', about: monitor.uuid, soon: isAwaited(monitor) },
  })
}

/** The first page of the shorter list, without asking once more. */
function firstOf(events: WirePage<WireEvent>): WirePage<WireEvent> {
  const data = events.data.slice(0, SHOWN_EVENTS)
  const hasMore = events.data.length > SHOWN_EVENTS
  return { ...events, data, after: hasMore ? (data.at(-1)?.uuid ?? null) : null }
}

/** Something will be found out soon that no message tells: a first check, or whether a suspicion holds. */
function isAwaited({ is_active: isActive, state, pending_state: pending }: WireMonitorDetail): boolean {
  return isActive && (state === 'UNSET' || pending !== null)
}

function standing({ can }: Asked, monitor: WireMonitorDetail): Html {
  const { state, pending_state: pending, is_active: isActive, reasons, record_type: type } = monitor
  return html`<div class="head"><h1>${nameOf(monitor)} <span class="type">${type}</span> ${stateBadge(state)}${!isActive && html` ${badge('Disabled', 'none')}`}</h1>
${can('write') && actions(monitor)}</div>
<div class="verdict">${reasonList(reasons) ?? html`<p>${STATE_WORDS[state].says}</p>`}
${pending !== null && html`<p class="warning">The last look said ${STATE_WORDS[pending].label.toLowerCase()}. It is looked at again before that counts.</p>`}
${!isActive && html`<p class="quiet">It is not checked while it is disabled.</p>`}</div>`
}

function actions({ uuid, state, is_active: isActive, current_value: current }: WireMonitorDetail): Html {
  const path = pathOf(uuid)
  const post = (verb: string, label: string, primary = false): Html =>
    html`<form method="post" action="${path}/${verb}"><button ${attributes({ class: primary ? 'primary' : null, id: `do-${verb}` })}>${label}</button></form>`
  return html`<div class="actions">
${isActive && post('check', 'Check now', true)}
${state === 'MISMATCH' && current !== null && current.length > 0 && post('accept', 'Accept current value')}
<a class="button" href="${path}/edit">Edit</a>
${isActive ? post('disable', 'Disable') : post('enable', 'Enable', true)}
<a class="button danger" href="${path}/delete">Delete…</a></div>`
}

function expectation({ match, expected_value: expected, current_value: current, state }: WireMonitorDetail): Html {
  const isCompared = state === 'MISMATCH' && (match === 'exact' || match === 'baseline')
  return html`<section class="sheet" aria-labelledby="expected"><h2 id="expected">What is expected</h2><dl class="facts">
<dt>Expected</dt><dd>${expected.length > 0 && values(expected)}<span class="quiet">${MATCH_WORDS[match].label}: ${MATCH_WORDS[match].says}</span></dd>
<dt>Now</dt><dd>${values(current, current === null ? 'not known yet' : 'no records')}</dd>
${isCompared && html`<dt>Difference</dt><dd>${recordsDiff(expected, current ?? [])}</dd>`}
</dl></section>`
}

function settings(monitor: WireMonitorDetail, now: number): Html {
  const { notify, metadata, is_active: isActive, next_check: next, frequency, incidence_count: incidents } = monitor
  const members = Object.entries(metadata)
  return html`<section class="sheet" aria-labelledby="watched"><h2 id="watched">How it is watched</h2><dl class="facts">
<dt>Checked</dt><dd>${when(monitor.last_checked, now)}, ${every(frequency)}${isActive && next !== null && html`, next ${when(next, now)}`}</dd>
<dt>Incidents</dt><dd>${incidents.toLocaleString('en')}</dd>
<dt>Tells</dt><dd>${NOTIFY_WORDS[notify].label}</dd>
<dt>Group</dt><dd><a href="/app/groups/${monitor.group}">${monitor.group}</a></dd>
${monitor.external_id !== null && html`<dt>External id</dt><dd><code>${monitor.external_id}</code></dd>`}
${members.length > 0 && html`<dt>Metadata</dt><dd>${members.map(([key, value]) => html`<div><code>${key}</code> = <code>${value}</code></div>`)}</dd>`}
<dt>Id</dt><dd><code id="monitor-id">${monitor.uuid}</code> <button class="plain" type="button" data-copy="monitor-id" hidden>Copy</button></dd>
</dl></section>`
}

function eventsOf(events: WirePage<WireEvent>, monitor: WireMonitorDetail, { query, now }: Asked): Html {
  if (events.data.length === 0) {
    return html`<p class="quiet">${monitor.state === 'VALID' ? 'Nothing has happened: it was valid all along.' : 'Nothing has been told yet.'} An event is told to <a href="/app/webhooks">webhooks</a> when the record breaks, changes or is restored.</p>`
  }
  return html`${eventLog(events.data, now)}${pager(events, pathOf(monitor.uuid), query)}`
}

function evidence(check: WireCheck | null, id: string): Html {
  const link = html`<p><a href="${pathOf(id)}/propagation">Ask all servers now</a> and see whether the record has arrived everywhere.</p>`
  if (check === null) return html`<p class="quiet">It has not been checked yet.</p>${link}`
  if (check.answers.length === 0)
    return html`<p class="quiet">Nothing new was found, so the answers were not kept.</p>${link}`
  return html`${answerTable(check.answers, 'What each server said in the last check')}
<p class="quiet">Looked up in ${check.duration_ms} ms${check.confirmed && ' and confirmed'}.</p>${link}`
}
