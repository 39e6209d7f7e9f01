import { FORMATS, METHODS, RECORD_TYPES, REQUEST_STATUSES, STATES, WEBHOOK_SOURCES } from '@dnsradar/client/words'
import { createdAfter, createdBefore } from './fields.ts'
import { field, required, type Resource, row } from './operation.ts'

const ID = [['webhook', 'its wh_… id']] as const
const REQUEST = [...ID, ['request', 'its req_… id']] as const

const url = field('url', 'text', 'where it is sent')

const MADE_OF = [
  field('secret', 'text', 'what requests are signed with; made for you when left out'),
  field('method', 'text', 'HTTP method', { choices: METHODS }),
  field('headers', 'pairs', 'headers of your own, such as Authorization=Bearer…', { flag: 'header' }),
  field('groups', 'list', 'slugs or ids of the groups that it hears of'),
  field('all_groups', 'yes_or_no', 'whether it hears of all groups'),
  field('format', 'text', 'how the body is written; found by the address when left out', { choices: FORMATS }),
  field('format_options', 'pairs', 'what the format needs, such as routing_key=…', { flag: 'format-option' }),
  field('events', 'list', "kinds of events, such as 'record.*'"),
  field('states', 'list', `only events into these states: ${STATES.join(', ')}`),
  field('record_types', 'list', `only of these types: ${RECORD_TYPES.join(', ')}`),
  field('monitors', 'list', 'only of these monitors'),
  field('timeout_seconds', 'integer', 'how long an attempt may take, 1 to 30', { flag: 'timeout' }),
]

export const webhooks: Resource = {
  name: 'webhooks',
  says: 'who is told',
  rows: [
    row('list', 'listWebhooks', 'all of them', {
      fields: [
        url,
        field('source', 'text', 'only subscriptions of this kind', { choices: WEBHOOK_SOURCES }),
        field('group', 'text', 'only those that hear of this group'),
        field('is_active', 'yes_or_no', 'only enabled or disabled ones', { flag: 'active' }),
      ],
      shows: 'webhook',
    }),
    row('get', 'getWebhook', 'one webhook', { ids: ID, shows: 'webhook' }),
    row('create', 'createWebhook', 'have somebody told; the signing secret is shown this once', {
      positional: [required(url)],
      fields: MADE_OF,
      shows: 'webhook',
      examples: [
        ['your own receiver', "dnsradar webhooks create https://hooks.example.org/dns --secret 'a secret of yours'"],
        ['a Slack channel', 'dnsradar webhooks create https://hooks.slack.com/services/…'],
      ],
    }),
    row('update', 'updateWebhook', 'change what is named, leave the rest', {
      ids: ID,
      fields: [url, ...MADE_OF],
      shows: 'webhook',
    }),
    row('delete', 'deleteWebhook', 'tell it nothing more', { ids: ID, done: 'Deleted.' }),
    row('enable', 'enableWebhook', 'tell it again, from now on', { ids: ID, shows: 'webhook' }),
    row('disable', 'disableWebhook', 'tell it nothing until it is enabled', { ids: ID, shows: 'webhook' }),
    row('test', 'testWebhook', 'send a sample event now', { ids: ID, shows: 'request' }),
    row('retry', 'retryWebhook', 'try what waits at once', { ids: ID, shows: 'webhook' }),
    row('recover', 'recoverWebhook', 'send what it missed since a time', {
      ids: ID,
      fields: [required(field('since', 'time', 'ISO 8601 or Unix seconds'))],
      examples: [['after an outage', 'dnsradar webhooks recover wh_01k… --since 2030-01-31T06:00:00Z']],
    }),
    row('rotate-secret', 'rotateSecret', 'a new signing secret; the old one goes on signing for a while', {
      ids: ID,
      fields: [field('overlap_seconds', 'integer', 'for how long; a day when left out')],
      shows: 'webhook',
    }),
  ],
}

export const requests: Resource = {
  name: 'requests',
  says: 'what webhooks were sent, and what came back',
  rows: [
    row('list', 'listRequests', 'of one webhook, newest first', {
      ids: ID,
      fields: [
        field('status', 'text', 'only these', { choices: REQUEST_STATUSES }),
        field('status_code', 'text', 'only with this answer: 500, or a class: 5xx', { flag: 'code' }),
        createdAfter,
        createdBefore,
      ],
      shows: 'request',
      examples: [['what did not arrive', 'dnsradar requests list wh_01k… --status FAILED']],
    }),
    row('get', 'getRequest', 'one request: its attempts, and the exact body', { ids: REQUEST, shows: 'request' }),
    row('retry', 'retryRequest', 'send it now, or once more', { ids: REQUEST, shows: 'request' }),
  ],
}

export const systemEvents: Resource = {
  name: 'system-events',
  says: 'what happened to monitors, webhooks and DNS servers',
  rows: [
    row('list', 'listSystemEvents', 'newest first', {
      fields: [field('type', 'text', "a kind, such as webhook.disabled or 'webhook.*'"), createdAfter, createdBefore],
      shows: 'system_event',
    }),
  ],
}
