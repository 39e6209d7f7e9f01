/**
 * Asks the servers of a zone itself, for when two resolvers tell different stories about it.
 *
 * Each question is asked of every server of the zone without recursion, over sockets that are closed afterwards: such
 * questions are rare, and no two of them are likely to go to the same servers.
 */
import type { Answer, Question } from '../dns/answer.ts'
import { isAuthoritative } from '../dns/authoritative.ts'
import type { Clock } from '../ports/clock.ts'
import type { Authority, Resolver } from '../ports/resolve.ts'
import type { AllowList } from '../send/allow-list.ts'
import { createEntropy } from './entropy.ts'
import { createRateLimit } from './rate.ts'
import { openServer } from './server.ts'
import { askAlone, type Budget, startBudget } from './tries.ts'
import { createTurns } from './turns.ts'
import type { Upstream } from './upstream.ts'
import { type LookUp, nameServersOf, openAddresses } from './zone-servers.ts'

export { parseDnsAllow } from './zone-servers.ts'

export interface AuthorityOptions {
  /** Finds the zone's servers and their addresses. */
  readonly resolver: Resolver
  readonly clock: Clock
  /** Cryptographically secure. */
  readonly randomBytes: (length: number) => Uint8Array
  /** Addresses that are asked although they are not public, from `parseDnsAllow`. */
  readonly allow: AllowList
}

/**
 * Questions at a time. Each opens up to 32 sockets, and a resolver that goes astray makes thousands of monitors
 * suspicious at once.
 */
const AT_ONCE = 16
/** Of the budget, at most, for the look-up of the name servers and for that of their addresses. */
const LOOK_UP_SHARE = 0.3
/** Zones that an alias chain is followed through. */
const MAX_ZONES = 4
/** Once per question and server: there is nothing to hold back. */
const NO_LIMIT = createRateLimit(Number.POSITIVE_INFINITY)

export function createAuthority({ resolver, clock, randomBytes, allow }: AuthorityOptions): Authority {
  const entropy = createEntropy(randomBytes)
  const turns = createTurns(AT_ONCE, clock)

  async function askAlong(
    question: Question,
    budget: Budget,
    signal: AbortSignal | undefined,
  ): Promise<readonly Answer[]> {
    let told: readonly Answer[] = []
    let via: readonly string[] = []
    for (let zones = 0; zones < MAX_ZONES; zones += 1) {
      const answers = await askZone({ ...question, name: via.at(-1) ?? question.name }, budget, signal)
      if (answers.length === 0) break
      told = answers.map((answer) => beyond(via, answer))
      const alias = aliasOutwards(answers)
      if (alias === null) break
      via = [...via, ...alias]
    }
    return told
  }

  async function askZone(
    question: Question,
    budget: Budget,
    signal: AbortSignal | undefined,
  ): Promise<readonly Answer[]> {
    const lookUp = lookUpWithin(budget, signal)
    const servers = await openAddresses(await nameServersOf(question.name, lookUp), allow, lookUp)
    const ms = budget.until - clock.monotonic()
    if (ms <= 0 || signal?.aborted) return []
    return askAll(question, servers, { ms, until: budget.until }, signal)
  }

  function lookUpWithin(budget: Budget, signal: AbortSignal | undefined): LookUp {
    return (question) => {
      // A round figure: equal questions with equal budgets are asked once.
      const left = Math.floor(budget.until - clock.monotonic())
      const budgetMs = Math.max(1, Math.min(Math.floor(budget.ms * LOOK_UP_SHARE), left))
      return resolver.look(question, { budgetMs, ...(signal === undefined ? {} : { signal }) })
    }
  }

  async function askAll(
    question: Question,
    upstreams: readonly Upstream[],
    budget: Budget,
    signal: AbortSignal | undefined,
  ): Promise<readonly Answer[]> {
    const servers = upstreams.map((upstream) =>
      openServer(upstream, { clock, entropy, limit: NO_LIMIT, ca: null, role: 'authoritative' }),
    )
    // A closed server settles what it was asked.
    const close = () => Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
    const giveUp = (): void => void close()
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      return await Promise.all(servers.map((server) => askAlone(question, server, budget, clock)))
    } finally {
      signal?.removeEventListener('abort', giveUp)
      await close()
    }
  }

  return {
    async ask(question, { budgetMs, signal }) {
      const budget = startBudget(clock, budgetMs)
      if (signal?.aborted || !(await turns.enter(budgetMs, signal))) return []
      try {
        const answers = await askAlong(question, budget, signal)
        return signal?.aborted ? [] : answers
      } finally {
        turns.leave()
      }
    },
  }
}

/** The aliases that lead out of a zone by the word of most of its servers; null when they lead nowhere else. */
function aliasOutwards(answers: readonly Answer[]): readonly string[] | null {
  const words = answers.filter(isAuthoritative)
  const counts = new Map<string, number>()
  for (const { kind, evidence } of words) {
    const path = evidence.chain.join(' ')
    const count = (counts.get(path) ?? 0) + (kind === 'dangling_alias' ? 1 : 0)
    if (count * 2 > words.length) return evidence.chain
    counts.set(path, count)
  }
  return null
}

/** One server's answer about the end of an alias chain, as an answer about its beginning. */
function beyond(via: readonly string[], answer: Answer): Answer {
  const evidence = { ...answer.evidence, chain: [...via, ...answer.evidence.chain] }
  switch (answer.kind) {
    case 'dangling_alias': {
      // Whether the target has records is for the target's zone to say: taken at its word, this one would deny them.
      const detail = `The server knows only that the name is an alias of ${JSON.stringify(evidence.chain.at(-1))}.`
      return { kind: 'failure', why: 'refused', detail, evidence }
    }
    case 'nodata':
    case 'nxdomain':
      return via.length === 0 ? answer : { kind: 'dangling_alias', evidence }
    case 'rrset':
    case 'failure':
    case 'timeout':
    case 'unreachable':
      return { ...answer, evidence }
  }
}
