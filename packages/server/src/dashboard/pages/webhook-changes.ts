/** Changes to a webhook that take a page of their own: its secret, what it listens to, and its end. */
import type { WireWebhook } from '@dnsradar/client'
import { html } from '../html.ts'
import { type Asked, attempt, goTo, type Outcome, type PageRow, show, type Shown } from '../page.ts'
import { type Complaint, complaint, select } from '../parts/forms.ts'
import {
  type TypedWebhook,
  typedIn,
  typedOf,
  WEBHOOK_LABELS,
  webhookFields,
  webhookPatchOf,
} from '../parts/webhook-form.ts'
import { count } from '../parts/words.ts'
import { secretPage, SOURCE_WORDS } from './webhooks.ts'

export const webhookChangePages: readonly PageRow[] = [
  {
    method: 'GET',
    path: '/webhooks/:id/rotate-secret',
    needs: 'write',
    handler: (asked) => confirmRotate(asked, null),
  },
  { method: 'POST', path: '/webhooks/:id/rotate-secret', needs: 'write', handler: rotate },
  { method: 'GET', path: '/webhooks/:id/edit', needs: 'write', handler: startEdit },
  { method: 'POST', path: '/webhooks/:id/edit', needs: 'write', handler: edit },
  { method: 'GET', path: '/webhooks/:id/delete', needs: 'write', handler: confirmDelete },
  { method: 'POST', path: '/webhooks/:id/delete', needs: 'write', handler: remove },
]

const idOf = ({ params }: Asked): string => params['id'] ?? ''
const pathOf = (asked: Asked): string => `/app/webhooks/${idOf(asked)}`

async function confirmRotate(asked: Asked, problem: Complaint): Promise<Shown> {
  const { uuid, url } = await asked.api.getWebhook(idOf(asked))
  const overlaps = [
    { value: '86400', label: 'for a day more' },
    { value: '3600', label: 'for an hour more' },
    { value: '604800', label: 'for a week more' },
    { value: '0', label: 'not at all: it has leaked' },
  ]
  const body = html`<p class="crumbs"><a href="/app/webhooks/${uuid}">${url}</a></p><h1>Rotate the secret</h1>
${complaint(problem)}
<p>A new secret signs from now on, and is shown once. Meanwhile the old one goes on signing too, so that the receiver can be changed without losing a delivery.</p>
<form class="narrow" method="post" action="/app/webhooks/${uuid}/rotate-secret">
${select({ name: 'overlap_seconds', label: 'The old one signs', value: asked.form.text('overlap_seconds') || '86400', options: overlaps, problem })}
<p class="actions"><button class="primary">Make a new secret</button> <a href="/app/webhooks/${uuid}">Keep the old one</a></p></form>`
  return show('Rotate the secret', body, { status: problem?.status ?? 200 })
}

async function rotate(asked: Asked): Promise<Outcome> {
  const overlap = Number(asked.form.text('overlap_seconds'))
  const rotated = await attempt(() => asked.api.rotateSecret(idOf(asked), { overlap_seconds: overlap }))
  if (!rotated.ok) return confirmRotate(asked, rotated.problem)
  const { uuid, url, signing_secret: secret } = rotated.value
  return secretPage('The new secret', { uuid, url, secret })
}

async function startEdit(asked: Asked): Promise<Shown> {
  const webhook = await asked.api.getWebhook(idOf(asked))
  return editPage(webhook, typedOf(webhook), null)
}

function editPage({ uuid, url }: WireWebhook, typed: TypedWebhook, problem: Complaint): Shown {
  const body = html`<p class="crumbs"><a href="/app/webhooks/${uuid}">${url}</a></p><h1>Edit the webhook</h1>
${complaint(problem, WEBHOOK_LABELS)}
<form class="medium" method="post" action="/app/webhooks/${uuid}/edit">${webhookFields(typed, problem, true)}
<p class="actions"><button class="primary">Save</button> <a href="/app/webhooks/${uuid}">Cancel</a></p></form>`
  return show('Edit the webhook', body, { status: problem?.status ?? 200 })
}

async function edit(asked: Asked): Promise<Outcome> {
  const webhook = await asked.api.getWebhook(idOf(asked))
  const typed = typedIn(asked.form)
  const saved = await attempt(() => asked.api.updateWebhook(webhook.uuid, webhookPatchOf(typed, webhook)))
  return saved.ok ? goTo(pathOf(asked), 'Saved.') : editPage(webhook, typed, saved.problem)
}

async function confirmDelete(asked: Asked): Promise<Shown> {
  const { uuid, url, pending, source } = await asked.api.getWebhook(idOf(asked))
  const body = html`<p class="crumbs"><a href="/app/webhooks/${uuid}">${url}</a></p><h1>Delete this webhook?</h1>
<p><code>${url}</code> is told nothing any more, and its delivery log goes with it. ${pending > 0 && `${count(pending, 'delivery', 'deliveries')} that still ${pending === 1 ? 'waits' : 'wait'} will not be sent.`}</p>
${source !== null && html`<p class="warning">${SOURCE_WORDS[source]} made this subscription: end it there, or it may subscribe again.</p>`}
<form method="post" action="/app/webhooks/${uuid}/delete"><p class="actions"><button class="danger">Delete the webhook</button> <a href="/app/webhooks/${uuid}">Keep it</a></p></form>`
  return show('Delete this webhook', body)
}

async function remove(asked: Asked): Promise<Outcome> {
  await asked.api.deleteWebhook(idOf(asked))
  return goTo('/app/webhooks', 'The webhook was deleted.')
}
