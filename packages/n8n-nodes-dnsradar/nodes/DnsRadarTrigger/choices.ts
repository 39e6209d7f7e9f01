/** Reads the trigger's parameters. */
import type { IDataObject, IHookFunctions, INodeParameterResourceLocator, IWebhookFunctions } from 'n8n-workflow'
import type { RecordType, State } from '../shared/client.ts'
import { asText } from '../shared/text.ts'
import type { OutputForm } from './output.ts'
import type { TriggerChoices } from './subscription.ts'

type Context = IHookFunctions | IWebhookFunctions

export function readChoices(context: Context): TriggerChoices {
  const scope = context.getNodeParameter('scope', 'all')
  const filters = context.getNodeParameter('filters', {}) as IDataObject
  return {
    events: listOf(context.getNodeParameter('events', [])),
    groups: scope === 'groups' ? required(listOf(context.getNodeParameter('groups', [])), 'group') : [],
    monitors: scope === 'monitors' ? required(chosenMonitors(context), 'monitor') : [],
    states: listOf(filters['states']) as State[],
    recordTypes: listOf(filters['recordTypes']) as RecordType[],
    domain: asText(filters['domain']),
  }
}

export interface TriggerOptions {
  readonly output: OutputForm
  readonly testDeliveries: 'listening' | 'always' | 'never'
  readonly toleranceSeconds: number
  readonly fetchSample: boolean
  readonly includeHeaders: boolean
}

const TOLERANCE = { lowest: 30, usual: 300, highest: 3600 }

export function readOptions(context: Context): TriggerOptions {
  const options = context.getNodeParameter('options', {}) as IDataObject
  const tolerance = Number(options['replayWindow'] ?? TOLERANCE.usual)
  return {
    output: context.getNodeParameter('output', 'delivered') as OutputForm,
    testDeliveries: (options['testDeliveries'] ?? 'listening') as TriggerOptions['testDeliveries'],
    toleranceSeconds: Math.min(Math.max(tolerance || TOLERANCE.usual, TOLERANCE.lowest), TOLERANCE.highest),
    fetchSample: options['fetchSample'] !== false,
    includeHeaders: options['includeHeaders'] === true,
  }
}

function chosenMonitors(context: Context): string[] {
  const rows = context.getNodeParameter('monitors.values', []) as { monitor: INodeParameterResourceLocator | string }[]
  return listOf(rows.map(({ monitor }) => (typeof monitor === 'object' ? monitor.value : monitor)))
}

/** An expression may give one value by itself: taken for none, it would mean all. */
function listOf(value: unknown): string[] {
  return [...new Set([value].flat().map(asText))].filter((one) => one !== '')
}

/** Chosen and left empty must not become "all". */
function required(values: string[], what: string): string[] {
  if (values.length === 0) throw new Error(`No ${what} is chosen: choose at least one, or trigger for all of them`)
  return values
}
