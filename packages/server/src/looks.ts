/**
 * The last look at each monitor, as evidence beside its state.
 *
 * The store keeps the evidence of looks that brought something new: a row for every look would be most of what is
 * written. A process remembers its own looks besides, so that it shows the one of a moment ago, whole.
 */
import type { Look, MonitorId, WatchedMonitor } from '@dnsradar/core'
import type { Deps } from './deps.ts'

/** Some 2 kB each. */
const REMEMBERED = 10_000

export interface Looks {
  remember(watched: WatchedMonitor, look: Look): void
  /** The monitor's last look, when it was this process's and is remembered. */
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

/** The evidence for the monitor's status: of the last look, or of the one that the looks since then bear out. */
export async function lastLook(
  { looks, store }: Pick<Deps, 'looks' | 'store'>,
  watched: WatchedMonitor,
): Promise<Look | null> {
  const { monitor, status } = watched
  if (status.lastChecked === null) return null
  const recalled = looks.recall(watched)
  if (recalled !== null) return recalled
  const kept = await store.monitors.lastLook(monitor.orgId, monitor.id)
  // A later one was recorded after the monitor was read, and may speak of another state than the one that is shown.
  return kept !== null && kept.at <= status.lastChecked ? kept.look : null
}
