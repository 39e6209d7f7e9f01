/** `doctor`: looks at everything that a server rests on, and says beside each finding what to do. Changes nothing. */
import { statSync } from 'node:fs'
import { type Clock, type Log, type Store, systemClock } from '@dnsradar/core'
import { ownerName } from '@dnsradar/core/dns/name'
import { systemUpstreams } from '@dnsradar/core/resolve/upstream'
import { lookupVia, systemLookup } from '@dnsradar/core/send/lookup'
import { type Inspection, inspectDatabase } from '@dnsradar/store'
import { type Config, isInMemory, isPostgres, readConfig } from '../config.ts'
import { dataFolder, openDatabase } from '../database.ts'
import {
  examineAnswer,
  examineClock,
  examineLag,
  examineNodes,
  examineSchema,
  examineSecrets,
  examineSpace,
} from '../doctor/database.ts'
import { examineEgress } from '../doctor/egress.ts'
import { type Examination, type Finding, findings, type Severity } from '../doctor/finding.ts'
import { examineResolvers } from '../doctor/resolvers.ts'
import { createLog } from '../log.ts'
import type { Context } from './context.ts'
import { everyItem } from './every-item.ts'
import { EXIT } from './failure.ts'
import { type Output, paint, printJson, shown, type Style } from './output.ts'

export interface DoctorOptions {
  /** Asked of every upstream. */
  readonly name: string
  readonly json: boolean
}

/** 0 when nothing is at fault, 1 when something is; warnings are no faults. */
export async function doctor(context: Context, { name, json }: DoctorOptions): Promise<number> {
  const { config, warnings } = readConfig(context.env)
  const found: Finding[] = []
  const show = (finding: Finding): void => {
    found.push(finding)
    if (!json) for (const line of lines(context.output, finding)) context.output.out(line)
  }
  for (const warning of warnings) {
    show(findings('settings').warning(warning, 'Unset it, or write the name that was meant.'))
  }
  const upstreams = config.resolvers.length > 0 ? config.resolvers : systemUpstreams()
  const question = { name: ownerName(name, null), type: 'NS' } as const
  await examine('resolvers', show, () =>
    examineResolvers({ upstreams, question, budgetMs: config.dnsTimeoutMs, clock: systemClock }),
  )
  await examine('database', show, () => examineDatabase(config, show))
  const faults = found.filter(({ severity }) => severity === 'fault').length
  if (json) printJson(context.output, found)
  else context.output.out(summary(found))
  return faults === 0 ? EXIT.done : EXIT.no
}

async function examine(area: string, show: (finding: Finding) => void, work: Examination): Promise<void> {
  try {
    for (const finding of await work()) show(finding)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [what = message, ...rest] = message.split(/(?<=[.)]) (?=[A-Z])/)
    show(findings(area).fault(what, rest.join(' ') || 'Look into the log of the server.'))
  }
}

async function examineDatabase(config: Config, show: (finding: Finding) => void): Promise<readonly Finding[]> {
  if (isInMemory(config)) {
    const fix = 'Name a file or a server in DATABASE_URL to keep what is recorded.'
    return [findings('database').warning('The database is in memory and ends with its process.', fix)]
  }
  const log = createLog('silent', process.stderr)
  const inspection = await inspectDatabase(config.databaseUrl, log)
  for (const finding of examineSchema(inspection)) show(finding)
  const folder = dataFolder(config)
  if (folder !== null && inspection.exists) await examine('database', show, () => examineSpace(folder))
  // To open it would bring its schema up to date, and that is for somebody else to decide.
  if (inspection.schema !== inspection.known) return []
  const written = writtenAt(config)
  await using store = await openDatabase(config, { log, mode: 'tool' })
  await examine('egress', show, async () => examineEgress(await egressOf(config, store)))
  return await examineStore({ config, store, inspection, clock: systemClock, log, written })
}

/** When a file was last written to; null for a server. */
function writtenAt(config: Config): number | null {
  return isPostgres(config) ? null : statSync(config.databaseUrl.slice('sqlite:'.length)).mtimeMs
}

interface Patient {
  readonly config: Config
  readonly store: Store
  readonly inspection: Inspection
  readonly clock: Clock
  readonly log: Log
  readonly written: number | null
}

async function examineStore({ config, store, inspection, clock, written }: Patient): Promise<readonly Finding[]> {
  const alive = await everyItem((page) => store.nodes.list(page))
  const isServed = inspection.servedBy !== null || alive.length > 0
  return [
    ...(await examineAnswer(store)),
    ...examineClock(clock.now(), written ?? store.clock.now(), written === null),
    ...(await examineLag(store, isServed)),
    ...examineNodes(alive, inspection.servedBy, store.clock.now()),
    ...examineSecrets(dataFolder(config), config.secretKeys !== null),
  ]
}

async function egressOf(config: Config, store: Store): Promise<Parameters<typeof examineEgress>[0]> {
  const organizations = await everyItem((page) => store.accounts.listOrganizations(page))
  const urls: string[] = []
  for (const { id } of organizations) {
    const webhooks = await everyItem((page) => store.webhooks.list(id, { isActive: true }, page))
    urls.push(...webhooks.map(({ url }) => url))
  }
  return {
    urls,
    rules: { allow: config.webhookAllow, ownListen: null, mail: true },
    lookup: config.webhookResolvers.length > 0 ? lookupVia(config.webhookResolvers) : systemLookup,
    proxyUrl: config.webhookProxy,
    timeoutMs: config.webhookTimeoutMs,
  }
}

const WORDS: Readonly<Record<Severity, readonly [word: string, style: Style]>> = {
  ok: ['ok', 'green'],
  warning: ['warn', 'yellow'],
  fault: ['FAULT', 'red'],
}

function lines({ screen }: Output, { area, severity, message, fix }: Finding): readonly string[] {
  const [word, style] = WORDS[severity]
  const head = `${paint(screen, style, word.padEnd(5))}  ${area.padEnd(9)}  ${shown(message)}`
  return fix === null ? [head] : [head, `${' '.repeat(18)}-> ${shown(fix)}`]
}

function summary(found: readonly Finding[]): string {
  const count = (severity: Severity): number => found.filter((finding) => finding.severity === severity).length
  return `Faults: ${count('fault')}, warnings: ${count('warning')}, in order: ${count('ok')}.`
}
