/**
 * One look at one monitor, from the question to what should be recorded. Nothing is written here.
 *
 *   look -> judge -> (second look at another upstream, when the first would make an event) -> transition
 */
import type { Answer, Question } from './dns/answer.ts'
import { fingerprint } from './dns/fingerprint.ts'
import { compileExpectation } from './match/index.ts'
import { RECHECK_MS, weigh } from './monitor/confirm.ts'
import type { StateChange } from './monitor/event.ts'
import { judge } from './monitor/judge.ts'
import { type Look, seen } from './monitor/look.ts'
import type { CheckStatus, Monitor, WatchedMonitor } from './monitor/monitor.ts'
import { nextDue } from './monitor/schedule.ts'
import { transition } from './monitor/transition.ts'
import type { Reason, Verdict } from './monitor/verdict.ts'
import type { Clock, Resolver } from './ports.ts'
import { queryType } from './record-types.ts'

export interface ExamineDeps {
  readonly resolver: Resolver
  readonly clock: Clock
  /** Budget of one look in milliseconds; a confirmation gets a second one of equal length. */
  readonly budgetMs: number
  /** False: the first answer decides at once. */
  readonly confirm: boolean
}

export interface Examined {
  readonly status: CheckStatus
  readonly change: StateChange | null
  /** The expectation taken by a `baseline` monitor's first records, else null. */
  readonly baseline: readonly string[] | null
  readonly look: Look
}

/** `fresh`: never from an answer shared with another question. */
export async function examine(
  deps: ExamineDeps,
  watched: WatchedMonitor,
  how: { readonly fresh: boolean; readonly signal?: AbortSignal },
): Promise<Examined> {
  const { monitor, status } = watched
  const question: Question = { name: monitor.ownerName, type: queryType(monitor.type) }
  const started = deps.clock.monotonic()
  const answers: Answer[] = []
  const ask = async (options: { startAt: number; fresh: boolean }): Promise<Answer> => {
    const signal = how.signal === undefined ? {} : { signal: how.signal }
    const answer = await deps.resolver.look(question, { budgetMs: deps.budgetMs, ...options, ...signal })
    answers.push(answer)
    return answer
  }

  const first = await ask({ startAt: 0, fresh: how.fresh })
  const found = await findingOf(deps, watched, first, () => ask({ startAt: 1, fresh: true }))
  const now = deps.clock.now()
  const nextCheck = found.status.pending === null ? nextDue(monitor.id, monitor.intervalMinutes, now) : now + RECHECK_MS
  return {
    status: { ...found.status, lastChecked: now, nextCheck },
    change: found.change,
    baseline: baselineOf(monitor, status, first, found),
    look: {
      state: found.status.state,
      confirmed: found.confirmed,
      pendingState: found.status.pending?.state ?? null,
      reasons: found.reasons,
      values: found.values,
      durationMs: deps.clock.monotonic() - started,
      answers: answers.map(seen),
    },
  }
}

/** What a look amounts to: the status after it (without its times), the event it makes, and what to show. */
interface Finding {
  readonly status: CheckStatus
  readonly change: StateChange | null
  readonly confirmed: boolean
  readonly reasons: readonly Reason[]
  readonly values: readonly string[]
}

async function findingOf(
  deps: ExamineDeps,
  { monitor, status }: WatchedMonitor,
  first: Answer,
  askAgain: () => Promise<Answer>,
): Promise<Finding> {
  const answerHash = fingerprint(first, monitor.expectedVersion)
  if (isUnchanged(status, answerHash)) {
    return { status, change: null, confirmed: true, reasons: status.reasons, values: status.current ?? [] }
  }

  const expectation = compileExpectation(monitor)
  const verdict = judge(expectation, first)
  if (verdict === null) return unreachable(status, first)

  const now = deps.clock.now()
  const plain = transition(status, verdict, monitor.notify, now, false)
  if (!deps.confirm || plain.change === null) return stands(plain, answerHash, verdict, false)

  const second = judge(expectation, await askAgain())
  const decision = weigh(status.state, status.pending, verdict, second, now)
  switch (decision.do) {
    case 'hold':
      return { status: { ...status, pending: decision.pending }, change: null, confirmed: false, reasons: verdict.reasons, values: verdict.values }
    case 'accept': {
      const next = transition(status, decision.verdict, monitor.notify, now, decision.confirmed)
      // Only the first answer's fingerprint is known: when the second one decided, the next look judges anew.
      const hash = decision.verdict === verdict ? answerHash : null
      return stands({ ...next, change: decision.tell ? next.change : null }, hash, decision.verdict, decision.confirmed)
    }
  }
}

function isUnchanged(status: CheckStatus, answerHash: string): boolean {
  return status.answerHash === answerHash && status.state !== 'UNSET' && status.pending === null
}

function stands(
  next: { status: CheckStatus; change: StateChange | null },
  answerHash: string | null,
  verdict: Verdict,
  confirmed: boolean,
): Finding {
  return {
    status: { ...next.status, answerHash },
    change: next.change,
    confirmed,
    reasons: verdict.reasons,
    values: verdict.values,
  }
}

/** No server could be reached: that says nothing about the customer's record, so the state stays as it is. */
function unreachable(status: CheckStatus, answer: Answer): Finding {
  const detail = seen(answer).error ?? 'no server could be reached'
  return {
    status,
    change: null,
    confirmed: false,
    reasons: [{ code: 'resolver_unreachable', message: `No resolver could be reached: ${detail}.` }],
    values: [],
  }
}

/** The first records that a `baseline` monitor sees become what it expects from then on. */
function baselineOf(monitor: Monitor, before: CheckStatus, first: Answer, found: Finding): readonly string[] | null {
  const untaken = monitor.match === 'baseline' && monitor.expected.length === 0
  return untaken && found.status.state === 'VALID' && before.state !== 'VALID' && first.kind === 'rrset'
    ? found.values
    : null
}
