/**
 * Looks names up through several upstreams within one budget of time.
 *
 * A monitor's news must be about its zone and not about a resolver: an upstream that is silent, refuses or fails is
 * passed over for the next one, and only when none did better is its failure the answer.
 */
import type { Answer, Question } from '../dns/answer.ts'
import { noMessage } from '../dns/interpret.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Resolver } from '../ports/resolve.ts'
import { createEntropy } from './entropy.ts'
import { createRateLimit, rateOf } from './rate.ts'
import { openServer, type Server } from './server.ts'
import { createShared } from './share.ts'
import { askAlone, startBudget, tryInTurn } from './tries.ts'
import type { Upstream } from './upstream.ts'

export interface ResolverOptions {
  /** At least one; asked in this order unless a look says where to begin. */
  readonly upstreams: readonly Upstream[]
  readonly clock: Clock
  /** Cryptographically secure. */
  readonly randomBytes: (length: number) => Uint8Array
  /** Queries per second and upstream; without it 50 to public and 2,000 to private addresses. Never caps loopback. */
  readonly ratePerUpstream?: number | undefined
  /** PEM certificates that `tls` and `https` upstreams are checked against instead of the public ones. */
  readonly ca?: string | undefined
  readonly log: Log
}

export function createResolver(options: ResolverOptions): Resolver {
  const { clock, log, upstreams } = options
  if (upstreams.length === 0) throw new RangeError('a resolver needs at least one upstream')
  const entropy = createEntropy(options.randomBytes)
  const ca = options.ca ?? null
  const servers = upstreams.map((upstream) => {
    const limit = createRateLimit(rateOf(upstream, options.ratePerUpstream ?? null))
    return openServer(upstream, { clock, entropy, limit, ca, role: 'upstream' })
  })
  const shared = createShared(() => clock.monotonic())

  let reachable = true

  /** A line when the upstreams go and one when they come back, not one for each monitor in between. */
  function report(answer: Answer): void {
    if (answer.kind === 'unreachable' && reachable) {
      reachable = false
      log.warn({ server: answer.evidence.server, detail: answer.detail }, 'no upstream can be reached')
    } else if (answer.evidence.rcode !== null && !reachable) {
      reachable = true
      log.info({ server: answer.evidence.server }, 'an upstream answers again')
    }
  }

  async function look(question: Question, startAt: number, budgetMs: number): Promise<Answer> {
    const answer = await tryInTurn(question, fromStart(servers, startAt), startBudget(clock, budgetMs), clock)
    report(answer)
    return answer
  }

  return {
    servers: servers.map(({ name }) => name),
    look(question, { budgetMs, startAt = 0, fresh = false, signal }) {
      // Keyed by `startAt` as given: a second look is a look of its own even when there is one upstream only.
      const key = `${question.type} ${startAt} ${budgetMs} ${question.name}`
      const ask = (): Promise<Answer> => look(question, startAt, budgetMs)
      const answer = fresh ? ask() : shared.get(key, ask)
      return signal === undefined ? answer : orAborted(answer, signal, fromStart(servers, startAt)[0] as Server)
    },
    lookEverywhere(question, { budgetMs }) {
      const budget = startBudget(clock, budgetMs)
      return Promise.all(servers.map((server) => askAlone(question, server, budget, clock)))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

function fromStart(servers: readonly Server[], startAt: number): readonly Server[] {
  const start = startAt % servers.length
  return start === 0 ? servers : [...servers.slice(start), ...servers.slice(0, start)]
}

/** The query itself goes on: another look may be waiting for its answer. */
function orAborted(answer: Promise<Answer>, signal: AbortSignal, server: Server): Promise<Answer> {
  const aborted: Answer = {
    kind: 'unreachable',
    detail: 'The look was called off.',
    evidence: noMessage({ server: server.name, role: 'upstream', transport: server.transport, durationMs: 0 }),
  }
  if (signal.aborted) return Promise.resolve(aborted)
  return new Promise((resolve) => {
    const giveUp = (): void => resolve(aborted)
    signal.addEventListener('abort', giveUp, { once: true })
    void answer.then((value) => {
      signal.removeEventListener('abort', giveUp)
      resolve(value)
    })
  })
}
