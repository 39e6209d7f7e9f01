/**
 * **The table** of words about each route: what people and generated clients call it.
 *
 * A route's shapes, scope and statuses come from its row in `routes/`; what no row can tell stands here. A row without
 * words is a failing test.
 */
import type { ErrorCode } from '@dnsradar/core'

/** In the order in which the reference shows them. */
export const TAGS = {
  Monitors: 'DNS records that are watched, each with what is expected of it.',
  Inspection: 'Questions that need no monitor.',
  Events: 'What happened: changes of records, and of monitors, domains, webhooks and resolvers.',
  Groups: 'Sets of monitors that share webhooks.',
  Webhooks: 'Where events are delivered, in order, signed, with retries.',
  Requests: 'Deliveries to a webhook and each attempt at them.',
  Account: 'The organization, its API keys and who wrote what.',
  Entri: 'Applications that speak Entri Monitor, whose own reference is `/monitor/openapi.json`.',
  Service: 'Whether the process is well.',
} as const

export type Tag = keyof typeof TAGS

export interface Operation {
  /** Stable: generated clients call their methods so. */
  readonly id: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** What this route refuses for its own reasons, beside what any route may. */
  readonly refuses?: readonly ErrorCode[]
}

const PLAN = ['plan_monitors', 'plan_frequency'] as const
const EXPECTATION = ['invalid_expectation', ...PLAN, 'external_id_taken', 'conflict'] as const
const TARGET = ['blocked_target', 'blocked_header', 'group_webhook_limit', 'subscription_limit'] as const

/** By method and path as they stand in the route table. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'POST /monitors': {
    id: 'createMonitor',
    tag: 'Monitors',
    summary: 'Create a monitor',
    description:
      'The record is looked up at once in the background; with `wait=true` the answer waits for that and has `check`, null when the look did not end in time.',
    refuses: EXPECTATION,
  },
  'POST /monitors/bulk': {
    id: 'createMonitors',
    tag: 'Monitors',
    summary: 'Create up to 1000 monitors',
    description:
      'All or none. Members beside the list are defaults for monitors that leave them out. With `dry_run=true` nothing is written and the answer, with status 200, says what would be.',
    refuses: EXPECTATION,
  },
  'PUT /monitors/by-key/:external_id': {
    id: 'putMonitor',
    tag: 'Monitors',
    summary: 'Create or replace the monitor with this external id',
    description: '201 when it is new, 200 when it was replaced: then its id and its history stay.',
    refuses: EXPECTATION,
  },
  'GET /monitors': { id: 'listMonitors', tag: 'Monitors', summary: 'List monitors' },
  'GET /monitors/:id': { id: 'getMonitor', tag: 'Monitors', summary: 'Get a monitor with its last look' },
  'PATCH /monitors/:id': {
    id: 'updateMonitor',
    tag: 'Monitors',
    summary: 'Change a monitor',
    description: 'What is left out stays. The record is looked up again at once; a new name or type starts from UNSET.',
    refuses: EXPECTATION,
  },
  'DELETE /monitors/:id': {
    id: 'deleteMonitor',
    tag: 'Monitors',
    summary: 'Delete a monitor',
    description: 'Its events stay, and those that wait are still delivered.',
    refuses: ['conflict'],
  },
  'POST /monitors/:id/check': {
    id: 'checkMonitor',
    tag: 'Monitors',
    summary: 'Check a monitor now',
    description: 'Through the whole real path, past every cache. What it finds is recorded and delivered.',
    refuses: ['monitor_disabled', 'not_ready'],
  },
  'POST /monitors/:id/accept': {
    id: 'acceptMonitor',
    tag: 'Monitors',
    summary: 'Take the current value as the expectation',
    refuses: ['conflict', 'invalid_expectation'],
  },
  'POST /monitors/:id/enable': { id: 'enableMonitor', tag: 'Monitors', summary: 'Watch a monitor again' },
  'POST /monitors/:id/disable': { id: 'disableMonitor', tag: 'Monitors', summary: 'Stop watching a monitor' },

  'POST /match': {
    id: 'match',
    tag: 'Inspection',
    summary: 'Try how values would be judged',
    description: 'Asks no server and writes nothing.',
    refuses: ['invalid_expectation'],
  },
  'GET /lookup': {
    id: 'lookup',
    tag: 'Inspection',
    summary: 'Ask every upstream and authoritative server',
    description: 'Their answers side by side, past every cache.',
    refuses: ['not_ready'],
  },

  'GET /events': { id: 'listEvents', tag: 'Events', summary: 'List the events of all monitors' },
  'GET /events/:event': { id: 'getEvent', tag: 'Events', summary: 'Get an event' },
  'GET /monitors/:id/events': { id: 'listMonitorEvents', tag: 'Events', summary: 'List the events of a monitor' },
  'GET /monitors/:id/events/:event': { id: 'getMonitorEvent', tag: 'Events', summary: 'Get an event of a monitor' },
  'GET /stream': {
    id: 'stream',
    tag: 'Events',
    summary: 'Watch events, requests and monitors live',
    description:
      'Server-sent events: `event` is the type, `data` the object as it is now, `id` its id. A request is told when it is made and after each attempt, a monitor when it is made, edited, enabled or disabled and with each of its events; beside other types its messages carry no id. `Last-Event-ID` goes on after the time of that id and tells some states again rather than missing one. A comment comes every 15 seconds. An API key may have 20 streams open.',
    refuses: ['invalid_cursor', 'not_found'],
  },
  'GET /system-events': { id: 'listSystemEvents', tag: 'Events', summary: 'List system events' },

  'POST /groups': { id: 'createGroup', tag: 'Groups', summary: 'Create a group', refuses: ['conflict'] },
  'GET /groups': { id: 'listGroups', tag: 'Groups', summary: 'List groups' },
  'GET /groups/:group': { id: 'getGroup', tag: 'Groups', summary: 'Get a group' },
  'PATCH /groups/:group': { id: 'updateGroup', tag: 'Groups', summary: 'Change a group', refuses: ['conflict'] },
  'DELETE /groups/:group': {
    id: 'deleteGroup',
    tag: 'Groups',
    summary: 'Delete an empty group',
    description: 'Its webhooks lose it and stay. The default group cannot be deleted.',
    refuses: ['group_not_empty', 'conflict'],
  },
  'GET /groups/:group/monitors': { id: 'listGroupMonitors', tag: 'Groups', summary: 'List the monitors of a group' },
  'PATCH /groups/:group/monitors': {
    id: 'updateGroupMonitors',
    tag: 'Groups',
    summary: 'Change all monitors of a group',
    refuses: ['plan_frequency'],
  },
  'GET /summary': { id: 'summary', tag: 'Groups', summary: 'Count monitors by state', refuses: ['not_found'] },

  'POST /webhooks': {
    id: 'createWebhook',
    tag: 'Webhooks',
    summary: 'Create a webhook or a subscription',
    description:
      'With a `source` it is a subscription: one that has the same source and url is replaced and answered with 200. The signing secret is shown here and never again.',
    refuses: TARGET,
  },
  'GET /webhooks': { id: 'listWebhooks', tag: 'Webhooks', summary: 'List webhooks' },
  'GET /webhooks/:id': { id: 'getWebhook', tag: 'Webhooks', summary: 'Get a webhook' },
  'PATCH /webhooks/:id': {
    id: 'updateWebhook',
    tag: 'Webhooks',
    summary: 'Change a webhook',
    description: 'What is left out stays, and so does a header whose value is given as `***`.',
    refuses: [...TARGET, 'conflict'],
  },
  'DELETE /webhooks/:id': {
    id: 'deleteWebhook',
    tag: 'Webhooks',
    summary: 'Delete a webhook',
    description: 'A subscriber that ends its own subscription says `by=subscriber` and is not told of it.',
    refuses: ['conflict'],
  },
  'POST /webhooks/:id/enable': { id: 'enableWebhook', tag: 'Webhooks', summary: 'Deliver to a webhook again' },
  'POST /webhooks/:id/disable': {
    id: 'disableWebhook',
    tag: 'Webhooks',
    summary: 'Stop delivering to a webhook',
    description: 'What waits in its queue fails.',
  },
  'POST /webhooks/:id/test': {
    id: 'testWebhook',
    tag: 'Webhooks',
    summary: 'Send a test event',
    description: 'Outside the queue, once, also to a disabled webhook. At most 5 a minute and 20 an hour.',
  },

  'POST /webhooks/:id/retry': {
    id: 'retryWebhook',
    tag: 'Webhooks',
    summary: 'Try the waiting request now',
    description:
      'Out of turn: when it fails, that counts for nothing and the request waits for its turn. Nothing happens when nothing waits.',
    refuses: ['webhook_disabled'],
  },
  'POST /webhooks/:id/recover': {
    id: 'recoverWebhook',
    tag: 'Webhooks',
    summary: 'Deliver what was missed',
    description:
      'Requests made since then that were given up wait again in their old places, before all that waits now. What happened since then while the webhook was disabled is queued behind. Asking again queues nothing twice. `queued` is the number of requests.',
    refuses: ['webhook_disabled', 'not_ready', 'in_progress'],
  },
  'POST /webhooks/:id/rotate-secret': {
    id: 'rotateSecret',
    tag: 'Webhooks',
    summary: 'Sign with a new secret',
    description:
      'Until `overlap_seconds` are over `webhook-signature` holds a signature under each secret, and `X-DNSRadar-Signature` is still made with the old one. Two secrets sign at most: rotating again within that time drops the older one. The new secret is shown here and never again.',
    refuses: ['conflict'],
  },

  'GET /webhooks/:id/requests': { id: 'listRequests', tag: 'Requests', summary: 'List the requests of a webhook' },
  'GET /webhooks/:id/requests/:request': {
    id: 'getRequest',
    tag: 'Requests',
    summary: 'Get a request with its attempts and body',
  },
  'POST /webhooks/:id/requests/:request/retry': {
    id: 'retryRequest',
    tag: 'Requests',
    summary: 'Try a request again',
    description:
      'The request that the queue waits for is tried now, out of turn. One that was delivered is sent once more, as a request of its own that the answer shows. At most once in 30 seconds.',
    refuses: ['webhook_disabled', 'not_head'],
  },

  'GET /me': { id: 'me', tag: 'Account', summary: 'Who am I, and what may I do' },
  'GET /organization': { id: 'getOrganization', tag: 'Account', summary: 'Get the organization' },
  'PATCH /organization': { id: 'updateOrganization', tag: 'Account', summary: 'Rename the organization' },
  'GET /audit': { id: 'listAudit', tag: 'Account', summary: 'List who wrote what' },
  'POST /keys': {
    id: 'createKey',
    tag: 'Account',
    summary: 'Create an API key',
    description: 'The key is shown here and never again.',
  },
  'GET /keys': { id: 'listKeys', tag: 'Account', summary: 'List API keys' },
  'DELETE /keys/:id': { id: 'deleteKey', tag: 'Account', summary: 'Revoke an API key' },

  'POST /entri/applications': {
    id: 'createEntriApplication',
    tag: 'Entri',
    summary: 'Create an Entri application',
    description: 'The secret is shown here and never again.',
    refuses: ['blocked_target', 'conflict'],
  },
  'GET /entri/applications': { id: 'listEntriApplications', tag: 'Entri', summary: 'List Entri applications' },
  'GET /entri/applications/:id': { id: 'getEntriApplication', tag: 'Entri', summary: 'Get an Entri application' },
  'PATCH /entri/applications/:id': {
    id: 'updateEntriApplication',
    tag: 'Entri',
    summary: 'Change an Entri application',
    description: 'Another secret ends the tokens that were made with the one before; it is shown here and never again.',
    refuses: ['blocked_target'],
  },
  'DELETE /entri/applications/:id': {
    id: 'deleteEntriApplication',
    tag: 'Entri',
    summary: 'Delete an Entri application',
    description: 'Its domains, their monitors and its webhook go with it.',
  },

  'GET /nodes': {
    id: 'listNodes',
    tag: 'Service',
    summary: 'List the processes that are alive',
    description: 'For keys of the installation’s default organization; others find nothing here.',
    refuses: ['not_found'],
  },
  'GET /healthz': { id: 'isAlive', tag: 'Service', summary: 'Does the process answer' },
  'GET /readyz': {
    id: 'isReady',
    tag: 'Service',
    summary: 'Can the process serve requests',
    refuses: ['not_ready'],
  },
}

/** Throws for a route that nobody has described yet. */
export function operationOf({ method, path }: { readonly method: string; readonly path: string }): Operation {
  const operation = OPERATIONS[`${method} ${path}`]
  if (operation === undefined) throw new Error(`${method} ${path} has no words in openapi/operations.ts`)
  return operation
}
