/**
 * Checks, from a due monitor to a recorded result:
 *
 *   claim -> examine (look, judge, transition) -> record
 *
 * A claim is a lease: a process that dies in the middle loses the look, never the monitor. Looks run side by side,
 * their results share commits (`recorder.ts`).
 */
import { createDoorbell } from './doorbell.ts'
import { createDrain } from './drain.ts'
import { notFound, RadarError } from './errors.ts'
import { type Examined, type ExamineDeps, examineDue, type ExamineOptions } from './examine.ts'
import type { MonitorId, NodeId, OrganizationId } from './ids.ts'
import type { Look } from './monitor/look.ts'
import type { CheckStatus, Monitor, Target, WatchedMonitor } from './monitor/monitor.ts'
import type { DueCheck, Log, Store } from './ports.ts'
import { createRecorder } from './recorder.ts'
import { createOutages, type ResolverOutage } from './resolve/outage.ts'

export interface CheckerDeps extends Omit<ExamineDeps, 'outages'> {
  readonly store: Store
  readonly log: Log
  readonly node: NodeId
  /** Called after an event was recorded: its deliveries are waiting. */
  readonly onEvent: () => void
  /** Called after a look was recorded, with its evidence, of which the store keeps only what was new. */
  readonly onLook?: (checked: RecordedLook) => void
  /** Called once when an upstream begins to fail for many zones at once, or cannot be reached. */
  readonly onOutage?: (outage: ResolverOutage) => void
  /** Called once when that upstream has recovered. */
  readonly onRecovered?: (outage: ResolverOutage) => void
}

export interface CheckedMonitor {
  readonly watched: WatchedMonitor
  readonly look: Look
}

/** Of a monitor as far as its look needed it. */
export interface RecordedLook {
  readonly watched: { readonly monitor: Target; readonly status: CheckStatus }
  readonly look: Look
}

export interface Checker {
  /** Checks what is due until `signal` aborts, then gives back what is in flight. */
  run(signal: AbortSignal): Promise<void>
  /**
   * Checks one monitor now, through the same path and never from a shared answer. Waits for a look in flight, then
   * looks itself. Throws `not_found`, `monitor_disabled`, and `not_ready` once `signal` aborts.
   */
  checkNow(orgId: OrganizationId, id: MonitorId, signal?: AbortSignal): Promise<CheckedMonitor>
  /** Something became due: look without waiting for the next poll. */
  poke(): void
}

type Done = Pick<Examined, 'status' | 'baseline' | 'look'>

/** Of a claim, at least; a longer budget gets a longer lease. */
const LEASE_MS = 60_000
/** Besides the three budgets that a look may use: a queue in front of the resolver, and a slow commit. */
const LEASE_SLACK_MS = 15_000
/** Looks in flight: at 3,333 checks a second with every hundredth timing out after two budgets this is about 400. */
const MAX_IN_FLIGHT = 2_000
/** Rows of one claim: bounds how long the statement holds the database. */
const CLAIM = 250
/** How often to look for work that other processes or the command line made due. */
const POLL_MS = 1_000
/** How soon to look again for room, or for a look that another process has in flight. */
const BUSY_MS = 50

export function createChecker(deps: CheckerDeps): Checker {
  const { store, clock, log, node } = deps
  const leaseMs = Math.max(LEASE_MS, 3 * deps.budgetMs + LEASE_SLACK_MS)
  const outages = createOutages({
    clock,
    guard: deps.confirm,
    onOutage: (outage) => deps.onOutage?.(outage),
    onRecovered: (outage) => deps.onRecovered?.(outage),
  })
  const examining = { ...deps, outages }
  const recorder = createRecorder(store)
  const doorbell = createDoorbell(clock)
  const drain = createDrain({ store, clock })
  const inFlight = new Map<MonitorId, Promise<unknown>>()

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await startDue(signal).catch((error: unknown) => {
        log.error({ err: error }, 'due monitors could not be claimed; trying again')
        return POLL_MS
      })
      if (pauseMs > 0) await doorbell.wait(pauseMs, signal)
    }
    await Promise.allSettled(inFlight.values())
  }

  /** Starts what is due as far as there is room, and says how long to wait before looking again. */
  async function startDue(signal: AbortSignal): Promise<number> {
    // A claim steps over what is in flight, so it waits until there is room for a whole one.
    if (inFlight.size > MAX_IN_FLIGHT - CLAIM) return BUSY_MS
    const late = await drain.share(CLAIM)
    const claimed = await store.checks.claimDue({ node, limit: CLAIM, leaseMs, late })
    const hasMore = drain.took(claimed, late)
    for (const check of claimed) {
      const whole = (): Promise<Monitor | null> => store.checks.monitorOf(check)
      look(check, whole, { fresh: false, signal }).catch((error: unknown) =>
        log.error({ err: error, monitor: check.monitor.id }, 'a check could not be finished; its lease will lapse'),
      )
    }
    if (claimed.length === CLAIM || hasMore) return 0
    const due = await store.checks.nextDue()
    return due === null ? POLL_MS : Math.min(Math.max(due - clock.now(), BUSY_MS), POLL_MS)
  }

  async function checkNow(orgId: OrganizationId, id: MonitorId, signal?: AbortSignal): Promise<CheckedMonitor> {
    for (;;) {
      if (signal?.aborted) throw new RadarError('not_ready', 'The process is stopping; check again shortly.')
      const claim = await store.checks.claimOne(orgId, id, { node, leaseMs })
      if (claim === 'missing') throw notFound('monitor', id)
      if (claim === 'inactive') {
        throw new RadarError('monitor_disabled', `Monitor ${id} is disabled; enable it, then check it.`)
      }
      if (claim === 'busy') {
        await (inFlight.get(id)?.catch(() => undefined) ?? clock.wait(BUSY_MS))
        continue
      }
      const { monitor } = claim
      const done = await look(claim, async () => monitor, { fresh: true, ...(signal && { signal }) })
      // Not recorded: edited meanwhile, so what was seen was judged by a rule that no longer holds.
      if (done === null) continue
      const expected = done.baseline ?? monitor.expected
      return { watched: { monitor: { ...monitor, expected }, status: done.status }, look: done.look }
    }
  }

  /** Null when the result was not recorded. */
  function look(check: DueCheck, whole: () => Promise<Monitor | null>, how: ExamineOptions): Promise<Done | null> {
    const { id } = check.monitor
    const work = lookAndRecord(check, whole, how).finally(() => inFlight.delete(id))
    inFlight.set(id, work)
    return work
  }

  async function lookAndRecord(
    check: DueCheck,
    whole: () => Promise<Monitor | null>,
    how: ExamineOptions,
  ): Promise<Done | null> {
    const examined = await examineDue(examining, check, whole, how)
    if (examined === null || how.signal?.aborted) {
      // There is nothing to record; or it was cut short by a stop, and what the look says is not the record's doing.
      await store.checks.release([check])
      return null
    }
    const { status, change, baseline, unchanged, look } = examined
    const { recorded, event } = await recorder
      .record({ check, status, change, baseline, unchanged, look: isWorthKeeping(examined, how.fresh) ? look : null })
      .catch(async (error: unknown) => {
        // Nothing was written. Whoever forced the look may try again at once; a due one waits for its lease to lapse,
        // or a full disk would be answered with the same questions over and over.
        if (how.fresh) await store.checks.release([check])
        throw error
      })
    if (!recorded) return null
    if (event !== null) deps.onEvent()
    deps.onLook?.({ watched: { monitor: check.monitor, status }, look })
    return { status, baseline, look }
  }

  return { run, checkNow, poke: doorbell.ring }
}

/**
 * Evidence is kept of what is new, of what somebody asked for, and of a monitor that nothing is known of yet: nearly
 * every look finds the record as it was, and what is kept still speaks of it. A look that reached nobody says nothing
 * about the state there is, so it does not take the place of the one that does.
 */
function isWorthKeeping({ unchanged, look }: Examined, fresh: boolean): boolean {
  if (!unchanged || look.state === 'UNSET') return true
  const hasReachedNobody = !look.confirmed
  return fresh && !hasReachedNobody
}
