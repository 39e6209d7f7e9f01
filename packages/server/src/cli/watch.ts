/** `watch`: finds what a domain has, shows it, and makes baseline monitors of it. */
import type { Client, NewMonitorInput, WireMonitor } from '@dnsradar/client'
import type { Answer, Resolver } from '@dnsradar/core'
import { readConfig } from '../config.ts'
import type { Ask, Discovered, Discovery } from '../import/discover.ts'
import { confirm } from './confirm.ts'
import type { Context } from './context.ts'
import { discoverName } from './discovery.ts'
import { CommandFailed, EXIT } from './failure.ts'
import { printJson, shown } from './output.ts'
import { createProgress } from './progress.ts'
import { openClient } from './remote.ts'
import { openResolverFor } from './resolver.ts'
import { nameOf, paintState } from './show.ts'
import { type Column, table } from './table.ts'
import { readMinutes } from './time.ts'

export interface Watched {
  readonly name: string
  readonly group?: string
  readonly frequency?: string
  readonly resolver: readonly string[]
  readonly yes: boolean
  readonly dryRun: boolean
  readonly json: boolean
}

export async function watch(context: Context, asked: Watched): Promise<number> {
  const { output } = context
  const frequency = readMinutes(asked.frequency, '--frequency')
  // Before anything is asked of anybody: a key that is missing is missing at the end too.
  const client = asked.dryRun ? null : openClient(context)
  const { records: found, unanswered } = await discovered(context, asked)
  if (found.length === 0) throw nothingFound(asked.name, unanswered)
  if (unanswered.length > 0) output.err(`Nobody could say whether there is ${listed(unanswered)}.`)
  if (client === null) return preview(context, asked, found)
  const known = await knownAt(client, asked.name)
  const wanted = found.filter((one) => !known.has(keyOf(one)))
  if (!asked.json) showFound(context, found, known)
  if (wanted.length === 0) output.err('All of it is watched already.')
  else if (!asked.yes && !(await confirm(context, `Watch these ${wanted.length} records as they are now?`)))
    return EXIT.no
  const monitors = await createAll(context, client, wanted, { group: asked.group, frequency })
  if (asked.json) printJson(output, monitors)
  else for (const line of table(output.screen, REPORT, monitors)) output.out(line)
  return EXIT.done
}

function nothingFound(name: string, unanswered: readonly Question[]): CommandFailed {
  return unanswered.length === 0
    ? new CommandFailed(EXIT.no, `Nothing was found at ${name}: is it spelled right?`)
    : new CommandFailed(
        EXIT.unreachable,
        `Nobody could say what ${name} has: name other servers in DNSRADAR_RESOLVERS.`,
      )
}

type Question = Discovery['unanswered'][number]

/** Enough to see what they have in common. */
const NAMED = 3

function listed(questions: readonly Question[]): string {
  const named = questions.slice(0, NAMED).map(({ name, type }) => `${shown(name)} ${type}`)
  const more = questions.length - named.length
  return more === 0 ? named.join(', ') : `${named.join(', ')} and ${more} more`
}

async function discovered({ output, env }: Context, asked: Watched): Promise<Discovery> {
  const { config } = readConfig(env)
  await using resolver = openResolverFor(asked.resolver, config)
  return await discoverName(output, askOf(resolver, config.dnsTimeoutMs), asked.name)
}

function askOf(resolver: Resolver, budgetMs: number): Ask {
  return async (name, type) => foundIn(await resolver.look({ name, type }, { budgetMs }))
}

function foundIn(answer: Answer): Awaited<ReturnType<Ask>> {
  const { chain } = answer.evidence
  switch (answer.kind) {
    case 'rrset':
      return { values: answer.records.map(({ text }) => text), chain }
    case 'nodata':
    case 'nxdomain':
    case 'dangling_alias':
      return { values: [], chain }
    case 'failure':
    case 'timeout':
    case 'unreachable':
      return null
  }
}

function preview({ output }: Context, { json }: Watched, found: readonly Discovered[]): number {
  if (json)
    printJson(
      output,
      found.map(({ name, type, values }) => ({ name, record_type: type, values })),
    )
  else for (const line of table(output.screen, FOUND, found)) output.out(line)
  return EXIT.done
}

const FOUND: readonly Column<Discovered>[] = [
  { heading: 'NAME', text: ({ name }) => name },
  { heading: 'TYPE', text: ({ type }) => type },
  { heading: 'NOW', text: ({ values }) => values.join(', ') },
]

function showFound({ output }: Context, found: readonly Discovered[], known: ReadonlySet<string>): void {
  const already: Column<Discovered> = { heading: '', text: (one) => (known.has(keyOf(one)) ? 'watched already' : '') }
  for (const line of table(output.notes, [...FOUND, already], found)) output.err(line)
}

function keyOf({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${name} ${type}`
}

/** What is watched there already, whatever is expected of it. */
async function knownAt(client: Client, domain: string): Promise<ReadonlySet<string>> {
  const known = new Set<string>()
  for await (const monitor of client.each('listMonitors', { q: domain, limit: 100 })) {
    known.add(keyOf({ name: nameOf(monitor), type: monitor.record_type }))
  }
  return known
}

interface Place {
  readonly group: string | undefined
  readonly frequency: number | undefined
}

/** All or none; then each is looked at, so that the report says what is expected from now on. */
async function createAll(
  { output }: Context,
  client: Client,
  wanted: readonly Discovered[],
  { group, frequency }: Place,
): Promise<readonly WireMonitor[]> {
  if (wanted.length === 0) return []
  const monitors = wanted.map(
    ({ name, type }): NewMonitorInput => ({ full_domain: name, record_type: type, match: 'baseline' }),
  )
  const { data } = await client.createMonitors({
    monitors,
    ...(group === undefined ? {} : { group }),
    ...(frequency === undefined ? {} : { frequency }),
  })
  const progress = createProgress(output, { label: 'looking', unit: 'monitors' })
  const looked: WireMonitor[] = []
  for (const { uuid } of data) {
    looked.push(await client.checkMonitor(uuid))
    progress.show({ done: looked.length, total: data.length })
  }
  progress.clear()
  return looked
}

const REPORT: readonly Column<WireMonitor>[] = [
  { heading: 'ID', text: ({ uuid }) => uuid, isWhole: true },
  {
    heading: 'STATE',
    text: ({ state }) => state,
    paint: (screen, text, { state }) => paintState(screen, text, state),
  },
  { heading: 'NAME', text: nameOf },
  { heading: 'TYPE', text: ({ record_type: type }) => type },
  { heading: 'EXPECTED FROM NOW ON', text: ({ expected_value: expected }) => expected.join(', ') },
]
