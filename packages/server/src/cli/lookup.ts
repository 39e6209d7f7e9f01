/** `lookup`: what each DNS server says about a name, side by side, without a server of ours. */
import { RadarError, systemClock } from '@dnsradar/core'
import { MONITOR_TYPES } from '@dnsradar/core/record-types'
import type { WireAnswer } from '@dnsradar/client'
import { lookUp } from '../actions/lookup.ts'
import { openAuthority, openResolver } from '../compose.ts'
import { readConfig } from '../config.ts'
import { upstream } from '../config/values.ts'
import { createLog } from '../log.ts'
import { presentLookup } from '../present/lookup.ts'
import type { Context } from './context.ts'
import { EXIT, usage } from './failure.ts'
import { paint, printJson } from './output.ts'
import { type Column, table } from './table.ts'

export interface Asked {
  readonly name: string
  readonly type: string
  readonly resolver: readonly string[]
  readonly json: boolean
}

/** Exit 0 when all who know say the same. */
export async function lookup({ output, env }: Context, asked: Asked): Promise<number> {
  const { config } = readConfig(env)
  const type = MONITOR_TYPES.find((known) => known === asked.type.toUpperCase())
  if (type === undefined) throw usage(`${asked.type} is no record type; use one of ${MONITOR_TYPES.join(', ')}.`)
  const resolvers = asked.resolver.length > 0 ? asked.resolver.map(upstreamGiven) : config.resolvers
  await using resolver = openResolver(
    { resolvers, resolverRate: null },
    systemClock,
    createLog('error', process.stderr),
  )
  const authority = openAuthority(config, resolver, systemClock)
  const stopping = new AbortController().signal
  const found = presentLookup(
    await lookUp({ resolver, authority, rules: config, stopping }, { name: asked.name, type }),
  )
  if (asked.json) printJson(output, found)
  else {
    for (const line of table(output.screen, COLUMNS, found.answers)) output.out(line)
    output.out(
      found.consistent
        ? paint(output.screen, 'green', 'All who know the name say the same.')
        : paint(output.screen, 'red', 'They do not agree.'),
    )
  }
  return found.consistent ? EXIT.done : EXIT.no
}

/** A server as `--resolver` takes it. */
export function upstreamGiven(given: string): ReturnType<typeof upstream> {
  try {
    return upstream(given)
  } catch (error) {
    throw error instanceof RadarError || !(error instanceof Error)
      ? error
      : usage(`--resolver ${JSON.stringify(given)} is not accepted: ${error.message}.`)
  }
}

const COLUMNS: readonly Column<WireAnswer>[] = [
  { heading: 'SERVER', text: ({ server }) => server },
  { heading: 'ROLE', text: ({ role }) => role },
  { heading: 'ANSWER', text: ({ rcode, error }) => (error === null ? (rcode ?? '-') : (rcode ?? 'none')) },
  { heading: 'TTL', text: ({ ttl }) => (ttl === null ? '-' : String(ttl)) },
  { heading: 'MS', text: ({ duration_ms: ms }) => String(ms) },
  { heading: 'VALUES', text: ({ values, error }) => error ?? (values.length === 0 ? '-' : values.join(', ')) },
]
