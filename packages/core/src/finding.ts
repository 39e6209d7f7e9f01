/**
 * What a look amounts to: whether the first answer is news, who confirms it, and what may follow from it.
 *
 *   judge -> (second look, when the first would make an event) -> (the zone's own servers, when the two disagree)
 *         -> transition, or not yet
 */
import type { Answer } from './dns/answer.ts'
import { isAuthoritative } from './dns/authoritative.ts'
import { fingerprint } from './dns/fingerprint.ts'
import { compileExpectation, type Expectation } from './match/index.ts'
import { type Decision, isDisputed, weigh } from './monitor/confirm.ts'
import { inconsistent, ruling } from './monitor/dispute.ts'
import type { StateChange } from './monitor/event.ts'
import { judge } from './monitor/judge.ts'
import { seen } from './monitor/look.ts'
import type { CheckStatus, Target, WatchedMonitor } from './monitor/monitor.ts'
import { transition } from './monitor/transition.ts'
import type { Reason, Verdict } from './monitor/verdict.ts'

/** The status after a look (without its times), the event it makes, and what to show. */
export interface Finding {
  readonly status: CheckStatus
  readonly change: StateChange | null
  readonly confirmed: boolean
  readonly reasons: readonly Reason[]
  readonly values: readonly string[]
  /** Nothing could be concluded yet: look again soon. */
  readonly isOpen: boolean
  /** The answer means what the last one meant: `status` is the one there was. */
  readonly isUnchanged: boolean
}

/** Where more can be learnt about the question at hand. */
export interface Witnesses {
  /** False: the first answer decides at once, and nobody else is asked. */
  readonly confirm: boolean
  /** Another upstream's answer, or once more that of the only one. */
  second(): Promise<Answer>
  /** The answers of the zone's own servers; none when they are not to be asked. */
  zone(): Promise<readonly Answer[]>
  /** Whether this upstream is failing for so many zones that nothing may rest on its answers. */
  isIll(server: string): boolean
  now(): number
}

/** What an answer amounts to that means what the last one meant; null when it is to be judged. */
export function recognized({ monitor, status }: Recognizable, answer: Answer): Finding | null {
  const { answerHash, state, pending, reasons, current } = status
  if (state === 'UNSET' || pending !== null || answerHash !== fingerprint(answer, monitor.expectedVersion)) return null
  return { status, change: null, confirmed: true, reasons, values: current ?? [], isOpen: false, isUnchanged: true }
}

interface Recognizable {
  readonly monitor: Pick<Target, 'expectedVersion'>
  readonly status: CheckStatus
}

/** What an answer amounts to that is not `recognized`. */
export async function findingOf(watched: WatchedMonitor, first: Answer, witnesses: Witnesses): Promise<Finding> {
  const { monitor, status } = watched
  const answerHash = fingerprint(first, monitor.expectedVersion)
  const expectation = compileExpectation(monitor)
  const verdict = judge(expectation, first)
  if (verdict === null) return unreachable(status, first)

  const plain = transition(status, verdict, monitor.notify, witnesses.now(), false)
  const needsNobody = plain.change === null
  if (!witnesses.confirm) return stands(plain, answerHash, verdict, needsNobody)
  if (needsNobody) {
    const isFrozen = verdict.state !== status.state && witnesses.isIll(serverOf(first))
    return isFrozen ? frozen(status, { answer: first, verdict }) : stands(plain, answerHash, verdict, true)
  }

  const { decision, doubts } = await confirm({ status, expectation, answer: first, verdict }, witnesses)
  switch (decision.do) {
    case 'freeze':
      return frozen(status, { answer: first, verdict }, doubts)
    case 'hold':
      return { ...unmoved({ ...status, pending: decision.pending }, verdict, doubts), isOpen: true }
    case 'accept': {
      const { confirmed, tell } = decision
      const next = transition(status, decision.verdict, monitor.notify, witnesses.now(), confirmed)
      // Only the first answer's fingerprint is known: when another one decided, the next look judges anew.
      const hash = decision.verdict === verdict ? answerHash : null
      const found = stands({ ...next, change: tell ? next.change : null }, hash, decision.verdict, confirmed)
      return { ...found, reasons: [...found.reasons, ...doubts] }
    }
  }
}

interface Heard {
  readonly answer: Answer
  readonly verdict: Verdict
}

/** A first answer that would make an event. */
interface Suspicion extends Heard {
  readonly status: CheckStatus
  readonly expectation: Expectation
}

/** `freeze`: the suspicion rests on upstreams that are ill. */
type Confirmation = Decision | { readonly do: 'freeze' }

/** `doubts` say who disagrees, if anybody does. */
async function confirm(
  first: Suspicion,
  witnesses: Witnesses,
): Promise<{ readonly decision: Confirmation; readonly doubts: readonly Reason[] }> {
  const { status, expectation, verdict } = first
  const second = heard(expectation, await witnesses.second())
  const disputed = second !== null && isDisputed(verdict, second.verdict)
  const zone = disputed ? spokenFor(expectation, await witnesses.zone()) : []
  const doubts = disputed ? [inconsistent([first, second, ...zone].map(wordOf))] : []

  const ruled = ruling(status.state, verdict, zone.map(verdictOf))
  if (ruled !== null) return { decision: ruled, doubts }
  const believed = second === null || disputed ? [first] : [first, second]
  if (believed.every(({ answer }) => witnesses.isIll(serverOf(answer)))) return { decision: { do: 'freeze' }, doubts }
  return { decision: weigh(status.state, status.pending, verdict, second?.verdict ?? null, witnesses.now()), doubts }
}

/** What the zone's servers said that speak for it. */
function spokenFor(expectation: Expectation, answers: readonly Answer[]): readonly Heard[] {
  return answers.filter(isAuthoritative).flatMap((answer) => heard(expectation, answer) ?? [])
}

function heard(expectation: Expectation, answer: Answer): Heard | null {
  const verdict = judge(expectation, answer)
  return verdict === null ? null : { answer, verdict }
}

function wordOf({ answer, verdict }: Heard) {
  return { server: serverOf(answer), state: verdict.state }
}

function verdictOf({ verdict }: Heard): Verdict {
  return verdict
}

function serverOf(answer: Answer): string {
  return answer.evidence.server
}

function stands(
  next: { status: CheckStatus; change: StateChange | null },
  answerHash: string | null,
  verdict: Verdict,
  confirmed: boolean,
): Finding {
  const { reasons, values } = verdict
  const status = { ...next.status, answerHash }
  return { status, change: next.change, confirmed, reasons, values, isOpen: false, isUnchanged: false }
}

/** The state stays as it is, whatever was seen. */
function unmoved(status: CheckStatus, seen: Verdict, more: readonly Reason[]): Omit<Finding, 'isOpen'> {
  const reasons = [...seen.reasons, ...more]
  return { status, change: null, confirmed: false, reasons, values: seen.values, isUnchanged: false }
}

function frozen(status: CheckStatus, { answer, verdict }: Heard, doubts: readonly Reason[] = []): Finding {
  const ill: Reason = {
    code: 'resolver_unreachable',
    message: `The resolver ${serverOf(answer)} is failing for many zones at once, so nothing is concluded from its answer.`,
  }
  return { ...unmoved(status, verdict, [...doubts, ill]), isOpen: true }
}

/** No server could be reached: that says nothing about the customer's record, so the state stays as it is. */
function unreachable(status: CheckStatus, answer: Answer): Finding {
  const detail = (seen(answer).error ?? 'no server answered').replace(/\.$/, '')
  return {
    status,
    change: null,
    confirmed: false,
    reasons: [{ code: 'resolver_unreachable', message: `No resolver could be reached: ${detail}.` }],
    values: [],
    isOpen: status.pending !== null,
    isUnchanged: true,
  }
}
