/** `plan`, `apply` and `export`: monitors, groups and webhooks as a file that is kept beside the code. */
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import type { Client } from '@dnsradar/client'
import { type Actual, readActual } from '../desired/actual.ts'
import { applyPlan } from '../desired/apply.ts'
import type { Action, Plan } from '../desired/changes.ts'
import type { Desired } from '../desired/desired.ts'
import { exportConfiguration } from '../desired/export.ts'
import { isLabel } from '../desired/ownership.ts'
import { countChanges, planChanges } from '../desired/plan.ts'
import { readConfiguration } from '../desired/read.ts'
import { confirm } from './confirm.ts'
import type { Context } from './context.ts'
import { CommandFailed, EXIT, usage } from './failure.ts'
import { type Output, paint, printJson, shown, type Style } from './output.ts'
import { annotateFaults, annotatePlan, planJson, planLines } from './plan-words.ts'
import { createProgress } from './progress.ts'
import { openClient } from './remote.ts'
import { readSource, refuseSource } from './source.ts'

export interface PlanCommand {
  readonly file: string
  readonly adopt: boolean
  readonly sendSecrets: boolean
  readonly annotations?: 'github'
  readonly json: boolean
}

/** 0 nothing to change, 1 something; 7 when something stands in the way. */
export async function plan(context: Context, asked: PlanCommand): Promise<number> {
  const prepared = await prepare(context, asked)
  if (typeof prepared === 'number') return prepared
  show(context.output, asked, prepared.plan)
  if (prepared.plan.conflicts.length > 0) return refuseConflicts(context.output, asked, prepared.plan)
  return prepared.plan.changes.length === 0 ? EXIT.done : EXIT.no
}

export async function apply(context: Context, asked: PlanCommand & { readonly yes: boolean }): Promise<number> {
  const prepared = await prepare(context, asked)
  if (typeof prepared === 'number') return prepared
  const { client, actual, plan: planned } = prepared
  const { output } = context
  show(output, asked, planned)
  if (planned.conflicts.length > 0) return refuseConflicts(output, asked, planned)
  if (planned.changes.length === 0) return EXIT.done
  if (!asked.yes && !(await confirm(context, `Make these changes (${countChanges(planned)})?`))) return EXIT.no
  const progress = createProgress(output, { label: 'applying', unit: 'changes' })
  let made = 0
  const onProgress = (done: number, total: number): void => {
    made = done
    progress.show({ done, total })
  }
  try {
    await applyPlan({ client, idempotencyKey: randomUUID, onProgress, signal: context.interrupted() }, planned, actual)
  } catch (error) {
    progress.clear()
    output.err(`${made} of ${planned.changes.length} changes were made; the same command goes on from there.`)
    throw error
  }
  progress.clear()
  if (!asked.json) output.out(`Applied: ${made} ${made === 1 ? 'change' : 'changes'} made.`)
  return EXIT.done
}

interface Prepared {
  readonly client: Client
  readonly actual: Actual
  readonly plan: Plan
}

/** An exit status when the file cannot be taken. */
async function prepare(context: Context, asked: PlanCommand): Promise<Prepared | number> {
  const { output, env } = context
  const { desired, faults } = readConfiguration(await readSource(context, asked.file), env)
  if (desired === null) {
    if (asked.annotations !== undefined) for (const line of annotateFaults(asked.file, faults)) output.out(line)
    return refuseSource(output, asked.file, faults, 'nothing was changed.')
  }
  const client = openClient(context)
  const { key } = await client.me()
  const actual = await look(output, client)
  if (!key.scopes.some((scope) => scope !== 'read')) needsToSeeHeaders(desired, actual)
  return { client, actual, plan: planChanges(desired, actual, asked) }
}

/** Values of headers, among them the label that tells whose a webhook is, are shown to nobody who may only read. */
function needsToSeeHeaders(desired: Desired, actual: Actual): void {
  const isManaged = actual.webhooks.some(({ headers }) => Object.keys(headers).some(isLabel))
  if (desired.webhooks.length === 0 && !isManaged) return
  throw new CommandFailed(
    EXIT.key,
    'Webhooks are part of this, and a key that may only read does not see whose they are: use one with scope write.',
  )
}

async function look(output: Output, client: Client): Promise<Actual> {
  const progress = createProgress(output, { label: 'reading', unit: 'monitors' })
  const { total } = await client.summary()
  return readActual(client, (done) => progress.show({ done, total })).finally(() => progress.clear())
}

const STYLES: Readonly<Record<Action, Style>> = { create: 'green', adopt: 'cyan', update: 'yellow', delete: 'red' }

function show(output: Output, { json, annotations, file }: PlanCommand, planned: Plan): void {
  if (json) printJson(output, planJson(planned))
  else {
    for (const { action, text } of planLines(planned)) output.out(paint(output.screen, STYLES[action], text))
    output.out(`${shown(file)}: ${countChanges(planned)}.`)
  }
  if (annotations !== undefined) for (const line of annotatePlan(file, planned)) (json ? output.err : output.out)(line)
}

function refuseConflicts(output: Output, { file }: PlanCommand, { conflicts }: Plan): number {
  refuseSource(output, file, conflicts, 'nothing was changed.')
  return EXIT.conflict
}

export interface ExportCommand {
  readonly owner: string
  readonly owned: boolean
  readonly output?: string
  readonly force: boolean
}

export async function exportTo(
  context: Context,
  { owner, owned, output: path, force }: ExportCommand,
): Promise<number> {
  const client = openClient(context)
  const { key } = await client.me()
  const actual = await look(context.output, client)
  const hidden = actual.webhooks.length > 0 && !key.scopes.some((scope) => scope !== 'read')
  if (hidden)
    throw new CommandFailed(
      EXIT.key,
      'Webhooks are part of this: use a key with scope write, which sees their headers.',
    )
  const text = exportConfiguration(actual, { owner, ownedOnly: owned })
  if (path === undefined) context.output.out(text.trimEnd())
  else await write(path, text, force)
  return EXIT.done
}

async function write(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw usage(`${shown(path)} is there already: name another file, or replace it with --force.`)
  }
}
