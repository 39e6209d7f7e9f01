/** Receivers are named, tried, fail and are told what happened. */
import type { Step } from './story.ts'
import type { World } from './world.ts'

/** So that the signatures in the examples are those of the bodies beside them. */
export const SECRET = `whsec_${btoa('an example, known to everybody')}`

const at = ({ radar }: World, path: string): string => `${radar.receiver.origin}${path}`

export const PATHS = { own: '/dnsradar', n8n: '/webhook/4f1c', operations: '/operations', failing: '/failing' } as const

export const subscribing: readonly Step[] = [
  {
    route: 'POST /webhooks',
    name: 'ownWebhook',
    summary: 'Every change of two groups, signed with a secret of the caller',
    status: 201,
    ask: (_, world) => ({
      json: { url: at(world, PATHS.own), groups: ['default', 'shop'], secret: SECRET, headers: { 'X-Tenant': '7' } },
    }),
  },
  {
    route: 'POST /webhooks',
    name: 'operationsWebhook',
    summary: 'What happens to monitors, domains and other webhooks',
    status: 201,
    ask: (_, world) => ({
      json: {
        url: at(world, PATHS.operations),
        all_groups: true,
        events: ['monitor.*', 'domain.*', 'webhook.*'],
      },
    }),
  },
  {
    route: 'POST /webhooks',
    name: 'subscription',
    summary: 'A subscription of n8n',
    status: 201,
    ask: (_, world) => ({
      json: { url: at(world, PATHS.n8n), source: 'n8n', events: ['record.broken', 'record.restored'] },
    }),
  },
  {
    route: 'POST /webhooks',
    name: 'subscribedAgain',
    summary: 'The same url again: the subscription is replaced',
    status: 200,
    ask: (_, world) => ({ json: { url: at(world, PATHS.n8n), source: 'n8n' } }),
  },
  {
    route: 'POST /webhooks',
    name: 'blockedTarget',
    summary: 'The target is a private address',
    status: 400,
    ask: { json: { url: 'http://10.0.0.1/hook', groups: ['default'] } },
  },
  {
    route: 'POST /webhooks',
    name: 'blockedHeader',
    summary: 'A header is one that DNSRadar sends itself',
    status: 400,
    ask: { json: { url: 'https://hooks.example.com/x', groups: ['default'], headers: { Host: 'example.net' } } },
  },
  {
    route: 'POST /webhooks/:id/test',
    name: 'testAsked',
    summary: 'A test is on its way',
    status: 202,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid } }),
  },
  {
    route: 'POST /webhooks/:id/test',
    name: 'tooManyTests',
    summary: 'There were five tests within the minute',
    status: 429,
    before: async ({ radar }, told) => {
      for (let more = 0; more < 4; more += 1) await radar.client.testWebhook(told('ownWebhook').uuid)
    },
    ask: (told) => ({ params: { id: told('ownWebhook').uuid } }),
  },
]

export const delivered: readonly Step[] = [
  {
    route: 'GET /webhooks/:id/requests',
    name: 'requests',
    summary: 'The latest deliveries',
    status: 200,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid }, query: { limit: '2' } }),
  },
  {
    route: 'GET /webhooks/:id/requests',
    name: 'badStatusCode',
    summary: 'There is no such status',
    status: 400,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid }, query: { status_code: '9xx' } }),
  },
  {
    route: 'GET /webhooks/:id/requests/:request',
    name: 'oneRequest',
    summary: 'A delivery, its attempt, and the signed body',
    status: 200,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid, request: told('requests').data[0].uuid } }),
  },
  {
    route: 'GET /webhooks/:id',
    name: 'oneWebhook',
    summary: 'A webhook that works',
    status: 200,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid } }),
  },
  {
    route: 'POST /webhooks/:id/requests/:request/retry',
    name: 'sentAgain',
    summary: 'A delivered request is sent once more, as a request of its own',
    status: 202,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid, request: told('requests').data[0].uuid } }),
  },
  {
    route: 'POST /webhooks/:id/requests/:request/retry',
    name: 'sentAgainTooSoon',
    summary: 'It was sent again a moment ago',
    status: 429,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid, request: told('requests').data[0].uuid } }),
  },
  {
    route: 'POST /webhooks',
    name: 'failingWebhook',
    summary: 'Only what happens to monitors of one group',
    status: 201,
    ask: (_, world) => ({ json: { url: at(world, PATHS.failing), groups: ['shop'], events: ['monitor.disabled'] } }),
  },
  {
    route: 'GET /webhooks/:id/requests',
    name: 'retryingRequests',
    summary: '`status_code=5xx`: what the receiver did not take',
    status: 200,
    before: async ({ radar: { client, receiver } }, told) => {
      receiver.answer(({ path }, response) => {
        const isFailing = path === PATHS.failing
        response.writeHead(isFailing ? 503 : 200).end(isFailing ? 'down for maintenance' : 'status 200')
      })
      await client.disableMonitor(told('severalRecords').data[1].uuid)
    },
    ask: (told) => ({ params: { id: told('failingWebhook').uuid }, query: { status_code: '5xx' } }),
  },
  {
    route: 'GET /webhooks/:id',
    name: 'retryingWebhook',
    summary: 'A webhook whose receiver fails',
    status: 200,
    ask: (told) => ({ params: { id: told('failingWebhook').uuid } }),
  },
  {
    route: 'POST /webhooks/:id/retry',
    name: 'triedAgain',
    summary: 'The receiver is said to work again',
    status: 202,
    before: ({ radar: { receiver } }) => receiver.answer(200),
    ask: (told) => ({ params: { id: told('failingWebhook').uuid } }),
  },
  {
    route: 'GET /webhooks',
    name: 'subscriptions',
    summary: '`source=n8n`: the subscriptions of n8n',
    status: 200,
    ask: { query: { source: 'n8n' } },
  },
  {
    route: 'PATCH /webhooks/:id',
    name: 'changedWebhook',
    summary: 'Only what breaks, with more time to answer',
    status: 200,
    ask: (told) => ({
      params: { id: told('ownWebhook').uuid },
      json: { events: ['record.broken'], timeout_seconds: 10 },
    }),
  },
  {
    route: 'POST /webhooks/:id/disable',
    name: 'disabledWebhook',
    summary: 'Nothing is delivered for a while',
    status: 200,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid } }),
  },
  {
    route: 'POST /webhooks/:id/recover',
    name: 'recoveredDisabled',
    summary: 'The webhook is disabled',
    status: 409,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid }, json: { since: 1_767_873_600 } }),
  },
  {
    route: 'POST /webhooks/:id/enable',
    name: 'enabledWebhook',
    summary: 'Delivered to again',
    status: 200,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid } }),
  },
  {
    route: 'POST /webhooks/:id/recover',
    name: 'recovered',
    summary: 'What happened while the webhook was disabled',
    status: 202,
    before: async ({ radar: { client, dns } }, told) => {
      const { uuid } = told('ownWebhook')
      await client.disableWebhook(uuid)
      dns.remove('www.example.com')
      await client.checkMonitor(told('address').uuid)
      await client.enableWebhook(uuid)
    },
    ask: (told) => ({ params: { id: told('ownWebhook').uuid }, json: { since: 1_767_873_600 } }),
  },
  {
    route: 'POST /webhooks/:id/rotate-secret',
    name: 'rotated',
    summary: 'Both secrets sign for an hour',
    status: 200,
    ask: (told) => ({ params: { id: told('ownWebhook').uuid }, json: { overlap_seconds: 3600 } }),
  },
  {
    route: 'DELETE /webhooks/:id',
    name: 'unsubscribed',
    summary: 'The subscriber ends its subscription',
    status: 204,
    ask: (told) => ({ params: { id: told('subscription').uuid }, query: { by: 'subscriber' } }),
  },
  {
    route: 'POST /webhooks',
    name: 'sixthOfGroup',
    summary: 'The group has five webhooks',
    status: 409,
    before: async ({ radar: { client, receiver } }) => {
      for (let nth = 1; nth <= 5; nth += 1)
        await client.createWebhook({ url: `${receiver.origin}/${nth}`, groups: ['busy'] })
    },
    ask: (_, world) => ({ json: { url: at(world, '/6'), groups: ['busy'] } }),
  },
]
