/** The order in which servers are tried within one budget, and which of their answers counts. */
import type { Answer, FailureKind, Question } from '../dns/answer.ts'
import type { Clock } from '../ports/clock.ts'
import type { Lane, Server } from './server.ts'

export interface Budget {
  readonly ms: number
  /** On the monotonic clock. */
  readonly until: number
}

export function startBudget(clock: Clock, ms: number): Budget {
  return { ms, until: clock.monotonic() + ms }
}

/** Of the budget, for every try but the last, which may use what is left. */
const TRY_SHARE = 0.3
/** After this many tries without an answer only the last one is left. */
const SILENT_TRIES = 2

/**
 * The first conclusive answer of `servers` (at least one), asked one after the other; else the best of what they said.
 *
 * A server that fails is passed over at once for the next. Two that stay silent end the round, and when the first one
 * did, or answered nonsense, it is asked a last time over TCP, which gets through where datagrams are lost or forged.
 */
export function tryInTurn(
  question: Question,
  servers: readonly Server[],
  budget: Budget,
  clock: Clock,
  heard: (answer: Answer) => void,
): Promise<Answer> {
  const ask: Ask = (server, lane, share) =>
    server.ask(question, lane, { shareMs: budget.ms * share, until: budget.until })
  return ask(servers[0] as Server, 'usual', TRY_SHARE).then((answer) => {
    heard(answer)
    return isConclusive(answer) ? answer : tryOthers(ask, servers, answer, budget, clock, heard)
  })
}

type Ask = (server: Server, lane: Lane, share: number) => Promise<Answer>

async function tryOthers(
  ask: Ask,
  servers: readonly Server[],
  firstAnswer: Answer,
  budget: Budget,
  clock: Clock,
  heard: (answer: Answer) => void,
): Promise<Answer> {
  let best = firstAnswer
  let silent = isSilence(best) ? 1 : 0
  // With nobody else to ask, a lost datagram still gets a second one.
  const others = servers.length > 1 ? servers.slice(1) : servers.slice(0, silent)
  for (const server of others) {
    if (isConclusive(best) || silent === SILENT_TRIES || clock.monotonic() >= budget.until) break
    const answer = await ask(server, 'usual', TRY_SHARE)
    heard(answer)
    if (isSilence(answer)) silent += 1
    best = better(best, answer)
  }
  if (isConclusive(best) || !mayDoBetterByTcp(firstAnswer) || clock.monotonic() >= budget.until) return best
  const last = await ask(servers[0] as Server, 'tcp', 1)
  heard(last)
  return better(best, last)
}

/** One server for itself: over its usual transport, and when it stays silent over TCP. */
export async function askAlone(question: Question, server: Server, budget: Budget, clock: Clock): Promise<Answer> {
  const answer = await server.ask(question, 'usual', { shareMs: budget.ms / 2, until: budget.until })
  if (!mayDoBetterByTcp(answer) || clock.monotonic() >= budget.until) return answer
  return better(answer, await server.ask(question, 'tcp', { shareMs: budget.ms, until: budget.until }))
}

/** News about the zone, which another server would only repeat. */
function isConclusive(answer: Answer): boolean {
  switch (answer.kind) {
    case 'rrset':
    case 'nodata':
    case 'nxdomain':
    case 'dangling_alias':
      return true
    case 'failure':
      return answer.why === 'illegal'
    case 'timeout':
    case 'unreachable':
      return false
  }
}

function isSilence(answer: Answer): boolean {
  return answer.kind === 'timeout' || answer.kind === 'unreachable'
}

function mayDoBetterByTcp(answer: Answer): boolean {
  return (
    isSilence(answer) ||
    (answer.kind === 'failure' && answer.why === 'malformed' && answer.evidence.transport === 'udp')
  )
}

function better(a: Answer, b: Answer): Answer {
  return rank(b) > rank(a) ? b : a
}

/** How much an inconclusive failure says about the zone: a refusal is the server's own affair, SERVFAIL seldom is. */
const FAILURE_RANKS: Readonly<Record<FailureKind, number>> = {
  refused: 2,
  notimp: 3,
  formerr: 4,
  malformed: 5,
  servfail: 6,
  illegal: 7,
}

function rank(answer: Answer): number {
  if (isConclusive(answer)) return 8
  if (answer.kind === 'failure') return FAILURE_RANKS[answer.why]
  return answer.kind === 'timeout' ? 1 : 0
}
