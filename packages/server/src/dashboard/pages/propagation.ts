/** Whether a record has arrived everywhere: what each resolver and each of the zone's own servers says at this moment. */
import type { WireLookup } from '@dnsradar/client'
import { type Html, html } from '../html.ts'
import { type Asked, attempt, type PageRow, show, type Shown } from '../page.ts'
import { answerTable } from '../parts/answers.ts'
import { complaint } from '../parts/forms.ts'
import { nameOf, pathOf } from '../parts/monitors.ts'

export const propagationPages: readonly PageRow[] = [
  { method: 'GET', path: '/monitors/:id/propagation', handler: propagation },
]

/** Waits for the DNS, so it is a page of its own. */
async function propagation({ api, params }: Asked): Promise<Shown> {
  const monitor = await api.getMonitor(params['id'] ?? '')
  const name = nameOf(monitor)
  const tried = await attempt(() => api.lookup({ name, type: monitor.record_type }))
  const body = html`<p class="crumbs"><a href="/app/monitors">Monitors</a> / <a href="${pathOf(monitor.uuid)}">${name}</a></p>
<h1>Who says what about ${name} <span class="type">${monitor.record_type}</span></h1>
${tried.ok ? told(tried.value) : complaint(tried.problem)}
<p class="actions"><a class="button" href="${pathOf(monitor.uuid)}/propagation">Ask again</a> <a href="${pathOf(monitor.uuid)}">Back to the monitor</a></p>`
  return show(`Who says what about ${name}`, body, { status: tried.ok ? 200 : tried.problem.status })
}

function told({ consistent, answers }: WireLookup): Html {
  return html`${
    consistent
      ? html`<p class="good-news">All who know say the same.</p>`
      : html`<p class="warning">They do not agree: a change is on its way, or some servers were left behind.</p>`
  }${answerTable(answers, 'What each server says now')}`
}
