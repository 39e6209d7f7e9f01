/** The workflows that are there to be imported: they use our nodes as they are, and read what a delivery really has. */
import type { IDataObject, INodeProperties } from 'n8n-workflow'
import { beforeAll, expect, test } from 'vitest'
import { findOperation } from '../nodes/DnsRadar/resources.ts'
import { TRIGGER_PROPERTIES } from '../nodes/DnsRadarTrigger/properties.ts'
import readme from '../README.md?raw'
import { evaluated } from './contexts.ts'
import { drawing, type WorkflowFile, type WorkflowNode } from './drawing.ts'
import { triggerBench } from './trigger-bench.ts'

const TRIGGER = 'n8n-nodes-dnsradar.dnsRadarTrigger'
const ACTION = 'n8n-nodes-dnsradar.dnsRadar'

const files = import.meta.glob<WorkflowFile>('../workflows/*.json', { eager: true, import: 'default' })
const workflows = Object.entries(files).map(([path, workflow]) => ({ file: path.split('/').at(-1) ?? '', workflow }))
const named = (name: string): WorkflowFile => files[`../workflows/${name}.json`] as WorkflowFile

const bench = triggerBench()
/** What the trigger puts out for a mismatch. */
let change: IDataObject
beforeAll(async () => {
  const node = bench.trigger()
  await node.activate()
  await bench.breakRecord({ metadata: { zone_id: 'z1', record_id: 'r1' } })
  change = (await node.receive(await bench.delivered(node))).items?.[0]?.json ?? {}
})

test.for(workflows)('$file stands in the README, and its picture is what it does', async ({ file, workflow }) => {
  expect(readme).toContain(`\`${file}\``)
  const picture = `workflows/${file.replace('.json', '.svg')}`
  expect(readme).toContain(`](${picture})`)
  await expect(drawing(workflow)).toMatchFileSnapshot(`../${picture}`)
})

test.for(workflows)('$file gives our nodes only parameters and choices that they have', ({ workflow }) => {
  for (const { type, parameters } of workflow.nodes) {
    if (type === TRIGGER) expectKnown(TRIGGER_PROPERTIES, parameters)
    if (type !== ACTION) continue
    const { resource, operation, ...others } = parameters as Record<string, string>
    expectKnown(findOperation(resource ?? '', operation ?? '').fields, others)
  }
})

test.for(workflows)('$file reads what a delivery has', ({ workflow }) => {
  for (const { parameters } of readersOf(workflow)) {
    for (const expression of expressionsIn(parameters)) {
      expect({ expression, is: evaluated(bench.credential, change, expression) }).not.toMatchObject({ is: undefined })
    }
  }
})

const documented: [expression: string, is: unknown][] = [
  ['{{ $json.event.domain }}', 'record-1.example'],
  ['{{ $json.event.new_state }}', 'MISMATCH'],
  ['{{ $json.event.new_state === "MISMATCH" }}', true],
  ['{{ $json.event.new_state === "MISMATCH" && $json.event.domain.includes("api.") }}', false],
  ['{{ $json.event.subdomain ? "." + $json.event.subdomain : "" }}', ''],
  ['{{ $json.event.expected_value.join(", ") }}', '192.0.2.1'],
  ['{{ $json.event.current_value.join(", ") }}', '192.0.2.2'],
  ['{{ $json.event.old_state }}', 'UNSET'],
  ['{{ $json.event.incidence_count }}', 1],
  ['{{ $json.event.domain.split(".")[0] }}', 'record-1'],
]
test.for(documented)('the documented expression %s is %j', ([expression, is]) => {
  expect(evaluated(bench.credential, change, `=${expression}`)).toBe(is)
})

const STATES = ['MISMATCH', 'NOT_FOUND', 'TIMEOUT', 'INVALID', 'VALID']

test('slack-on-mismatch lets a mismatch pass, and nothing else', () => {
  const condition = conditionOf(parametersOf(named('slack-on-mismatch').nodes, 'Is Mismatch'))
  expect(STATES.filter((state) => holds(condition, state))).toEqual(['MISMATCH'])
})

test.for([
  ['MISMATCH', ['Create Incident', 'Tell the Team']],
  ['NOT_FOUND', ['Send Email', 'Create Issue']],
  ['TIMEOUT', ['Tell the Team']],
  ['INVALID', ['Log It']],
  ['VALID', ['Log It']],
] as const)('route-by-state takes %s to %j', ([state, targets]) => {
  const { nodes, connections } = named('route-by-state')
  const rules = parametersOf<{ rules: { values: unknown[] } }>(nodes, 'By State').rules.values
  const rule = rules.findIndex((one) => holds(conditionOf(one), state))
  const output = rule === -1 ? rules.length : rule
  expect(connections['By State']?.main[output]?.map(({ node }) => node)).toEqual(targets)
})

function parametersOf<T>(nodes: readonly WorkflowNode[], wanted: string): T {
  return nodes.find(({ name }) => name === wanted)?.parameters as T
}

/** The one condition of an If node, or of a rule of a Switch node. */
interface Condition {
  readonly leftValue: string
  readonly rightValue: string
}

function conditionOf(holder: unknown): Condition {
  const { conditions } = holder as { conditions: { conditions: [Condition & { operator: object }] } }
  const [condition, ...more] = conditions.conditions
  expect(condition.operator).toEqual({ type: 'string', operation: 'equals' })
  expect(more).toEqual([])
  return condition
}

function holds({ leftValue, rightValue }: Condition, new_state: string): boolean {
  const json = { ...change, event: { ...(change['event'] as IDataObject), new_state } }
  return evaluated(bench.credential, json, leftValue) === rightValue
}

function expectKnown(fields: readonly INodeProperties[], parameters: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(parameters)) {
    const field = fields.find((one) => one.name === name)
    expect({ name, known: field !== undefined }).toEqual({ name, known: true })
    const choices = field?.options ?? []
    if (field?.type === 'options' || field?.type === 'multiOptions') {
      for (const chosen of [value].flat()) expect(choices).toContainEqual(expect.objectContaining({ value: chosen }))
    }
    if (field?.type === 'collection') expectKnown(choices as INodeProperties[], value as Record<string, unknown>)
  }
}

/** Nodes whose input is the delivery itself: those after the trigger, and after nodes that only choose a way. */
function readersOf({ nodes, connections }: WorkflowFile): WorkflowNode[] {
  const readers = new Set<WorkflowNode>()
  const follow = (from: WorkflowNode): void => {
    for (const { node } of connections[from.name]?.main.flat() ?? []) {
      const reader = nodes.find(({ name }) => name === node)
      if (reader === undefined || readers.has(reader)) continue
      readers.add(reader)
      if (['n8n-nodes-base.if', 'n8n-nodes-base.switch'].includes(reader.type)) follow(reader)
    }
  }
  for (const node of nodes) if (node.type === TRIGGER) follow(node)
  return [...readers]
}

/** Each `{{ … }}` by itself: inside a text n8n would write nothing for what is not there. */
function expressionsIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(expressionsIn)
  if (typeof value !== 'string' || !value.startsWith('=')) return []
  return [...value.matchAll(/\{\{.*?\}\}(?!\})/gs)].map(([expression]) => `=${expression}`)
}
