/**
 * `import`: monitors from what is there already.
 *
 * Everything is read, held to the rules and rehearsed on the server before anything is made, so that an error anywhere
 * means that nothing was imported. What is there already is left as it is: a second run makes nothing.
 */
import { randomUUID } from 'node:crypto'
import { ApiError, type Client, type NewMonitorInput } from '@dnsradar/client'
import { ownerName } from '@dnsradar/core/dns/name'
import { askServer } from '../import/ask.ts'
import { type Checked, type CheckedMonitor, checkReading, type Defaults } from '../import/checked.ts'
import { readCsv } from '../import/csv.ts'
import { readGatus } from '../import/gatus.ts'
import type { Reading } from '../import/reading.ts'
import { fullDomain, type Match } from '../import/rrsets.ts'
import { readUptimeKuma } from '../import/uptime-kuma.ts'
import { readZone } from '../import/zone/zone.ts'
import { batchesOf } from '../source/batches.ts'
import type { Fault } from '../source/place.ts'
import { confirm } from './confirm.ts'
import type { Context } from './context.ts'
import { discoverName } from './discovery.ts'
import { CommandFailed, EXIT } from './failure.ts'
import { type Output, paint, printJson, shown } from './output.ts'
import { createProgress, type Progress } from './progress.ts'
import { openClient } from './remote.ts'
import { readSource, refuseSource } from './source.ts'
import { table } from './table.ts'
import { readMinutes } from './time.ts'

export type SourceKind = 'zone' | 'csv' | 'uptime-kuma' | 'gatus' | 'name'

export interface ImportOptions {
  readonly group?: string
  readonly frequency?: string
  readonly notify?: string
  readonly origin?: string
  readonly match?: string
  readonly dryRun: boolean
  readonly yes: boolean
  readonly json: boolean
}

export async function importFrom(
  context: Context,
  kind: SourceKind,
  source: string,
  options: ImportOptions,
): Promise<number> {
  const { output } = context
  const frequency = readMinutes(options.frequency, '--frequency')
  const client = openClient(context)
  const { limits, usage } = await client.me()
  const reading = await read(context, client, kind, source, options)
  const checked = checkReading(reading, defaultsOf(options, frequency, limits.frequency))
  if (checked.faults.length > 0) return refuseSource(output, source, checked.faults, 'nothing was imported.')
  const job: Job = { context, client, progress: createProgress(output, { label: 'importing', unit: 'monitors' }) }
  const rehearsed = await rehearse(job, checked.monitors)
  if (rehearsed.faults.length > 0) return refuseSource(output, source, rehearsed.faults, 'nothing was imported.')
  const { fresh } = rehearsed
  const existing = checked.monitors.length - fresh.length
  if (!options.json) showPlan(output, checked, fresh, existing)
  const outcome = { create: fresh, existing, leftOut: checked.leftOut }
  if (limits.monitors !== null && fresh.length + usage.monitors > limits.monitors) {
    throw new CommandFailed(
      EXIT.plan,
      `The plan allows ${limits.monitors} monitors, ${usage.monitors} exist and ${fresh.length} would be new: nothing was imported; delete some, import less, or use a bigger plan.`,
    )
  }
  if (options.dryRun || fresh.length === 0) return report(output, options, { ...outcome, created: [] })
  if (!options.yes && !(await confirm(context, `Create ${plural(fresh.length, 'monitor')}?`))) return EXIT.no
  return report(output, options, { ...outcome, created: await create(job, fresh) })
}

function defaultsOf({ group, notify }: ImportOptions, frequency: number | undefined, fastest: number): Defaults {
  return { group, frequency, notify: notify as Defaults['notify'], fastest }
}

async function read(
  context: Context,
  client: Client,
  kind: SourceKind,
  source: string,
  { origin, match }: ImportOptions,
): Promise<Reading> {
  switch (kind) {
    case 'zone':
      return readZone(await readSource(context, source), {
        ...(origin === undefined ? {} : { origin: ownerName(fullDomain(origin), null) }),
        ...(match === undefined ? {} : { match: match as Match }),
      })
    case 'csv':
      return readCsv(await readSource(context, source))
    case 'uptime-kuma':
      return readUptimeKuma(await readSource(context, source))
    case 'gatus':
      return readGatus(await readSource(context, source))
    case 'name':
      return readName(context, client, source)
  }
}

const NOWHERE = { line: 1, column: 1 }

/** What a name has now is what it should have: each record set is a baseline. */
async function readName(context: Context, client: Client, name: string): Promise<Reading> {
  const { records, unanswered } = await discoverName(context.output, askServer(client, context.interrupted()), name)
  return {
    wanted: records.map(({ name: owner, type }) => ({
      place: NOWHERE,
      input: { full_domain: fullDomain(owner), record_type: type, match: 'baseline' },
    })),
    leftOut: unanswered.map(({ name: owner, type }) => ({
      place: NOWHERE,
      what: `${owner} ${type}`,
      why: 'no server could say what is there',
    })),
    faults: [],
  }
}

interface Job {
  readonly context: Context
  readonly client: Client
  readonly progress: Progress
}

const PAYMENT_REQUIRED = 402

interface Rehearsed {
  readonly fresh: readonly CheckedMonitor[]
  readonly faults: readonly Fault[]
}

/** The server does everything and takes it back: what it would refuse, it refuses here. */
async function rehearse({ context, client, progress }: Job, monitors: readonly CheckedMonitor[]): Promise<Rehearsed> {
  const signal = context.interrupted()
  const fresh: CheckedMonitor[] = []
  const faults: Fault[] = []
  let done = 0
  for (const batch of batchesOf(monitors)) {
    try {
      const { data } = await client.previewMonitors({ monitors: inputsOf(batch), ignore: true }, { signal })
      fresh.push(...batch.filter((_, at) => data[at]?.result === 'create'))
    } catch (error) {
      faults.push(...faultsIn(batch, error))
    }
    done += batch.length
    progress.show({ done, total: monitors.length, label: 'comparing' })
  }
  progress.clear()
  return { fresh, faults }
}

function inputsOf(batch: readonly CheckedMonitor[]): readonly NewMonitorInput[] {
  return batch.map(({ input }) => input)
}

/** What the server says of `monitors[3].group` it says of a place in the file. A limit of the plan is no fault of it. */
function faultsIn(batch: readonly CheckedMonitor[], error: unknown): readonly Fault[] {
  if (!(error instanceof ApiError) || error.status === PAYMENT_REQUIRED) throw error
  const faults = Object.entries(error.fields).flatMap(([path, message]) => {
    const at = /^monitors\[(\d+)\]/.exec(path)?.[1]
    const place = at === undefined ? undefined : batch[Number(at)]?.place
    return place === undefined ? [] : [{ place, message: `${path.replace(/^monitors\[\d+\]\.?/, '')} ${message}` }]
  })
  if (faults.length === 0) throw error
  return faults
}

async function create(
  { context, client, progress }: Job,
  fresh: readonly CheckedMonitor[],
): Promise<readonly string[]> {
  const signal = context.interrupted()
  const created: string[] = []
  try {
    for (const batch of batchesOf(fresh)) {
      const body = { monitors: inputsOf(batch), ignore: true }
      const { data } = await client.createMonitors(body, { idempotencyKey: randomUUID(), signal })
      created.push(...data.map(({ uuid }) => uuid))
      progress.show({ done: created.length, total: fresh.length })
    }
  } catch (error) {
    progress.clear()
    context.output.err(`${created.length} of ${fresh.length} monitors were made; the same command goes on from there.`)
    throw error
  }
  progress.clear()
  return created
}

/** More rows than this say less than their number. */
const MOST_ROWS = 200

function showPlan(output: Output, checked: Checked, fresh: readonly CheckedMonitor[], existing: number): void {
  const { screen } = output
  const rows = table(screen, COLUMNS, fresh.slice(0, MOST_ROWS))
  if (fresh.length > 0) for (const line of rows) output.out(line)
  if (fresh.length > MOST_ROWS) output.out(`… and ${fresh.length - MOST_ROWS} more`)
  for (const { place, what, why } of checked.leftOut) {
    const where = place === NOWHERE ? '' : ` (line ${place.line})`
    output.out(paint(screen, 'yellow', `left out: ${shown(what)}${where}: ${shown(why)}`))
  }
  output.out(
    `${plural(fresh.length, 'monitor')} to create, ${existing} there already, ${checked.leftOut.length} left out.`,
  )
}

const COLUMNS = [
  { heading: 'NAME', text: ({ input }: CheckedMonitor) => input.full_domain ?? nameOf(input) },
  { heading: 'TYPE', text: ({ input }: CheckedMonitor) => input.record_type },
  { heading: 'MATCH', text: ({ input }: CheckedMonitor) => input.match ?? 'exact' },
  { heading: 'EXPECTED', text: ({ input }: CheckedMonitor) => [input.expected_value ?? '-'].flat().join(', ') },
  { heading: 'GROUP', text: ({ input }: CheckedMonitor) => input.group ?? 'default' },
]

function nameOf({ domain, subdomain }: NewMonitorInput): string {
  return [subdomain, domain].filter(Boolean).join('.')
}

interface Outcome {
  readonly create: readonly CheckedMonitor[]
  readonly existing: number
  readonly leftOut: Checked['leftOut']
  readonly created: readonly string[]
}

function report(output: Output, { json, dryRun }: ImportOptions, outcome: Outcome): number {
  const { create: fresh, existing, leftOut, created } = outcome
  if (json) {
    printJson(output, {
      create: fresh.map(({ input }) => input),
      existing,
      left_out: leftOut.map(({ place: { line }, what, why }) => ({ line, what, why })),
      created,
    })
  } else if (created.length > 0) output.out(`Created ${plural(created.length, 'monitor')}.`)
  else if (dryRun) output.out('Nothing was made: this was a dry run.')
  return EXIT.done
}

function plural(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
