/** Shown while a Zap is set up and there is nothing live yet. Made by the functions that make live items. */
import type { SubscriptionDelivery, WireCheck, WireGroup, WireMonitor } from '@dnsradar/client'
import { changeFromDelivery } from './change.ts'
import { groupItem } from './group.ts'
import { lookupItem } from './lookup.ts'
import { checkedMonitorItem, monitorItem } from './monitor.ts'
import { activityItem, disabledWebhookItem, domainItem, type Happening, type KnownWebhook } from './system.ts'

/** Well-formed, so that a step which is given one says that there is no such thing. */
const SUFFIX = '01kgexamp1e00000000000000'
const MONITOR_ID = `mon_${SUFFIX}0`
const OCCURRED = '2026-01-08T10:35:22Z'

const REASON = {
  code: 'differs',
  message: '`192.0.2.2` is published where `192.0.2.1` is expected.',
  value: '192.0.2.2',
} as const

const BROKEN: SubscriptionDelivery = {
  uuid: `req_${SUFFIX}1`,
  webhook_uuid: `wh_${SUFFIX}2`,
  created: OCCURRED,
  event: {
    event_uuid: `evt_${SUFFIX}3`,
    monitor_uuid: MONITOR_ID,
    domain: 'example.com',
    subdomain: 'www',
    record_type: 'A',
    expected_value: ['192.0.2.1'],
    previous_value: ['192.0.2.1'],
    current_value: ['192.0.2.2'],
    old_state: 'VALID',
    new_state: 'MISMATCH',
    occurred: OCCURRED,
    incidence_count: 1,
  },
  context: {
    kind: 'record.broken',
    hostname: 'www.example.com',
    group: 'default',
    external_id: null,
    metadata: {},
    reasons: [REASON],
    missing: ['192.0.2.1'],
    unexpected: ['192.0.2.2'],
    broken_since: OCCURRED,
    broken_for_seconds: 0,
    summary: `The A record of www.example.com is not as expected: ${REASON.message}`,
    url: null,
  },
}

export const CHANGE_SAMPLE = changeFromDelivery(BROKEN)

const RESTORED_AT = '2026-01-08T11:05:22Z'

export const RESTORED_SAMPLE = changeFromDelivery({
  ...BROKEN,
  created: RESTORED_AT,
  event: {
    ...BROKEN.event,
    previous_value: ['192.0.2.2'],
    current_value: ['192.0.2.1'],
    old_state: 'MISMATCH',
    new_state: 'VALID',
    occurred: RESTORED_AT,
  },
  context: {
    ...BROKEN.context,
    kind: 'record.restored',
    reasons: [],
    missing: [],
    unexpected: [],
    broken_for_seconds: 1800,
    summary: 'The A record of www.example.com is as expected now, after 30 minutes.',
  },
})

const MONITOR: WireMonitor = {
  uuid: MONITOR_ID,
  created: '2026-01-01T09:00:00Z',
  domain: 'example.com',
  subdomain: 'www',
  record_type: 'A',
  expected_value: ['192.0.2.1'],
  current_value: ['192.0.2.1'],
  is_exact_match: true,
  state: 'VALID',
  incidence_count: 0,
  last_checked: OCCURRED,
  is_active: true,
  frequency: 5,
  match: 'exact',
  notify: 'immediately',
  group: 'default',
  external_id: null,
  metadata: {},
  updated: '2026-01-01T09:00:00Z',
  next_check: '2026-01-08T10:40:22Z',
  reasons: [],
  pending_state: null,
}

export const MONITOR_SAMPLE = monitorItem(MONITOR)

const CHECK: WireCheck = {
  state: 'VALID',
  confirmed: true,
  pending_state: null,
  reasons: [],
  values: ['192.0.2.1'],
  ttl: 300,
  rcode: 'NOERROR',
  chain: [],
  duration_ms: 12,
  answers: [],
}

export const CHECKED_MONITOR_SAMPLE = checkedMonitorItem({ ...MONITOR, check: CHECK })

const HAPPENING = { id: `sys_${SUFFIX}4`, occurred: OCCURRED }

export const ACTIVITY_SAMPLE = activityItem(
  { ...HAPPENING, type: 'monitor.disabled', data: {} },
  {
    ...MONITOR,
    is_active: false,
    next_check: null,
  },
)

const DOMAIN: Happening = {
  ...HAPPENING,
  type: 'domain.restored',
  data: {
    domain: 'example.com',
    monitors: [MONITOR_ID],
    broken_since: '2026-01-08T10:05:22Z',
    broken_for_seconds: 1800,
  },
}

export const DOMAIN_SAMPLE = domainItem(DOMAIN)

export const WEBHOOK_SAMPLE: KnownWebhook = {
  uuid: `wh_${SUFFIX}2`,
  url: 'https://hooks.example.org/dns',
  source: null,
  groups: ['default'],
  all_groups: false,
}

const DISABLED: Happening = {
  ...HAPPENING,
  type: 'webhook.disabled',
  data: { webhook: WEBHOOK_SAMPLE, reason: 'gave_up', failed: 2, last_error: 'The receiver answered with status 500.' },
}

export const DISABLED_WEBHOOK_SAMPLE = disabledWebhookItem(DISABLED)

const GROUP: WireGroup = {
  uuid: `grp_${SUFFIX}5`,
  slug: 'default',
  name: 'Default',
  kind: 'native',
  is_default: true,
  monitors: 12,
  webhooks: 2,
  is_public: false,
  created: '2026-01-01T09:00:00Z',
}

export const GROUP_SAMPLE = groupItem(GROUP)

export const LOOKUP_SAMPLE = lookupItem({
  name: 'www.example.com',
  type: 'A',
  consistent: true,
  answers: [
    {
      server: '9.9.9.9:53',
      role: 'upstream',
      transport: 'udp',
      rcode: 'NOERROR',
      values: ['192.0.2.1'],
      ttl: 300,
      chain: [],
      aa: false,
      ad: false,
      duration_ms: 12,
      error: null,
    },
  ],
})
