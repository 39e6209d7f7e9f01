/** `lookup`: what each DNS server says about a name, side by side, without a server of ours. */
import type { WireAnswer } from '@dnsradar/client'
import { systemClock } from '@dnsradar/core'
import { lookUp } from '../actions/lookup.ts'
import { openAuthority } from '../compose.ts'
import { readConfig } from '../config.ts'
import { presentLookup } from '../present/lookup.ts'
import type { Context } from './context.ts'
import { EXIT } from './failure.ts'
import { paint, printJson } from './output.ts'
import { openResolverFor, typeGiven } from './resolver.ts'
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
  const type = typeGiven(asked.type)
  await using resolver = openResolverFor(asked.resolver, config)
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

const COLUMNS: readonly Column<WireAnswer>[] = [
  { heading: 'SERVER', text: ({ server }) => server },
  { heading: 'ROLE', text: ({ role }) => role },
  { heading: 'ANSWER', text: ({ rcode, error }) => (error === null ? (rcode ?? '-') : (rcode ?? 'none')) },
  { heading: 'TTL', text: ({ ttl }) => (ttl === null ? '-' : String(ttl)) },
  { heading: 'MS', text: ({ duration_ms: ms }) => String(ms) },
  { heading: 'VALUES', text: ({ values, error }) => error ?? (values.length === 0 ? '-' : values.join(', ')) },
]
