/** The organization: its name, its plan, and how much of it is used. */
import type { WireMe, WireOrganization } from '@dnsradar/client'
import { type Html, html } from '../html.ts'
import { type Asked, attempt, goTo, type Outcome, type PageRow, show, type Shown } from '../page.ts'
import { type Complaint, complaint, input } from '../parts/forms.ts'
import { every } from '../parts/monitors.ts'
import { when } from '../parts/words.ts'

export const settingsPages: readonly PageRow[] = [
  { method: 'GET', path: '/settings', handler: (asked) => settings(asked, null) },
  { method: 'POST', path: '/settings', needs: 'admin', handler: rename },
]

async function settings(asked: Asked, problem: Complaint): Promise<Shown> {
  const { api, can, form } = asked
  const [organization, me] = await Promise.all([api.getOrganization(), api.me()])
  const name = form.has('name') ? form.text('name') : organization.name
  const body = html`<h1>Settings</h1>
${complaint(problem, { name: 'Name' })}
<div class="columns">
<section class="sheet" aria-labelledby="organization"><h2 id="organization">Organization</h2>
${can('admin') ? renameForm(name, problem) : html`<p>${organization.name}</p>`}
<dl class="facts"><dt>Id</dt><dd><code>${organization.uuid}</code></dd><dt>Since</dt><dd>${when(organization.created, asked.now)}</dd></dl></section>
${planSection(organization)}
${aboutSection(me)}
</div>`
  return show('Settings', body, { status: problem?.status ?? 200 })
}

function renameForm(name: string, problem: Complaint): Html {
  return html`<form method="post" action="/app/settings">${input({ name: 'name', label: 'Name', value: name, required: true, problem })}<p class="actions"><button>Save</button></p></form>`
}

function planSection({ plan, limits, usage }: WireOrganization): Html {
  return html`<section class="sheet" aria-labelledby="plan"><h2 id="plan">Plan and limits</h2>
<dl class="facts"><dt>Plan</dt><dd>${plan}</dd>
<dt>Monitors</dt><dd>${used(usage.monitors, limits.monitors)}</dd>
<dt>Webhooks</dt><dd>${usage.webhooks.toLocaleString('en')} <span class="quiet">at most ${limits.webhooks_per_group} in each group</span></dd>
<dt>Subscriptions</dt><dd>at most ${limits.subscriptions.toLocaleString('en')} <span class="quiet">of n8n, Zapier and Entri</span></dd>
<dt>Fastest check</dt><dd>${every(limits.frequency)}</dd>
<dt>API requests</dt><dd>${limits.rate === 0 ? 'no limit' : `${limits.rate} a minute, key and class`}</dd></dl></section>`
}

function used(number: number, limit: number | null): Html {
  if (limit === null) return html`${number.toLocaleString('en')} <span class="quiet">no limit</span>`
  return html`<meter min="0" max="${limit}" value="${number}" high="${Math.ceil(limit * 0.9)}" aria-label="Monitors used">${number}</meter> ${number.toLocaleString('en')} of ${limit.toLocaleString('en')}`
}

function aboutSection({ key, server }: WireMe): Html {
  return html`<section class="sheet" aria-labelledby="about"><h2 id="about">This session</h2>
<dl class="facts"><dt>Key</dt><dd>${key.name}</dd><dt>May</dt><dd>${key.scopes.join(', ')}</dd><dt>Server</dt><dd>${server.name} ${server.version}</dd></dl>
<p><a href="/docs">API reference</a> · <a href="/openapi.json">OpenAPI document</a> · <a href="/llms.txt">for language models</a></p></section>`
}

async function rename(asked: Asked): Promise<Outcome> {
  const renamed = await attempt(() => asked.api.updateOrganization({ name: asked.form.text('name') }))
  return renamed.ok ? goTo('/app/settings', 'Saved.') : settings(asked, renamed.problem)
}
