/**
 * What holds of a queue whatever happens, judged from what can be seen and was answered, without the model: a mistake
 * that the model shares with the product still breaks these.
 */
import { isDeepStrictEqual } from 'node:util'
import { LADDER, stepMs } from './waiting.ts'
import {
  isAccepted,
  type Answer,
  type HandOut,
  type Seen,
  type SeenLetter,
  type SeenWebhook,
  type Step,
} from './words.ts'

interface Claim extends HandOut {
  readonly isLoose: boolean
  /** Asked for out of turn, so that a failure does not count. */
  readonly isHurried: boolean
  readonly sent: { readonly isAccepted: boolean; readonly finished: number } | null
}

export interface Laws {
  /** Throws when one is broken by this step. `now` is the time after it. */
  hold(step: Step, answer: Answer, before: Seen, after: Seen, now: number): void
}

export function createLaws(): Laws {
  const claims = new Map<number, Claim>()
  const newest = new Map<number, number>()
  /** By webhook, the letters whose receiver answered 2xx. */
  const accepted = new Map<number, Set<number>>()
  /** Attempts that count, since the last success or enable. */
  const counted = new Map<number, number>()

  function note(step: Step, answer: Answer, before: Seen, now: number): void {
    if (typeof answer === 'object' && 'handed' in answer) {
      const isLoose = step.do === 'claimLoose'
      for (const given of answer.handed) {
        const isHurried = (before.webhooks[given.webhook]?.turn ?? null) !== null
        claims.set(given.hand, { ...given, isLoose, isHurried, sent: null })
        if (!isLoose) newest.set(given.webhook, given.hand)
      }
    }
    const claim = claimOf(step)
    if (step.do === 'send' && claim !== undefined) {
      claims.set(step.hand, { ...claim, sent: { isAccepted: isAccepted(step.reply), finished: now } })
      if (isAccepted(step.reply)) accept(claim)
    }
    if (step.do === 'enable' && before.webhooks[step.webhook]?.isActive === false) counted.set(step.webhook, 0)
  }

  function noteSettled(step: Step, answer: Answer): void {
    if (step.do !== 'settle' || typeof answer !== 'object' || !('settled' in answer)) return
    const claim = claims.get(step.hand)
    if (claim !== undefined && answer.settled === 'next') {
      claims.set(step.hand, { ...claim, letter: answer.letter, isHurried: false, sent: null })
    }
  }

  function accept({ webhook, letter }: Claim): void {
    const letters = accepted.get(webhook) ?? new Set()
    accepted.set(webhook, letters.add(letter))
  }

  const claimOf = (step: Step) => ('hand' in step ? claims.get(step.hand) : undefined)

  return {
    hold(step, answer, before, after, now) {
      note(step, answer, before, now)
      const claim = claimOf(step)
      for (const [webhook, seen] of after.webhooks.entries()) {
        const was = before.webhooks[webhook] ?? null
        if (seen === null) continue
        dueWhenWaiting(seen)
        deliveredMeansAccepted(seen, accepted.get(webhook))
        if (was !== null) resetOnlyByAcceptedOrEnable(step, webhook, was, seen, claim)
        if (was !== null) keepsPlaces(was, seen)
        if (was !== null) sendsNothingWhileDisabled(answer, webhook, was)
      }
      handsOutHeads(answer, after, claim)
      if (step.do === 'renew' && claim !== undefined && isRenewed(answer)) {
        holds(newest.get(claim.webhook) === step.hand, 'only the newest claim of a webhook may send')
      }
      if (isSettled(answer, 'late')) {
        holds(isDeepStrictEqual(withoutLetters(after), withoutLetters(before)), 'a lost lease changes no webhook')
      }
      if (step.do === 'settle' && claim !== undefined && !isSettled(answer, 'late')) {
        climbsTheLadder(claim, counted, after)
      }
      noteSettled(step, answer)
    },
  }
}

function dueWhenWaiting({ isActive, pending, due }: SeenWebhook): void {
  holds(isActive || due === null, 'a disabled webhook is never due')
  holds(!isActive || pending === 0 || due !== null, 'a queue that is not empty is due some time')
}

function deliveredMeansAccepted({ letters }: SeenWebhook, accepted: ReadonlySet<number> = new Set()): void {
  for (const [index, { status }] of letters.entries()) {
    holds(status !== 'DELIVERED' || accepted.has(index), 'nothing is delivered without a 2xx')
  }
}

/** Also when it is recovered, and nothing that was queued is ever taken away. */
function keepsPlaces(was: SeenWebhook, seen: SeenWebhook): void {
  const isKept = ({ number, event }: SeenLetter, index: number) =>
    number === seen.letters[index]?.number && event === seen.letters[index].event
  holds(was.letters.every(isKept), 'a delivery keeps its place in the queue')
}

/** In order: whatever is handed out, nothing that is waiting comes before it. */
function handsOutHeads(answer: Answer, after: Seen, claim: Claim | undefined): void {
  if (typeof answer !== 'object') return
  const handed = 'handed' in answer ? answer.handed : []
  const next = 'letter' in answer && claim !== undefined ? [{ webhook: claim.webhook, letter: answer.letter }] : []
  for (const { webhook, letter } of [...handed, ...next]) {
    const letters = after.webhooks[webhook]?.letters ?? []
    const number = letters[letter]?.number ?? null
    if (number === null) continue
    const isPassed = (other: SeenLetter) => other.number !== null && other.number < number && isOpen(other)
    holds(!letters.some(isPassed), 'nothing that waits is passed by a later one')
  }
}

function isOpen({ status }: SeenLetter): boolean {
  return status === 'PENDING' || status === 'RETRYING'
}

function resetOnlyByAcceptedOrEnable(
  step: Step,
  webhook: number,
  was: SeenWebhook,
  seen: SeenWebhook,
  claim: Claim | undefined,
): void {
  if (seen.retries === was.retries) return
  const byAttempt = step.do === 'settle' && claim?.webhook === webhook && !claim.isLoose
  if (seen.retries > was.retries) return holds(byAttempt, 'only an attempt of the queue counts a failure')
  const isRead = claim?.sent?.isAccepted === true || was.letters[claim?.letter ?? -1]?.status === 'DELIVERED'
  const byEnable = step.do === 'enable' && step.webhook === webhook
  holds((byAttempt && isRead) || byEnable, 'only a 2xx or enabling resets the count')
}

/** Tests apart, which are there to try a disabled webhook. */
function sendsNothingWhileDisabled(answer: Answer, webhook: number, was: SeenWebhook): void {
  if (was.isActive || typeof answer !== 'object' || !('handed' in answer)) return
  for (const given of answer.handed) {
    if (given.webhook !== webhook) continue
    holds(was.letters[given.letter]?.kind === 'test', 'a disabled webhook is sent tests only')
  }
}

/** At most 1 + 9 attempts that count, and never one before its step. */
function climbsTheLadder(claim: Claim, counted: Map<number, number>, after: Seen): void {
  const seen = after.webhooks[claim.webhook] ?? null
  if (seen === null || claim.isLoose || claim.sent === null) return
  if (seen.retries === 0) {
    counted.set(claim.webhook, 0)
    return
  }
  if (claim.isHurried) return
  const failures = (counted.get(claim.webhook) ?? 0) + 1
  counted.set(claim.webhook, failures)
  holds(failures <= 1 + LADDER, 'no head has more than 1 + 9 attempts that count')
  holds(seen.retries === failures, 'every failure in its turn counts once')
  if (seen.due === null) return
  const waits = seen.due - claim.sent.finished
  holds(waits >= stepMs(failures), 'no retry comes early')
  holds(waits <= stepMs(failures + 1) + 30_000, 'no retry comes later than the step after')
}

function holds(isTrue: boolean, law: string): void {
  if (!isTrue) throw new Error(`This does not hold any more: ${law}.`)
}

function isRenewed(answer: Answer): boolean {
  return typeof answer === 'object' && 'renewed' in answer && answer.renewed
}

function isSettled(answer: Answer, how: string): boolean {
  return typeof answer === 'object' && 'settled' in answer && answer.settled === how
}

function withoutLetters({ webhooks }: Seen): readonly unknown[] {
  return webhooks.map((webhook) => webhook && { ...webhook, letters: [], pending: 0 })
}
