/** Webhooks, and what can be done about what waits in their queues. */
import { recoverWebhook, retryWebhook, rotateSecret } from '../actions/delivery-control.ts'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  limitTests,
  listWebhooks,
  patchWebhook,
  setWebhookActive,
  testWebhook,
} from '../actions/webhooks.ts'
import { given, pageRequest } from '../http/page.ts'
import { otherSuccess } from '../http/other-success.ts'
import { type Route, route } from '../http/route.ts'
import { presentRequest } from '../present/requests.ts'
import {
  DeleteWebhookQuery,
  NewWebhookBody,
  RecoverBody,
  RotateSecretBody,
  WEBHOOK_LIST,
  WebhookListQuery,
  WebhookPatchBody,
} from '../schemas/webhooks.ts'
import { NoContent, pageOf, Recovery, Request, Webhook, WebhookWithSecret } from '../schemas/wire.ts'
import { showNewWebhook, showWebhook, showWebhooks } from './show.ts'

export const webhookRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/webhooks',
    auth: 'write',
    rateClass: 'write',
    writes: 'webhook.create',
    body: NewWebhookBody,
    status: 201,
    response: WebhookWithSecret,
    other: { status: 200, response: WebhookWithSecret },
    handler: async ({ deps, account, body }) => {
      const { webhook, created } = await createWebhook(deps, account, body)
      const shown = await showNewWebhook(deps, account, webhook)
      return created ? shown : otherSuccess(shown)
    },
  }),
  route({
    method: 'GET',
    path: '/webhooks',
    auth: 'read',
    rateClass: 'read',
    query: WebhookListQuery,
    status: 200,
    response: pageOf(Webhook),
    handler: async ({ deps, account, query }) => {
      const asked = pageRequest(WEBHOOK_LIST, query)
      const { url, source, group, is_active } = query
      const filter = given({ url, source, group, isActive: is_active })
      return showWebhooks(deps, account, await listWebhooks(deps, account, filter, asked), asked)
    },
  }),
  route({
    method: 'GET',
    path: '/webhooks/:id',
    auth: 'read',
    rateClass: 'read',
    status: 200,
    response: Webhook,
    handler: async ({ deps, account, params }) =>
      showWebhook(deps, account, await getWebhook(deps, account, params['id'] ?? '')),
  }),
  route({
    method: 'PATCH',
    path: '/webhooks/:id',
    auth: 'write',
    rateClass: 'write',
    writes: 'webhook.update',
    body: WebhookPatchBody,
    status: 200,
    response: Webhook,
    handler: async ({ deps, account, params, body }) =>
      showWebhook(deps, account, await patchWebhook(deps, account, params['id'] ?? '', body)),
  }),
  route({
    method: 'DELETE',
    path: '/webhooks/:id',
    auth: 'write',
    rateClass: 'write',
    writes: 'webhook.delete',
    query: DeleteWebhookQuery,
    status: 204,
    response: NoContent,
    handler: async ({ deps, account, params, query }) =>
      deleteWebhook(deps, account, params['id'] ?? '', query.by ?? null),
  }),
  ...(['enable', 'disable'] as const).map((verb) =>
    route({
      method: 'POST',
      path: `/webhooks/:id/${verb}`,
      auth: 'write',
      rateClass: 'write',
      writes: `webhook.${verb}`,
      status: 200,
      response: Webhook,
      handler: async ({ deps, account, params }) =>
        showWebhook(deps, account, await setWebhookActive(deps, account, params['id'] ?? '', verb === 'enable')),
    }),
  ),
  route({
    method: 'POST',
    path: '/webhooks/:id/test',
    auth: 'write',
    rateClass: 'write',
    writes: 'webhook.test',
    before: ({ deps, account, params }) => limitTests(deps, account, params['id'] ?? ''),
    status: 202,
    response: Request,
    handler: async ({ deps, account, params }) => presentRequest(await testWebhook(deps, account, params['id'] ?? '')),
  }),
  route({
    method: 'POST',
    path: '/webhooks/:id/retry',
    auth: 'write',
    rateClass: 'write',
    writes: 'webhook.retry',
    status: 202,
    response: Webhook,
    handler: async ({ deps, account, params }) =>
      showWebhook(deps, account, await retryWebhook(deps, account, params['id'] ?? '')),
  }),
  route({
    method: 'POST',
    path: '/webhooks/:id/recover',
    auth: 'write',
    rateClass: 'write',
    writes: 'webhook.recover',
    body: RecoverBody,
    // Many transactions, one after the other.
    alone: true,
    status: 202,
    response: Recovery,
    handler: async ({ deps, account, params, body }) => ({
      queued: await recoverWebhook(deps, account, params['id'] ?? '', body.since),
    }),
  }),
  route({
    method: 'POST',
    path: '/webhooks/:id/rotate-secret',
    auth: 'write',
    rateClass: 'write',
    writes: 'webhook.rotate_secret',
    body: RotateSecretBody,
    status: 200,
    response: WebhookWithSecret,
    handler: async ({ deps, account, params, body }) =>
      showNewWebhook(deps, account, await rotateSecret(deps, account, params['id'] ?? '', body.overlap_seconds)),
  }),
]
