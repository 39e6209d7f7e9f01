/** One question to everybody: what each upstream and each of the zone's own servers says, side by side. */
import { type Answer, type Question, RadarError } from '@dnsradar/core'
import { isAuthoritative } from '@dnsradar/core/dns/authoritative'
import { fingerprint } from '@dnsradar/core/dns/fingerprint'
import { ownerName } from '@dnsradar/core/dns/name'
import { queryType } from '@dnsradar/core/record-types'
import type { Deps, Rules } from '../deps.ts'
import type { LookupInput } from '../schemas/lookup.ts'

export interface LookUp {
  /** What was asked, as it was sent. */
  readonly question: Question
  /** All who know say the same. */
  readonly consistent: boolean
  /** Upstreams in their order, then the zone's servers by address. */
  readonly answers: readonly Answer[]
}

/** Whom to ask, and for how long. */
export interface LookUpDeps extends Pick<Deps, 'resolver' | 'authority' | 'stopping'> {
  readonly rules: Pick<Rules, 'dnsTimeoutMs'>
}

/** Takes at most one budget. Throws `invalid_query` for what can be no name, and `not_ready` when the process stops. */
export async function lookUp(deps: LookUpDeps, input: LookupInput): Promise<LookUp> {
  const { resolver, authority, rules, stopping } = deps
  const question = questionOf(input)
  const budgetMs = rules.dnsTimeoutMs
  const asked = Promise.all([
    resolver.lookEverywhere(question, { budgetMs }),
    authority?.ask(question, { budgetMs, signal: stopping }) ?? [],
  ])
  const [upstreams, zone] = await unlessStopping(asked, stopping)
  const answers = [...upstreams, ...zone.toSorted((a, b) => (a.evidence.server < b.evidence.server ? -1 : 1))]
  return { question, consistent: agree(answers), answers }
}

/** The question that a monitor of this name and type asks. */
function questionOf({ name, type }: LookupInput): Question {
  try {
    return { name: ownerName(name, null, type), type: queryType(type) }
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    throw new RadarError('invalid_query', error.message, { name: error.message })
  }
}

/** An upstream's queries cannot be called off one by one, so only the wait for them ends early. */
async function unlessStopping<T>(work: Promise<T>, stopping: AbortSignal): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(new RadarError('not_ready', 'The process is stopping; ask again shortly.'))
  if (stopping.aborted) stop()
  stopping.addEventListener('abort', stop)
  try {
    return await Promise.race([work, stopped])
  } finally {
    stopping.removeEventListener('abort', stop)
  }
}

function agree(answers: readonly Answer[]): boolean {
  return new Set(answers.filter(isKnowing).map((answer) => fingerprint(answer, 0))).size <= 1
}

/** Whether the answer says what the zone holds: of the zone's own servers only those count that speak for it. */
function isKnowing(answer: Answer): boolean {
  switch (answer.kind) {
    case 'rrset':
    case 'nodata':
    case 'nxdomain':
    case 'dangling_alias':
      return answer.evidence.role === 'upstream' || isAuthoritative(answer)
    case 'failure':
    case 'timeout':
    case 'unreachable':
      return false
  }
}
