/** A new monitor, with what the DNS says and how that would be judged beside the form. */
import type { Asked, Outcome, PageRow, Shown } from '../page.ts'
import { attempt, goTo, show } from '../page.ts'
import { attributes, html } from '../html.ts'
import { type Complaint, complaint, messageOf } from '../parts/forms.ts'
import {
  EMPTY_MONITOR,
  type FormContext,
  MONITOR_LABELS,
  newMonitorOf,
  otherFields,
  recordFields,
  type TypedMonitor,
  typedIn,
} from '../parts/monitor-form.ts'
import { nameOf } from '../parts/monitors.ts'
import { type Preview, previewOf, previewPart } from '../parts/preview.ts'

export const newMonitorPages: readonly PageRow[] = [
  { method: 'GET', path: '/monitors/new', needs: 'write', handler: fresh },
  { method: 'POST', path: '/monitors/new', needs: 'write', handler: create },
  { method: 'POST', path: '/monitors/preview', handler: previewAlone },
]

/** A link may bring a name, a type and a group along. */
function fresh(asked: Asked): Promise<Shown> {
  const brought = (name: string) => asked.query.get(name)?.trim() ?? ''
  const typed = {
    ...EMPTY_MONITOR,
    full_domain: brought('name'),
    record_type: brought('type') || EMPTY_MONITOR.record_type,
    group: brought('group'),
  }
  return page(asked, typed, null, null)
}

/** The buttons: `preview` looks, `use` takes what is there as the expectation, anything else makes the monitor. */
async function create(asked: Asked): Promise<Outcome> {
  const { api, form } = asked
  const typed = typedIn(form)
  switch (form.text('do')) {
    case 'preview':
      return page(asked, typed, null, await previewOf(api, typed))
    case 'use': {
      const preview = await previewOf(api, typed)
      const taken = { ...typed, expected_value: preview?.suggested.join('\n') ?? '' }
      const match = ['absent', 'baseline'].includes(typed.match) ? 'exact' : typed.match
      return page(asked, { ...taken, match }, null, await previewOf(api, { ...taken, match }))
    }
    default: {
      const made = await attempt(() => api.createMonitor(newMonitorOf(typed)))
      if (!made.ok) return page(asked, typed, made.problem, null)
      return goTo(`/app/monitors/${made.value.uuid}`, `${nameOf(made.value)} is watched from now on.`)
    }
  }
}

/** For the script that asks while somebody types: the form around it, with its limits and groups, costs more. */
async function previewAlone({ api, form }: Asked): Promise<Shown> {
  return show('Preview', html`<h1>Preview</h1>${previewPart(await previewOf(api, typedIn(form)))}`)
}

async function page(asked: Asked, typed: TypedMonitor, problem: Complaint, preview: Preview | null): Promise<Shown> {
  const context = { ...(await formContext(asked)), problem }
  const body = html`<p class="crumbs"><a href="/app/monitors">Monitors</a></p><h1>Watch a record</h1>
${complaint(problem, MONITOR_LABELS)}
<form method="post" action="/app/monitors/new" data-preview>
<div class="columns wide"><div>${recordFields(typed, context)}
<p><button name="do" value="preview" formnovalidate>Preview</button></p></div>
${previewPart(preview)}</div>
<details class="more" id="more" ${attributes({ open: isWanted(typed, problem) })}><summary>More settings</summary>${otherFields(typed, context)}</details>
<p class="actions"><button class="primary" name="do" value="create">Watch this record</button> <a href="/app/monitors">Cancel</a></p>
</form>`
  return show('Watch a record', body, { status: problem?.status ?? 200, scripts: ['preview.js'] })
}

/** The further settings are open when something was typed there, or is wrong there. */
function isWanted(typed: TypedMonitor, problem: Complaint): boolean {
  return (['frequency', 'notify', 'group', 'external_id', 'metadata'] as const).some(
    (name) => typed[name] !== EMPTY_MONITOR[name] || messageOf(problem, name) !== null,
  )
}

const OFFERED_GROUPS = 100
/** A list of groups counts the monitors of each: with a million that takes a quarter of a second, for mere suggestions. */
const MOST_COUNTED = 100_000

export async function formContext({ api }: Asked): Promise<Omit<FormContext, 'problem'>> {
  const { limits, usage } = await api.me()
  const groups = usage.monitors > MOST_COUNTED ? [] : (await api.listGroups({ limit: OFFERED_GROUPS })).data
  return {
    fastest: limits.frequency,
    groups: groups.filter(({ kind }) => kind === 'native').map(({ slug }) => slug),
  }
}
