/**
 * One look at one monitor, from the question to what should be recorded. Nothing is written here: the questions are
 * asked, `finding.ts` says what their answers amount to.
 */
import type { Answer, Question } from './dns/answer.ts'
import { type Finding, findingOf, recognized } from './finding.ts'
import { RECHECK_MS } from './monitor/confirm.ts'
import type { StateChange } from './monitor/event.ts'
import { type Look, seen } from './monitor/look.ts'
import type { CheckStatus, Monitor, Target, WatchedMonitor } from './monitor/monitor.ts'
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

export interface ExamineOptions {
  /** Never from an answer shared with another question. */
  readonly fresh: boolean
  readonly signal?: AbortSignal
}

export async function examine(deps: ExamineDeps, watched: WatchedMonitor, how: ExamineOptions): Promise<Examined> {
  const asking = startAsking(deps, watched.monitor, how.signal)
  return judged(deps, asking, watched, await asking.upstream(0, how.fresh))
}

/**
 * The same of a monitor of which only so much is known. The rest is asked for when there is news; null when there is no
 * such monitor any more, and so nothing to record.
 */
export async function examineDue(
  deps: ExamineDeps,
  due: { readonly monitor: Target; readonly status: CheckStatus },
  whole: () => Promise<Monitor | null>,
  how: ExamineOptions,
): Promise<Examined | null> {
  const asking = startAsking(deps, due.monitor, how.signal)
  const first = await asking.upstream(0, how.fresh)
  const known = recognized(due, first)
  if (known !== null) return examined(deps.clock, asking, due.monitor, known, null)
  const monitor = await whole()
  return monitor === null ? null : judged(deps, asking, { monitor, status: due.status }, first)
}

async function judged(deps: ExamineDeps, asking: Asking, watched: WatchedMonitor, first: Answer): Promise<Examined> {
  const { clock, outages } = deps
  const { monitor } = watched
  const witnesses = {
    confirm: deps.confirm,
    second: () => asking.upstream(1, true),
    zone: asking.zone,
    isIll: (server: string) => outages?.isIll(server) ?? false,
    now: () => clock.now(),
  }
  const found = recognized(watched, first) ?? (await findingOf(watched, first, witnesses))
  return examined(clock, asking, monitor, found, baselineOf(monitor, found))
}

function examined(
  clock: Clock,
  { started, answers }: Asking,
  { id, intervalMinutes }: Target,
  found: Finding,
  baseline: Examined['baseline'],
): Examined {
  const now = clock.now()
  const { state, pending } = found.status
  return {
    status: {
      ...found.status,
      lastChecked: now,
      nextCheck: found.isOpen ? now + RECHECK_MS : nextDue(id, intervalMinutes, now),
    },
    change: found.change,
    baseline,
    unchanged: found.isUnchanged,
    look: {
      state,
      confirmed: found.confirmed,
      pendingState: pending?.state ?? null,
      reasons: found.reasons,
      values: found.values,
      durationMs: clock.monotonic() - started,
      answers: answers.map(seen),
    },
  }
}

interface Asking {
  /** On the monotonic clock. */
  readonly started: number
  readonly answers: readonly Answer[]
  upstream(startAt: number, fresh: boolean): Promise<Answer>
  zone(): Promise<readonly Answer[]>
}

/** Asks one monitor's question, and keeps every answer as evidence. */
function startAsking(deps: ExamineDeps, monitor: Target, signal: AbortSignal | undefined): Asking {
  const { resolver, clock, authority, outages, budgetMs } = deps
  const question: Question = { name: monitor.ownerName, type: queryType(monitor.type) }
  const patience = signal === undefined ? { budgetMs } : { budgetMs, signal }
  const heard = (said: Answer): void => outages?.heard(said, monitor.registrable)
  const answers: Answer[] = []
  return {
    started: clock.monotonic(),
    answers,
    async upstream(startAt, fresh) {
      const answer = await resolver.look(question, { ...patience, startAt, fresh, heard })
      answers.push(answer)
      return answer
    },
    async zone() {
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
