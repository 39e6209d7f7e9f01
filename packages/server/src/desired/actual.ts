/** What a server has that a configuration file could speak of. */
import type { Client, WireGroup, WireMonitor, WireWebhook } from '@dnsradar/client'

export interface Actual {
  readonly groups: readonly WireGroup[]
  readonly monitors: readonly WireMonitor[]
  readonly webhooks: readonly WireWebhook[]
}

/** `onMonitors` hears how many were read. What belongs to another dialect, or subscribed by itself, is not ours. */
export async function readActual(
  client: Pick<Client, 'each'>,
  onMonitors: (count: number) => void = () => {},
): Promise<Actual> {
  const groups = (await all(client.each('listGroups', AT_ONCE))).filter(({ kind }) => kind === 'native')
  const native = new Set(groups.map(({ slug }) => slug))
  const webhooks = (await all(client.each('listWebhooks', AT_ONCE))).filter(({ source }) => source === null)
  const monitors: WireMonitor[] = []
  for await (const monitor of client.each('listMonitors', AT_ONCE)) {
    if (native.has(monitor.group)) monitors.push(monitor)
    onMonitors(monitors.length)
  }
  return { groups, monitors, webhooks }
}

const AT_ONCE = { limit: 100 }

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}
