import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listWebhooks,
  setWebhookActive,
  testWebhook,
} from '../actions/webhooks.ts'
import { given, pageRequest } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { presentRequest } from '../present/requests.ts'
import { NewWebhookBody, WEBHOOK_LIST, WebhookListQuery } from '../schemas/webhooks.ts'
import { NoContent, pageOf, Request, Webhook, WebhookWithSecret } from '../schemas/wire.ts'
import { showNewWebhook, showWebhook, showWebhooks } from './show.ts'

export const webhookRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/webhooks',
    auth: 'write',
    rateClass: 'write',
    body: NewWebhookBody,
    status: 201,
    response: WebhookWithSecret,
    handler: async ({ deps, account, body }) => showNewWebhook(deps, account, await createWebhook(deps, account, body)),
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
    method: 'DELETE',
    path: '/webhooks/:id',
    auth: 'write',
    rateClass: 'write',
    status: 204,
    response: NoContent,
    handler: async ({ deps, account, params }) => deleteWebhook(deps, account, params['id'] ?? ''),
  }),
  ...(['enable', 'disable'] as const).map((verb) =>
    route({
      method: 'POST',
      path: `/webhooks/:id/${verb}`,
      auth: 'write',
      rateClass: 'write',
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
    status: 202,
    response: Request,
    handler: async ({ deps, account, params }) => presentRequest(await testWebhook(deps, account, params['id'] ?? '')),
  }),
]
