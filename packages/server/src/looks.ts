/**
 * The last look at each monitor, as evidence beside its state.
 *
 * The store keeps the evidence of looks that brought something new: a row for every look would be most of what is
 * written. A process remembers its own looks besides, so that it shows the one of a moment ago, whole.
 */
import type { CheckStatus, Look, MonitorId, Records, Target, WatchedMonitor } from '@dnsradar/core'

/** Some 2 kB each. */
const REMEMBERED = 10_000

export interface Looks {
  remember(watched: LookedAt, look: Look): void
  /** The monitor's last look, when it was this process's and is remembered. */
  recall(watched: LookedAt): Look | null
}

interface LookedAt {
  readonly monitor: Pick<Target, 'id'>
  readonly status: Pick<CheckStatus, 'lastChecked'>
}

export function createLooks(): Looks {
  const looks = new Map<MonitorId, { readonly at: number | null; readonly look: Look }>()
  // One iterator for good: a new one would step over all that was ever deleted in front, thousands of places each time.
  // Whatever is remembered anew comes behind it, so what it gives next is the one remembered longest ago.
  const oldest = looks.keys()
  return {
    remember({ monitor, status }, look) {
      looks.delete(monitor.id)
      looks.set(monitor.id, { at: status.lastChecked, look })
      if (looks.size > REMEMBERED) looks.delete(oldest.next().value as MonitorId)
    },
    recall({ monitor, status }) {
      const known = looks.get(monitor.id)
      return known !== undefined && known.at === status.lastChecked ? known.look : null
    },
  }
}

/** The evidence for the monitor's status: of the last look, or of the one that the looks since then bear out. */
export async function lastLook(
  { looks, store }: { readonly looks: Looks; readonly store: Pick<Records, 'monitors'> },
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
