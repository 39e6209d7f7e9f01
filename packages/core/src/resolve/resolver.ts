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
import type { LookOptions, Resolver } from '../ports/resolve.ts'
import { createCallOff } from './call-off.ts'
import { createEntropy } from './entropy.ts'
import { createPace } from './pace.ts'
import { createRateLimit, rateOf } from './rate.ts'
import { openServer, type Server } from './server.ts'
import { createShared } from './share.ts'
import { askAlone, type Budget, startBudget, tryInTurn } from './tries.ts'
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

/**
 * Two milliseconds of work a turn; at once as many as a checker has in flight, whose looks therefore never wait here.
 */
const PACE = { perTurn: 200, atOnce: 2000, patienceMs: 1000 }

/** How long an answer may be given to others who ask the same. */
const KEPT_MS = 5000

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
  const callOff = createCallOff()
  const pace = createPace({ ...PACE, monotonic: () => clock.monotonic() })

  let reachable = true

  /** A line when the upstreams go and one when they come back, not one for each monitor in between. */
  function reported(answer: Answer): Answer {
    if (answer.kind === 'unreachable' && reachable) {
      reachable = false
      log.warn({ server: answer.evidence.server, detail: answer.detail }, 'no upstream can be reached')
    } else if (answer.evidence.rcode !== null && !reachable) {
      reachable = true
      log.info({ server: answer.evidence.server }, 'an upstream answers again')
    }
    return answer
  }

  function lookShared(question: Question, budget: Budget, startAt: number, heard: Heard): Promise<Answer> {
    const keptMs = question.type === 'TXT' ? KEPT_MS : 0
    return shared.get(keyOf(question, budget, startAt), keptMs, () => ask(question, budget, startAt, heard))
  }

  /** What earlier looks found is not shared any more: the next one could go back behind what this one sees. */
  function lookFresh(question: Question, budget: Budget, startAt: number, heard: Heard): Promise<Answer> {
    shared.forget(keyOf(question, budget, startAt))
    return ask(question, budget, startAt, heard)
  }

  // With `then`, here and in what it calls: thousands of looks wait at a time, each of them kept alive through every
  // collection, and a suspended async function is several times the size of a reaction.
  function ask(question: Question, budget: Budget, startAt: number, heard: Heard): Promise<Answer> {
    return tryInTurn(question, fromStart(servers, startAt), budget, clock, heard).then(reported)
  }

  /** The query itself goes on after an abort: another look may be waiting for its answer. */
  function begin(
    question: Question,
    budget: Budget,
    { startAt = 0, fresh = false, signal, heard = ignore }: LookOptions,
    resolve: (answer: Answer) => void,
  ): void {
    const first = fromStart(servers, startAt)[0] as Server
    if (signal?.aborted) {
      pace.leave()
      return resolve(calledOff(first))
    }
    const place = signal === undefined ? -1 : callOff.enter(signal, () => resolve(calledOff(first)))
    void (fresh ? lookFresh : lookShared)(question, budget, startAt, heard).then((answer) => {
      pace.leave()
      if (signal !== undefined) callOff.leave(signal, place)
      resolve(answer)
    })
  }

  return {
    servers: servers.map(({ name }) => name),
    look(question, options) {
      const budget = startBudget(clock, options.budgetMs)
      return new Promise((resolve) => {
        const start = (): void => begin(question, budget, options, resolve)
        if (pace.enter(start)) start()
      })
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

type Heard = NonNullable<LookOptions['heard']>

function ignore(): void {}

/** By `startAt` as given: a second look is a look of its own even when there is one upstream only. */
function keyOf(question: Question, budget: Budget, startAt: number): string {
  return `${question.type} ${startAt} ${budget.ms} ${question.name}`
}

function fromStart(servers: readonly Server[], startAt: number): readonly Server[] {
  const start = startAt % servers.length
  return start === 0 ? servers : [...servers.slice(start), ...servers.slice(0, start)]
}

function calledOff(server: Server): Answer {
  const via = { server: server.name, role: 'upstream', transport: server.transport, durationMs: 0 } as const
  return { kind: 'unreachable', ours: true, detail: 'The look was called off.', evidence: noMessage(via) }
}
