/** The verdict on a run: everything that must never be seen, and the figures of what was. */
import {
  altered,
  crowding,
  disorder,
  overtaking,
  repetition,
  repetitionsOf,
  sentWhileOff,
  unleased,
} from './invariants/arrivals.ts'
import {
  falselyDelivered,
  lostOrInvented,
  miscountedFailures,
  notGivenUp,
  offSchedule,
  undelivered,
  withoutTime,
  wronglyGone,
} from './invariants/store.ts'
import type { Evidence } from './run.ts'

/** What a process may be refused: by a rule, or because its connection was taken away. */
const EXPECTED_REFUSAL =
  /not_head|webhook_disabled|is disabled; enable it first|waits for|was given up|is not repeated|has one attempt|terminat|connection/i

const INVARIANTS: Readonly<Record<string, (evidence: Evidence) => string[]>> = {
  'every event has its delivery': lostOrInvented,
  'delivered means accepted': falselyDelivered,
  'all is delivered in the end': undelivered,
  'nothing overtakes': overtaking,
  'successes come in order': disorder,
  'repetitions have their reason': repetition,
  'one request at a time': crowding,
  'no send without a lease': unleased,
  'off means silent': sentWhileOff,
  'what waits has a time': withoutTime,
  'attempts keep the schedule': offSchedule,
  'who never answers is given up': notGivenUp,
  'gone means gone': wronglyGone,
  'failures are counted right': miscountedFailures,
  'every attempt is the same': altered,
  'every queue comes to rest': ({ stuck }) => [...stuck],
  'the database is whole': ({ damage }) => [...damage],
  'every process starts and ends well': crashes,
}

function crashes({ ledger }: Evidence): string[] {
  const crashed = ledger.lives.flatMap(({ worker, ended }) =>
    ended?.how === 'crashed' ? [`${worker} ended by itself: ${ended.why}`] : [],
  )
  return [...crashed, ...ledger.refusals.filter((why) => !EXPECTED_REFUSAL.test(why))]
}

/** What was broken, each with the name of the rule; empty when all held. */
export function violations(evidence: Evidence): string[] {
  return Object.entries(INVARIANTS).flatMap(([rule, find]) => find(evidence).map((fault) => `${rule}: ${fault}`))
}

export interface Figures {
  readonly kills: number
  readonly pauses: number
  readonly terminated: number
  readonly points: number
  readonly events: number
  readonly requests: number
  readonly attempts: number
  readonly lost: number
  readonly outOfOrder: number
  readonly sentBeforeSuccess: number
  readonly repeatsAfterSuccess: number
  readonly timeouts: number
  readonly late: number
}

export function figuresOf(evidence: Evidence): Figures {
  const { ledger, players, recovered } = evidence
  const histories = recovered.queues.flatMap(({ deliveries }) => deliveries.flatMap(({ history }) => history))
  const repetitions = recovered.queues.map(repetitionsOf)
  return {
    kills: ledger.lives.filter(({ ended }) => ended?.how === 'killed').length,
    pauses: ledger.lives.reduce((sum, { pauses }) => sum + pauses.length, 0),
    terminated: ledger.terminated,
    points: new Set(ledger.points.map(({ point }) => point)).size,
    events: recovered.events.length,
    requests: players.reduce((sum, { receiver }) => sum + receiver.arrivals.length, 0),
    attempts: histories.length,
    lost: [lostOrInvented, falselyDelivered, undelivered].flatMap((find) => find(evidence)).length,
    outOfOrder: disorder(evidence).length,
    sentBeforeSuccess: overtaking(evidence).length,
    repeatsAfterSuccess: repetitions.reduce((sum, { repeats }) => sum + repeats, 0),
    timeouts: repetitions.reduce((sum, { timeouts }) => sum + timeouts, 0),
    late: histories.filter(({ late }) => late).length,
  }
}
