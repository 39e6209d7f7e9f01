/** The first page: how many monitors are in which state, what is wrong now, and what happened last. */
import { type Client, STATES, type WireEvent, type WireMonitor, type WireSummary } from '@dnsradar/client'
import { type Html, html } from '../html.ts'
import { type Asked, type PageRow, show, type Shown } from '../page.ts'
import { nothingYet } from '../parts/lists.ts'
import { nameOf } from '../parts/monitors.ts'
import { STATE_WORDS, stateBadge } from '../parts/states.ts'
import { count, sentence, when } from '../parts/words.ts'

export const overviewPages: readonly PageRow[] = [{ method: 'GET', path: '/', handler: overview }]

/** The worst first, as in the table of states. */
const PROBLEMS = ['MISMATCH', 'NOT_FOUND', 'INVALID', 'TIMEOUT'] as const
const SHOWN_PROBLEMS = 25
const SHOWN_EVENTS = 10

async function overview(asked: Asked): Promise<Shown> {
  const { api, now } = asked
  const [summary, problems, events] = await Promise.all([
    api.summary(),
    listProblems(api),
    api.listEvents({ limit: SHOWN_EVENTS }),
  ])
  if (summary.total === 0)
    return show('Overview', html`<h1>Overview</h1><div id="overview" data-part>${welcome(asked)}</div>`, {
      live: { types: 'monitor' },
    })
  const body = html`<h1>Overview</h1>
<div id="overview" data-part>
${counts(summary)}
<section aria-labelledby="problems"><h2 id="problems">Problems</h2>${problemList(problems, summary, now)}</section>
<section aria-labelledby="latest"><h2 id="latest">Latest events</h2>${eventList(events.data, now)}</section>
</div>`
  return show('Overview', body, { live: { types: 'event,monitor', soon: summary.states.UNSET > 0 } })
}

/** As many as are shown, of the worst states first: each list is asked for no more than there is room left. */
async function listProblems(api: Client): Promise<readonly WireMonitor[]> {
  const lists = PROBLEMS.map((state) =>
    api.listMonitors({ state, is_active: true, limit: SHOWN_PROBLEMS, order_way: 'desc' }),
  )
  return (await Promise.all(lists)).flatMap(({ data }) => data).slice(0, SHOWN_PROBLEMS)
}

function counts({ total, inactive, states }: WireSummary): Html {
  const items = STATES.filter((state) => state !== 'UNSET' || states.UNSET > 0)
    .toSorted((a, b) => rank(a) - rank(b))
    .map(
      (
        state,
      ) => html`<li><a class="count ${states[state] > 0 ? STATE_WORDS[state].tone : 'none'}" href="/app/monitors?state=${state}">
<strong>${states[state].toLocaleString('en')}</strong> <span>${STATE_WORDS[state].label}</span></a></li>`,
    )
  return html`<ul class="counts" aria-label="Monitors by state">${items}</ul>
<p class="quiet">${count(total, 'monitor')}${inactive > 0 && html`, of which <a href="/app/monitors?is_active=false">${inactive.toLocaleString('en')} disabled</a>`}</p>`
}

function rank(state: (typeof STATES)[number]): number {
  return Object.keys(STATE_WORDS).indexOf(state)
}

function problemList(problems: readonly WireMonitor[], { states }: WireSummary, now: number): Html {
  if (problems.length === 0) {
    return states.UNSET > 0 && states.VALID === 0
      ? html`<p class="quiet">The first checks are under way.</p>`
      : html`<p class="good-news">No problems. Every record that was checked is as expected.</p>`
  }
  const all = PROBLEMS.reduce((sum, state) => sum + states[state], 0)
  return html`<ul class="rows">${problems.map(
    (monitor) => html`<li>${stateBadge(monitor.state)}
<a href="/app/monitors/${monitor.uuid}">${nameOf(monitor)}</a> <span class="type">${monitor.record_type}</span>
<span class="reason">${sentence(monitor.reasons[0]?.message ?? STATE_WORDS[monitor.state].says)}</span>
<span class="quiet">checked ${when(monitor.last_checked, now)}</span></li>`,
  )}</ul>${all > problems.length && html`<p>${count(all - problems.length, 'more problem')}: look by state above.</p>`}`
}

function eventList(events: readonly WireEvent[], now: number): Html {
  if (events.length === 0) return html`<p class="quiet">Nothing has happened yet.</p>`
  return html`<ul class="rows">${events.map(
    (event) => html`<li>${stateBadge(event.new_state)}
<a href="/app/monitors/${event.monitor_uuid}">${nameOf(event)}</a> <span class="type">${event.record_type}</span>
<span class="reason">${sentence(event.reasons[0]?.message ?? STATE_WORDS[event.new_state].says)}</span>
<span class="quiet">${when(event.occurred, now)}</span></li>`,
  )}</ul>`
}

function welcome({ can }: Asked): Html {
  if (!can('write'))
    return nothingYet(
      'Nothing is watched yet',
      'This key may only read. Sign in with a key of scope write to add a monitor.',
    )
  return nothingYet(
    'Nothing is watched yet',
    html`A monitor looks at one DNS record again and again and tells you when it is not what it should be.
<a class="button primary" href="/app/monitors/new">Watch a record</a>`,
  )
}
