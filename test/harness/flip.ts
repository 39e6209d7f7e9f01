/** Events on demand: one record, broken and healed by turns. */
import type { Client } from '@dnsradar/client'
import { expect } from 'vitest'
import type { DnsServer } from './dns-server.ts'

/** Makes a monitor and `count` events of it; the events' ids in order of occurrence. */
export async function flip({ client, dns }: { client: Client; dns: DnsServer }, count: number): Promise<string[]> {
  // Broken before the monitor exists: it is looked at once on its own, and may be so before it is asked to.
  dns.set('flip.example', 'A', ['192.0.2.2'])
  const { uuid } = await client.createMonitor({ domain: 'flip.example', record_type: 'A', expected_value: '192.0.2.1' })
  await client.checkMonitor(uuid)
  for (let made = 1; made < count; made += 1) {
    dns.set('flip.example', 'A', [made % 2 === 0 ? '192.0.2.2' : '192.0.2.1'])
    await client.checkMonitor(uuid)
  }
  const { data } = await client.listMonitorEvents(uuid)
  expect(data).toHaveLength(count)
  return data.map((event) => event.uuid).toReversed()
}
