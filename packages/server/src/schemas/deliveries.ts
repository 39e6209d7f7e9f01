/** The bodies that webhooks receive, held to the client's types by the compiler and to the real bodies by the tests. */
import {
  DNS_EVENT_KINDS,
  type DnsDelivery as WireDnsDelivery,
  SYSTEM_EVENT_KINDS,
  type SubscriptionDelivery as WireSubscriptionDelivery,
  type SystemDelivery as WireSystemDelivery,
  type SystemEventKind,
} from '@dnsradar/client'
import * as z from 'zod'
import {
  count,
  idOf,
  judgedState,
  maybeText,
  maybeTime,
  Monitor,
  reasons,
  recordType,
  state,
  texts,
  time,
  Webhook,
} from './wire.ts'

const deliveredEvent = {
  event_uuid: idOf('evt'),
  monitor_uuid: idOf('mon'),
  domain: z.string(),
  subdomain: maybeText,
  record_type: recordType,
  expected_value: texts,
  previous_value: texts,
  current_value: texts,
  old_state: state,
  new_state: judgedState,
  occurred: time,
  incidence_count: count,
}

const envelope = { uuid: idOf('req'), webhook_uuid: idOf('wh'), created: time }

export const DnsDelivery: z.ZodType<WireDnsDelivery> = z.strictObject({
  ...envelope,
  event: z.strictObject(deliveredEvent),
})

/** What a subscriber is told beside the event. */
export const DeliveryContext: z.ZodType<WireSubscriptionDelivery['context']> = z.strictObject({
  kind: z.enum(DNS_EVENT_KINDS),
  hostname: z.string(),
  group: z.string(),
  external_id: maybeText,
  metadata: z.record(z.string(), z.string()).readonly(),
  reasons,
  missing: texts,
  unexpected: texts,
  broken_since: maybeTime,
  broken_for_seconds: count.nullable(),
  summary: z.string(),
  url: maybeText,
})

export const SubscriptionDelivery: z.ZodType<WireSubscriptionDelivery> = z.strictObject({
  ...envelope,
  event: z.strictObject(deliveredEvent),
  context: DeliveryContext,
})

/** Made-up ids throughout: a receiver must not take a test for news. */
export const TestDelivery: z.ZodType<WireDnsDelivery> = z.strictObject({
  uuid: idOf('req_test'),
  webhook_uuid: idOf('wh_test'),
  created: time,
  event: z.strictObject({ ...deliveredEvent, event_uuid: idOf('evt_test'), monitor_uuid: idOf('mon_test') }),
  context: DeliveryContext.optional(),
})

type Family = 'monitor' | 'domain' | 'webhook' | 'resolver'

function systemDelivery(family: Family, data: z.ZodRawShape): z.ZodType<WireSystemDelivery> {
  return deliveryOf(
    SYSTEM_EVENT_KINDS.filter((kind) => kind.startsWith(`${family}.`) && !kind.startsWith('domain.record_')),
    data,
  )
}

function deliveryOf(kinds: readonly SystemEventKind[], data: z.ZodRawShape): z.ZodType<WireSystemDelivery> {
  return z.strictObject({
    ...envelope,
    type: z.enum(kinds),
    data: z.strictObject({ system_event_uuid: idOf('sys'), ...data }),
  })
}

const entriRecords = z.array(z.strictObject({ type: recordType, host: z.string(), value: z.string() })).readonly()

/** By what the event speaks of. */
export const SYSTEM_DELIVERIES: Readonly<Record<Family | 'entri', z.ZodType<WireSystemDelivery>>> = {
  monitor: systemDelivery('monitor', { monitor: Monitor }),
  domain: systemDelivery('domain', {
    domain: z.string(),
    monitors: z.array(idOf('mon')).readonly(),
    broken_since: time,
    broken_for_seconds: count,
  }),
  entri: deliveryOf(['domain.record_missing', 'domain.record_restored'], {
    user_id: z.string(),
    domain: z.string(),
    subdomain: maybeText,
    records_propagated: entriRecords,
    records_non_propagated: entriRecords,
  }),
  webhook: systemDelivery('webhook', { webhook: Webhook, reason: maybeText, failed: count, last_error: maybeText }),
  resolver: systemDelivery('resolver', {
    server: z.string(),
    since: time,
    failing_share: z.number().min(0).max(1),
  }),
}

export const SystemDelivery: z.ZodType<WireSystemDelivery> = z.union(Object.values(SYSTEM_DELIVERIES))
