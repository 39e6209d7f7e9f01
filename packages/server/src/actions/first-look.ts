/** A new monitor, answered with what its first look saw. */
import { type Look, RadarError, type WatchedMonitor } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import type { NewMonitorInput } from '../schemas/monitors.ts'
import { createMonitor } from './monitors.ts'

/** For the look to be recorded when it has used up both its budgets. */
const SLACK_MS = 500

export interface FirstLook {
  readonly watched: WatchedMonitor
  /** Null when there was none in time, or none at all because the monitor is not active. */
  readonly look: Look | null
}

/** Waits for at most both budgets of a look. Whatever becomes of the look, the monitor was made. */
export async function createAndLook(deps: Deps, account: Account, input: NewMonitorInput): Promise<FirstLook> {
  // The look is asked for here: a loop that heard of the monitor would be there first, and make this wait for two.
  const unheard = { ...deps, checker: { ...deps.checker, poke: () => {} } }
  const created = await createMonitor(unheard, account, input)
  if (!created.monitor.isActive) return { watched: created, look: null }
  const enough = new AbortController()
  const looked = await Promise.race([
    lookAt(deps, created),
    deps.clock.wait(2 * deps.rules.dnsTimeoutMs + SLACK_MS, enough.signal).then(() => null),
  ])
  enough.abort()
  return looked ?? { watched: created, look: null }
}

function lookAt({ checker, log, stopping }: Deps, { monitor }: WatchedMonitor): Promise<FirstLook | null> {
  return checker.checkNow(monitor.orgId, monitor.id, stopping).catch((error: unknown) => {
    // Deleted or disabled meanwhile, or the process stops.
    if (!(error instanceof RadarError) && !stopping.aborted) {
      log.error({ err: error, monitor: monitor.id }, 'a new monitor could not be looked at; it stays due')
    }
    return null
  })
}
