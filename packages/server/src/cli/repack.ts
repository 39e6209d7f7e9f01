/** What a webhook is sent, made again from what the API tells of it. */
import type { DnsDelivery, WireEvent, WireRequestDetail } from '@dnsradar/client'
import { type DeliveryId, type WebhookId, wireTime } from '@dnsradar/core'
import type { Package } from './forward.ts'
import { nameOf } from './show.ts'

/** As if a webhook of all groups had been there when it happened. */
export function packageOfEvent(event: WireEvent, id: DeliveryId, webhook: WebhookId): Package {
  const body: DnsDelivery = {
    uuid: id,
    webhook_uuid: webhook,
    created: wireTime(Date.parse(event.occurred)),
    event: {
      event_uuid: event.uuid,
      monitor_uuid: event.monitor_uuid,
      domain: event.domain,
      subdomain: event.subdomain,
      record_type: event.record_type,
      expected_value: event.expected_value,
      previous_value: event.previous_value,
      current_value: event.current_value,
      old_state: event.old_state,
      new_state: event.new_state,
      occurred: event.occurred,
      incidence_count: event.incidence_count,
    },
  }
  return { ...headlineOf(event), id, sequence: null, contentType: 'application/json', body: JSON.stringify(body) }
}

/** The exact body; `event` is what it is about, null when that is not known. */
export function packageOfRequest(request: WireRequestDetail, event: WireEvent | null): Package {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    ...(event === null ? unknownHeadline(request) : headlineOf(event)),
    id: request.uuid.replace(/^req_test_/, 'req_'),
    sequence: request.sequence,
    contentType: headers['content-type'] ?? 'application/json',
    body: request.body,
  }
}

type Headline = Pick<Package, 'kind' | 'group' | 'externalId' | 'about'>

function headlineOf(event: WireEvent): Headline {
  const { kind, group, external_id: externalId } = event
  return {
    kind,
    group,
    externalId,
    about: `${nameOf(event)} ${event.record_type} ${event.old_state} → ${event.new_state}`,
  }
}

/** A test shows a broken record; everything else without an event is a system event, which names itself. */
function unknownHeadline({ kind, body }: WireRequestDetail): Headline {
  const type = typeIn(body)
  return { kind: type ?? 'record.broken', group: null, externalId: null, about: kind }
}

function typeIn(body: string): string | null {
  try {
    const { type } = JSON.parse(body) as { type?: unknown }
    return typeof type === 'string' && /^[a-z._]{1,60}$/.test(type) ? type : null
  } catch {
    return null
  }
}
