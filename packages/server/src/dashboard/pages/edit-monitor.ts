/** Changing a monitor. */
import type { WireMonitorDetail } from '@dnsradar/client'
import { html } from '../html.ts'
import { type Asked, attempt, goTo, type Outcome, type PageRow, show, type Shown } from '../page.ts'
import { complaint, type Complaint } from '../parts/forms.ts'
import {
  MONITOR_LABELS,
  otherFields,
  patchOf,
  recordFields,
  type TypedMonitor,
  typedIn,
  typedOf,
} from '../parts/monitor-form.ts'
import { nameOf, pathOf } from '../parts/monitors.ts'
import { formContext } from './new-monitor.ts'

export const editMonitorPages: readonly PageRow[] = [
  { method: 'GET', path: '/monitors/:id/edit', needs: 'write', handler: edit },
  { method: 'POST', path: '/monitors/:id/edit', needs: 'write', handler: save },
]

async function edit(asked: Asked): Promise<Shown> {
  const monitor = await asked.api.getMonitor(asked.params['id'] ?? '')
  return page(asked, monitor, typedOf(monitor), null)
}

async function save(asked: Asked): Promise<Outcome> {
  const { api, form } = asked
  const monitor = await api.getMonitor(asked.params['id'] ?? '')
  const typed = typedIn(form)
  const patch = patchOf(typed, monitor)
  if (Object.keys(patch).length === 0) return goTo(pathOf(monitor.uuid), 'Nothing was changed.')
  const tried = await attempt(() => api.updateMonitor(monitor.uuid, patch))
  if (!tried.ok) return page(asked, monitor, typed, tried.problem)
  return goTo(pathOf(monitor.uuid), 'Saved. It is looked at again at once.')
}

async function page(asked: Asked, monitor: WireMonitorDetail, typed: TypedMonitor, problem: Complaint): Promise<Shown> {
  const context = { ...(await formContext(asked)), problem }
  const name = nameOf(monitor)
  const path = pathOf(monitor.uuid)
  const body = html`<p class="crumbs"><a href="/app/monitors">Monitors</a> / <a href="${path}">${name}</a></p><h1>Edit ${name} <span class="type">${monitor.record_type}</span></h1>
${complaint(problem, MONITOR_LABELS)}
<form class="medium" method="post" action="${path}/edit">
${recordFields(typed, context)}
${otherFields(typed, context)}
<p class="hint">Another name or type begins anew; another expectation is judged from the state there is.</p>
<p class="actions"><button class="primary">Save</button> <a href="${path}">Cancel</a></p>
</form>`
  return show(`Edit ${name}`, body, { status: problem?.status ?? 200 })
}
