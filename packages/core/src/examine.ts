/**
 * One look at one monitor, from the question to what should be recorded. Nothing is written here: the questions are
 * asked, `finding.ts` says what their answers amount to.
 */
import type { Answer, Question } from './dns/answer.ts'
import { type Finding, findingOf } from './finding.ts'
import { RECHECK_MS } from './monitor/confirm.ts'
import type { StateChange } from './monitor/event.ts'
import { type Look, seen } from './monitor/look.ts'
import type { CheckStatus, Monitor, WatchedMonitor } from './monitor/monitor.ts'
import { nextDue } from './monitor/schedule.ts'
import type { Authority, Clock, Resolver } from './ports.ts'
import { queryType } from './record-types.ts'
import type { Outages } from './resolve/outage.ts'

export interface ExamineDeps {
  readonly resolver: Resolver
  readonly clock: Clock
  /** Budget of one look in milliseconds; a confirmation gets a second one, the zone's own servers a third. */
  readonly budgetMs: number
  /** False: the first answer decides at once. */
  readonly confirm: boolean
  /** Asked when two upstreams disagree; without it they are looked at again. */
  readonly authority?: Authority | undefined
  /** What is known of the upstreams' health; without it every upstream is taken for sound. */
  readonly outages?: Outages | undefined
}

export interface Examined {
  readonly status: CheckStatus
  readonly change: StateChange | null
  /** The expectation taken by a `baseline` monitor's first records, else null. */
  readonly baseline: readonly string[] | null
  /** Of `status` only the times are new. */
  readonly unchanged: boolean
  readonly look: Look
}

/** `fresh`: never from an answer shared with another question. */
export async function examine(
  deps: ExamineDeps,
  watched: WatchedMonitor,
  how: { readonly fresh: boolean; readonly signal?: AbortSignal },
): Promise<Examined> {
  const { clock, outages } = deps
  const { monitor } = watched
  const started = clock.monotonic()
  const asking = startAsking(deps, monitor, how.signal)
  const first = await asking.upstream(0, how.fresh)
  const found = await findingOf(watched, first, {
    confirm: deps.confirm,
    second: () => asking.upstream(1, true),
    zone: asking.zone,
    isIll: (server) => outages?.isIll(server) ?? false,
    now: () => clock.now(),
  })
  const now = clock.now()
  return {
    status: {
      ...found.status,
      lastChecked: now,
      nextCheck: found.isOpen ? now + RECHECK_MS : nextDue(monitor.id, monitor.intervalMinutes, now),
    },
    change: found.change,
    baseline: baselineOf(monitor, found),
    unchanged: found.isUnchanged,
    look: {
      state: found.status.state,
      confirmed: found.confirmed,
      pendingState: found.status.pending?.state ?? null,
      reasons: found.reasons,
      values: found.values,
      durationMs: clock.monotonic() - started,
      answers: asking.answers.map(seen),
    },
  }
}

/** Asks one monitor's question, and keeps every answer as evidence. */
function startAsking(deps: ExamineDeps, monitor: Monitor, signal: AbortSignal | undefined) {
  const { resolver, authority, outages, budgetMs } = deps
  const question: Question = { name: monitor.ownerName, type: queryType(monitor.type) }
  const patience = { budgetMs, ...(signal === undefined ? {} : { signal }) }
  const answers: Answer[] = []
  return {
    answers,
    async upstream(startAt: number, fresh: boolean): Promise<Answer> {
      const heard = (said: Answer): void => outages?.heard(said, monitor.registrable)
      const answer = await resolver.look(question, { ...patience, startAt, fresh, heard })
      answers.push(answer)
      return answer
    },
    async zone(): Promise<readonly Answer[]> {
      const own = (await authority?.ask(question, patience)) ?? []
      answers.push(...own)
      return own
    },
  }
}

/** The first records that a `baseline` monitor sees become what it expects from then on. */
function baselineOf(monitor: Monitor, found: Finding): readonly string[] | null {
  const untaken = monitor.match === 'baseline' && monitor.expected.length === 0
  return untaken && found.status.state === 'VALID' && found.values.length > 0 ? found.values : null
}
