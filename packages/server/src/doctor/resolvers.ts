/**
 * Whether the upstreams answer, how fast, and whether they say the same.
 *
 * An upstream over UDP is asked over TCP too: long answers, such as DKIM keys, come that way, and a firewall that lets
 * only datagrams through is found when the first of them times out.
 */
import { randomBytes } from 'node:crypto'
import type { Answer, Clock, Question } from '@dnsradar/core'
import { fingerprint } from '@dnsradar/core/dns/fingerprint'
import { createResolver } from '@dnsradar/core/resolve/resolver'
import type { Upstream } from '@dnsradar/core/resolve/upstream'
import { type Finding, findings } from './finding.ts'

export interface ResolverCare {
  readonly upstreams: readonly Upstream[]
  readonly question: Question
  readonly budgetMs: number
  readonly clock: Clock
}

const SLOW_MS = 500
const { ok, warning, fault } = findings('resolvers')
const NAME_OTHERS = 'Name others in DNSRADAR_RESOLVERS, such as 9.9.9.9,1.1.1.1.'

export async function examineResolvers({ upstreams, question, budgetMs, clock }: ResolverCare): Promise<Finding[]> {
  if (upstreams.length === 0) return [fault('This machine names no DNS server.', NAME_OTHERS)]
  const lanes = upstreams.flatMap((upstream) =>
    upstream.transport === 'udp' ? [upstream, { ...upstream, transport: 'tcp' as const }] : [upstream],
  )
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  await using resolver = createResolver({ upstreams: lanes, clock, randomBytes, log })
  const answers = await resolver.lookEverywhere(question, { budgetMs })
  const usual = answers.filter((_, at) => upstreams.includes(lanes[at] as Upstream))
  return [...answers.map(laneFinding), ...(await agreement(usual, question)), ...enough(upstreams)]
}

function laneFinding(answer: Answer): Finding {
  const { server, transport, durationMs, rcode } = answer.evidence
  const lane = `${server} over ${transport.toUpperCase()}`
  const took = `${Math.round(durationMs)} ms`
  switch (answer.kind) {
    case 'rrset':
    case 'nodata':
    case 'nxdomain':
    case 'dangling_alias':
      return durationMs > SLOW_MS
        ? warning(`${lane} answers in ${took}, which is slow.`, 'Name a nearer one in DNSRADAR_RESOLVERS.')
        : ok(`${lane} answers in ${took}.`)
    case 'failure':
      return fault(`${lane} answers ${rcode ?? answer.why}: ${answer.detail}`, NAME_OTHERS)
    case 'timeout':
      return fault(`${lane} does not answer within ${took}.`, wayOf(transport))
    case 'unreachable':
      return fault(`${lane} cannot be reached: ${answer.detail}`, wayOf(transport))
  }
}

function wayOf(transport: Answer['evidence']['transport']): string {
  if (transport === 'tcp') return `Let TCP to port 53 through the firewall: long answers come that way. ${NAME_OTHERS}`
  return transport === 'udp' ? `Let UDP to port 53 through the firewall. ${NAME_OTHERS}` : NAME_OTHERS
}

async function agreement(answers: readonly Answer[], { name, type }: Question): Promise<readonly Finding[]> {
  const known = answers.filter(({ evidence }) => evidence.rcode === 'NOERROR' || evidence.rcode === 'NXDOMAIN')
  if (known.length < 2) return []
  if (new Set(known.map((answer) => fingerprint(answer, 0))).size === 1) {
    return [ok(`All upstreams say the same of ${name} ${type}.`)]
  }
  return [
    warning(
      `The upstreams disagree about ${name} ${type}.`,
      `See what each one says: dnsradar lookup ${name} ${type}. One that filters or rewrites answers does not belong in DNSRADAR_RESOLVERS.`,
    ),
  ]
}

function enough({ length }: readonly Upstream[]): readonly Finding[] {
  if (length > 1) return []
  return [
    warning(
      'There is one upstream only: nobody can confirm what it says.',
      'Name two operators in DNSRADAR_RESOLVERS, such as 9.9.9.9,1.1.1.1.',
    ),
  ]
}
