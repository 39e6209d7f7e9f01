/** From what is new to what streams send: the objects are read and presented once, however many streams there are. */
import type { DeliveryId, EventId, GroupId, MonitorId, NewsItem, NewsKind, OrganizationId, Store } from '@dnsradar/core'
import { presentEvent } from '../present/events.ts'
import { presentMonitor } from '../present/monitors.ts'
import { presentRequest } from '../present/requests.ts'
import { frameOf } from './frame.ts'

/** A piece of news in one of its shapes: an event is told as itself and as what became of its monitor. */
export interface Fact {
  /** Tells this state of the object from all others of it. */
  readonly key: string
  readonly kind: NewsKind
  readonly item: NewsItem
}

export interface Told extends Fact {
  readonly framed: Buffer
  /** The same without an id. */
  readonly anonymous: Buffer
}

/** In the order of the news, of these kinds only. */
export function factsOf(items: readonly NewsItem[], kinds: ReadonlySet<NewsKind>): readonly Fact[] {
  return items.flatMap(factsOfOne).filter(({ kind }) => kinds.has(kind))
}

function factsOfOne(item: NewsItem): readonly Fact[] {
  switch (item.kind) {
    case 'event':
      return [
        { key: item.id, kind: 'event', item },
        { key: `${item.monitorId} ${item.id}`, kind: 'monitor', item },
      ]
    case 'request':
      return [{ key: `${item.id} ${item.attempts} ${item.status}`, kind: 'request', item }]
    case 'monitor':
      return [{ key: `${item.id} ${item.at}`, kind: 'monitor', item }]
  }
}

/** What of these facts is still there, as it is now. */
export async function tell(
  { news, groups }: Pick<Store, 'news' | 'groups'>,
  orgId: OrganizationId,
  facts: readonly Fact[],
): Promise<readonly Told[]> {
  const ids = idsOf(facts)
  const [events, deliveries, monitors] = await Promise.all([
    news.events(orgId, [...ids.event]),
    news.deliveries(orgId, [...ids.request]),
    news.monitors(orgId, [...ids.monitor]),
  ])
  const named = [...events.map(({ groupId }) => groupId), ...monitors.map(({ monitor }) => monitor.groupId)]
  const slugs = named.length === 0 ? new Map<GroupId, string>() : await groups.slugs(orgId, [...new Set(named)])
  const objects = new Map<string, object>([
    ...events.map((event) => [event.id, presentEvent(event, slugs)] as const),
    ...deliveries.map((delivery) => [delivery.id, presentRequest(delivery)] as const),
    ...monitors.map((watched) => [watched.monitor.id, presentMonitor(watched, slugs)] as const),
  ])
  return facts.flatMap((fact) => {
    const object = objects.get(objectOf(fact))
    return object === undefined ? [] : [framed(fact, object)]
  })
}

function idsOf(facts: readonly Fact[]) {
  const ids = { event: new Set<EventId>(), request: new Set<DeliveryId>(), monitor: new Set<MonitorId>() }
  for (const { kind, item } of facts) {
    if (item.kind === 'request') ids.request.add(item.id)
    else if (item.kind === 'monitor') ids.monitor.add(item.id)
    else if (kind === 'event') ids.event.add(item.id)
    else ids.monitor.add(item.monitorId)
  }
  return ids
}

function objectOf({ kind, item }: Fact): string {
  return kind === 'monitor' && item.kind === 'event' ? item.monitorId : item.id
}

function framed(fact: Fact, object: object): Told {
  const message = { event: fact.kind, data: JSON.stringify(object) }
  const { uuid } = object as { readonly uuid: string }
  return {
    ...fact,
    framed: Buffer.from(frameOf({ ...message, id: uuid })),
    anonymous: Buffer.from(frameOf({ ...message, id: null })),
  }
}
