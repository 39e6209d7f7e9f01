/** What is done with one monitor: looked at, accepted, enabled, disabled, and deleted after a question. */
import type { WireMonitorDetail } from '@dnsradar/client'
import { html } from '../html.ts'
import { type Asked, attempt, goTo, type Outcome, type PageRow, show, type Shown } from '../page.ts'
import { complaint, type Complaint } from '../parts/forms.ts'
import { nameOf, pathOf } from '../parts/monitors.ts'
import { STATE_WORDS } from '../parts/states.ts'

export const monitorActionPages: readonly PageRow[] = [
  { method: 'POST', path: '/monitors/:id/check', needs: 'write', handler: check },
  { method: 'POST', path: '/monitors/:id/accept', needs: 'write', handler: accept },
  { method: 'POST', path: '/monitors/:id/enable', needs: 'write', handler: enable },
  { method: 'POST', path: '/monitors/:id/disable', needs: 'write', handler: disable },
  { method: 'GET', path: '/monitors/:id/delete', needs: 'write', handler: askToDelete },
  { method: 'POST', path: '/monitors/:id/delete', needs: 'write', handler: remove },
]

async function check({ api, params }: Asked): Promise<Outcome> {
  const id = params['id'] ?? ''
  const tried = await attempt(() => api.checkMonitor(id))
  if (!tried.ok) return goTo(pathOf(id), tried.problem.message)
  const { state, pending_state: pending } = tried.value
  const found = `Checked just now: ${STATE_WORDS[state].label.toLowerCase()}`
  return goTo(
    pathOf(id),
    pending === null ? `${found}.` : `${found}, and possibly ${STATE_WORDS[pending].label.toLowerCase()}.`,
  )
}

async function accept({ api, params }: Asked): Promise<Outcome> {
  const id = params['id'] ?? ''
  const tried = await attempt(() => api.acceptMonitor(id))
  if (!tried.ok) return goTo(pathOf(id), tried.problem.message)
  // Judged anew only by a look: so the next page already says how it stands.
  if (tried.value.is_active) await attempt(() => api.checkMonitor(id))
  return goTo(pathOf(id), 'What is there now is expected from now on.')
}

async function enable({ api, params }: Asked): Promise<Outcome> {
  const { uuid } = await api.enableMonitor(params['id'] ?? '')
  return goTo(pathOf(uuid), 'It is checked again.')
}

async function disable({ api, params }: Asked): Promise<Outcome> {
  const { uuid } = await api.disableMonitor(params['id'] ?? '')
  return goTo(pathOf(uuid), 'It is no longer checked.')
}

async function askToDelete({ api, params }: Asked): Promise<Shown> {
  return deletePage(await api.getMonitor(params['id'] ?? ''), null)
}

function deletePage(monitor: WireMonitorDetail, problem: Complaint): Shown {
  const name = `${nameOf(monitor)} ${monitor.record_type}`
  const body = html`<div class="narrow"><h1>Delete ${name}?</h1>${complaint(problem)}
<p>It is no longer checked. Its events stay in the history until they are too old.</p>
<form method="post" action="${pathOf(monitor.uuid)}/delete"><p class="actions"><button class="danger">Delete it</button> <a href="${pathOf(monitor.uuid)}">Keep it</a></p></form></div>`
  return show(`Delete ${name}`, body, { status: problem?.status ?? 200 })
}

async function remove({ api, params }: Asked): Promise<Outcome> {
  const id = params['id'] ?? ''
  const tried = await attempt(() => api.deleteMonitor(id))
  if (!tried.ok) return deletePage(await api.getMonitor(id), tried.problem)
  return goTo('/app/monitors', 'The monitor was deleted.')
}
