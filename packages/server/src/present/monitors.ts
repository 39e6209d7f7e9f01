/** Monitors on the wire: the object that deliveries hold too. */
import type { WireMonitor } from '@dnsradar/client'
import type { WatchedMonitor } from '@dnsradar/core'
import { monitorObject } from '@dnsradar/core/delivery/objects'
import { groupOf, type Slugs } from './words.ts'

export function presentMonitor(watched: WatchedMonitor, slugs: Slugs): WireMonitor {
  return monitorObject(watched, groupOf(slugs, watched.monitor.groupId))
}
