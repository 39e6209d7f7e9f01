/** Resolvers over name servers on loopback, and what tests ask them. */
import { randomBytes } from 'node:crypto'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import { SILENT } from '../../../test/harness/silent-log.ts'
import { systemClock } from '../src/clock.ts'
import type { Answer, Question } from '../src/dns/answer.ts'
import type { Resolver } from '../src/ports/resolve.ts'
import { createResolver, type ResolverOptions } from '../src/resolve/resolver.ts'
import { parseUpstream } from '../src/resolve/upstream.ts'

export const WWW: Question = { name: 'www.example.test', type: 'A' }

/** Long enough for a busy machine where an answer is expected, short where silence is. */
export const ENOUGH = { budgetMs: 5000 }
export const SHORT = { budgetMs: 200 }
/** Timers and a busy machine may add this much to a budget. */
export const SLACK_MS = 300

export function resolverOver(upstreams: readonly string[], options: Partial<ResolverOptions> = {}): Resolver {
  return createResolver({
    upstreams: upstreams.map(parseUpstream),
    clock: systemClock,
    randomBytes,
    log: SILENT,
    ...options,
  })
}

export async function startWithWww(address = '192.0.2.1'): Promise<DnsServer> {
  const server = await startDnsServer()
  server.set(WWW.name, 'A', [address])
  return server
}

/** The records of an answer, or what it is instead. */
export function texts(answer: Answer): readonly string[] | string {
  return answer.kind === 'rrset' ? answer.records.map(({ text }) => text) : answer.kind
}

/** Where nothing listens any more. */
export async function closedPort(): Promise<Pick<DnsServer, 'address' | 'port'>> {
  await using server = await startDnsServer()
  return { address: server.address, port: server.port }
}
