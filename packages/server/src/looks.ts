/**
 * The last looks of this process, as evidence beside a monitor's state.
 *
 * Evidence is worth showing while it is fresh and not worth a row per check, so it lives in memory: after a restart,
 * or when another process looked, a monitor shows what was recorded of its last look and no answers.
 */
import type { Look, MonitorId, WatchedMonitor } from '@dnsradar/core'

/** Some 2 kB each. */
const REMEMBERED = 10_000

export interface Looks {
  remember(watched: WatchedMonitor, look: Look): void
  /** The look that gave this monitor its present status, when it is remembered. */
  recall(watched: WatchedMonitor): Look | null
}

export function createLooks(): Looks {
  const looks = new Map<MonitorId, { readonly at: number | null; readonly look: Look }>()
  return {
    remember({ monitor, status }, look) {
      looks.delete(monitor.id)
      looks.set(monitor.id, { at: status.lastChecked, look })
      const [oldest] = looks.keys()
      if (looks.size > REMEMBERED && oldest !== undefined) looks.delete(oldest)
    },
    recall({ monitor, status }) {
      const known = looks.get(monitor.id)
      return known !== undefined && known.at === status.lastChecked ? known.look : null
    },
  }
}
