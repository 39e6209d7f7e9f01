/**
 * The keys that Zaps are stored under: of steps, of the fields that people fill in, and of what comes out. Taking one
 * away breaks Zaps that people have made, silently.
 *
 * `released-keys.json` holds those of this version; a test compares. This script writes it, and loses none within a
 * major version.
 */
import { readFile, writeFile } from 'node:fs/promises'
import app from '../src/index.ts'

export interface StepKeys {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

interface Field {
  readonly key: string
  readonly children?: readonly Field[]
}

interface Step {
  readonly key: string
  readonly operation: { readonly inputFields?: readonly Field[]; readonly sample?: object }
}

/** By kind and key: `create create_monitor`. */
export function keysOf(definition: typeof app): Record<string, StepKeys> {
  const { triggers, creates, searches, searchOrCreates = {} } = definition
  const kinds: Readonly<Record<string, object>> = { trigger: triggers, create: creates, search: searches }
  const steps = Object.entries(kinds).flatMap(([kind, group]) =>
    (Object.values(group) as Step[]).map((step) => [`${kind} ${step.key}`, stepKeys(step)] as const),
  )
  const pairs = Object.keys(searchOrCreates).map((key) => [`search or create ${key}`, NONE] as const)
  return Object.fromEntries([...steps, ...pairs])
}

const NONE: StepKeys = { inputs: [], outputs: [] }

function stepKeys({ operation: { inputFields = [], sample = {} } }: Step): StepKeys {
  const inputs = inputFields.flatMap(({ key, children = [] }) => [
    key,
    ...children.map((child) => `${key}[]${child.key}`),
  ])
  return { inputs, outputs: flatKeys(sample) }
}

/** As Zapier writes them: `event__domain`, `monitors[]id`. */
export function flatKeys(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = `${prefix}${key}`
    if (Array.isArray(inner) && isObject(inner[0])) return [name, ...flatKeys(inner[0], `${name}[]`)]
    return isObject(inner) ? [name, ...flatKeys(inner, `${name}__`)] : [name]
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export interface Release {
  readonly version: string
  readonly steps: Readonly<Record<string, StepKeys>>
}

/** Each key that `before` has and `now` has not; none when a new major version may take some away. */
export function lostKeys(before: Release, now: Release): string[] {
  if (before.version.split('.')[0] !== now.version.split('.')[0]) return []
  return Object.entries(before.steps).flatMap(([step, { inputs, outputs }]) => {
    const kept = now.steps[step]
    if (kept === undefined) return [step]
    return [
      ...inputs.filter((key) => !kept.inputs.includes(key)).map((key) => `${step}: input ${key}`),
      ...outputs.filter((key) => !kept.outputs.includes(key)).map((key) => `${step}: output ${key}`),
    ]
  })
}

async function record(file: URL): Promise<void> {
  const before = JSON.parse(await readFile(file, 'utf8')) as Release
  const now = { version: app.version, steps: keysOf(app) }
  const lost = lostKeys(before, now)
  if (lost.length > 0) throw new Error(`These keys are gone, which needs a new major version:\n${lost.join('\n')}`)
  await writeFile(file, JSON.stringify(now, null, 2))
}

if (import.meta.main) await record(new URL('../released-keys.json', import.meta.url))
