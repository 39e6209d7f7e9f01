/** How benchmarks set up a server that is left to itself, and what they then do to it. */
import type { Database } from '@dnsradar/test/databases'
import type { RadarProcess } from '@dnsradar/test/radar-process'
import { setTimeout } from 'node:timers/promises'
import type { Responder } from './dns-ceilings.ts'

/** Looks go to `responder` alone, deliveries to loopback. */
export function settingsFor({ settings }: Database, { port }: Responder, key: string): Record<string, string> {
  return {
    PORT: '0',
    DNSRADAR_API_KEY: key,
    DNSRADAR_RESOLVERS: `127.0.0.1:${port}`,
    DNSRADAR_AUTHORITATIVE: 'off',
    DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1',
    DNSRADAR_RATE_LIMIT: '0',
    DNSRADAR_LOG: 'warn',
    ...settings,
  }
}

export async function untilAllLookedAt({ client }: RadarProcess): Promise<void> {
  while ((await client.listMonitors({ state: 'UNSET', limit: 1 })).data.length > 0) await setTimeout(100)
}
