/** What bodies are written from, for the tests of formats: a broken record, a restored one, system events and a test. */
import type { DnsEvent, News, Recipient, SystemEvent, SystemEventKind, Webhook } from '@dnsradar/core'
import { FORMAT_ROWS } from '@dnsradar/core/delivery/formats/table'
import { anEvent, aWebhook } from './delivery-examples.ts'

const CREATED = Date.UTC(2026, 0, 8, 12, 0, 1)
const IDENTITY = {
  id: 'req_01jd00000000000000000000aa',
  webhookId: 'wh_01jd00000000000000000000aa',
  created: CREATED,
} as const

export const BROKEN: Partial<DnsEvent> = {
  reasons: [
    { code: 'differs', message: '`192.0.2.2` is published where `192.0.2.1` is expected.', value: '192.0.2.2' },
  ],
  externalId: 'customer-7',
}

export const RESTORED: Partial<DnsEvent> = {
  kind: 'record.restored',
  oldState: 'MISMATCH',
  newState: 'VALID',
  previous: ['192.0.2.2'],
  current: ['192.0.2.1'],
}

export const MONITOR_URL = 'https://radar.example.com/app/monitors/mon_01jd00000000000000000000aa'

export function record(event: Partial<DnsEvent> = BROKEN, url: string | null = MONITOR_URL): News {
  const circumstances = {
    groupSlug: 'mail',
    match: 'exact',
    metadata: {},
    brokenSince: Date.UTC(2026, 0, 8, 9, 55),
    url,
  } as const
  return { of: 'record', event: anEvent(event), circumstances }
}

const MONITOR = { record_type: 'A', domain: 'example.com', subdomain: 'www' }
const WEBHOOK = { uuid: 'wh_01jd00000000000000000000zz', url: 'https://hooks.slack.com/services/T0/B0/secret' }

export const SYSTEM_DATA: Readonly<Record<SystemEventKind, SystemEvent['data']>> = {
  'domain.restored': { domain: 'example.com', monitors: [], broken_since: '', broken_for_seconds: 7500 },
  'domain.record_missing': {
    user_id: 'customer-7',
    domain: 'example.com',
    subdomain: 'shop',
    records_propagated: [{ type: 'A', host: '@', value: '192.0.2.1' }],
    records_non_propagated: [{ type: 'CNAME', host: 'shop', value: 'shops.example.net' }],
  },
  'domain.record_restored': {
    user_id: 'customer-7',
    domain: 'example.com',
    subdomain: 'shop',
    records_propagated: [{ type: 'CNAME', host: 'shop', value: 'shops.example.net' }],
    records_non_propagated: [],
  },
  'monitor.created': { monitor: MONITOR },
  'monitor.enabled': { monitor: MONITOR },
  'monitor.disabled': { monitor: MONITOR },
  'monitor.deleted': { monitor: MONITOR },
  'webhook.disabled': { webhook: WEBHOOK, reason: 'gave_up', failed: 3, last_error: 'HTTP 500' },
  'webhook.recovered': { webhook: WEBHOOK, reason: 'gave_up', failed: 3, last_error: 'HTTP 500' },
  'resolver.outage': { server: '192.0.2.53', since: '2026-01-08T12:00:00Z', failing_share: 0.731 },
  'resolver.recovered': { server: '192.0.2.53', since: '2026-01-08T12:00:00Z', failing_share: 0 },
}

export function system(type: SystemEventKind): News {
  const { orgId, monitorId, groupId } = anEvent({})
  const subject = type.startsWith('monitor.')
    ? ({ of: 'monitor', monitorId, type: 'A', groupId, groupSlug: 'mail', externalId: null } as const)
    : type.startsWith('webhook.')
      ? ({ of: 'webhook', webhookId: 'wh_01jd00000000000000000000zz' } as const)
      : type.startsWith('domain.')
        ? ({ of: 'domain', groups: [groupId] } as const)
        : ({ of: 'resolver' } as const)
  const event = {
    id: 'sys_01jd00000000000000000000aa',
    orgId,
    type,
    created: CREATED,
    data: SYSTEM_DATA[type],
  } as const
  return { of: 'system', event, subject }
}

/** The body of a webhook, with the members that a test cares about changed. */
export function written(
  webhook: Partial<Webhook> & Pick<Webhook, 'format'>,
  news: News = record(),
  isTest = false,
): string {
  const recipient: Recipient = aWebhook(webhook)
  return FORMAT_ROWS[recipient.format].body({ news, identity: IDENTITY, recipient, isTest })
}

/** The same as JSON. */
export function writtenJson(format: Webhook['format'], news: News = record(), isTest = false): unknown {
  return JSON.parse(written({ format }, news, isTest))
}
