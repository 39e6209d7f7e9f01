/** What an operation is: a row of the panel's list, its fields, and what it does with one item. */
import { randomUUID } from 'node:crypto'
import type { IDataObject, IExecuteFunctions, INodeParameterResourceLocator, INodeProperties } from 'n8n-workflow'
import type { CallOptions, Client } from '../shared/client.ts'
import { asText } from '../shared/text.ts'

/** One item on its way through one operation. */
export interface Call {
  readonly context: IExecuteFunctions
  readonly client: Client
  readonly index: number
}

/** One answer, or several: each becomes an item that comes from the item of the call. */
export type Answer = object | readonly object[]

interface OperationRow {
  /** Also the name of its output schema's file. */
  readonly value: string
  readonly name: string
  /** Sentence case, as n8n lists it: `Create a monitor`. */
  readonly action: string
  readonly description: string
  readonly fields: readonly INodeProperties[]
}

export interface ItemOperation extends OperationRow {
  readonly run: (call: Call) => Promise<Answer>
}

/** What became of an item when all are handled at once. */
export type BatchResult = { readonly index: number } & ({ readonly json: object } | { readonly error: unknown })

export interface BatchOperation extends OperationRow {
  /** Throws unless `keepGoing`, then failures are results. */
  readonly runAll: (calls: readonly Call[], keepGoing: boolean) => Promise<readonly BatchResult[]>
}

export type Operation = ItemOperation | BatchOperation

export interface Resource {
  readonly value: string
  readonly name: string
  readonly description: string
  readonly operations: readonly Operation[]
}

/** Makes a request that writes safe to repeat, so that one whose answer was lost is. */
export function once(): CallOptions {
  return { idempotencyKey: randomUUID() }
}

export function text({ context, index }: Call, name: string): string {
  return asText(context.getNodeParameter(name, index, ''))
}

export function isSet({ context, index }: Call, name: string): boolean {
  return context.getNodeParameter(name, index, false) === true
}

export function number({ context, index }: Call, name: string, otherwise: number): number {
  const value = Number(context.getNodeParameter(name, index, otherwise))
  return Number.isFinite(value) ? value : otherwise
}

/** An optional-fields collection without what was left empty. */
export function collection({ context, index }: Call, name: string): IDataObject {
  const fields = context.getNodeParameter(name, index, {}) as IDataObject
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined))
}

export function locator({ context, index }: Call, name: string): { readonly mode: string; readonly value: string } {
  const given = context.getNodeParameter(name, index, '') as INodeParameterResourceLocator | string
  if (typeof given !== 'object' || given === null) return { mode: 'id', value: asText(given) }
  return { mode: given.mode, value: asText(given.value) }
}

/** What has to change; refused when that is nothing, which the API would refuse in words of its own. */
export function changesIn<Patch extends object>(patch: Patch): Patch {
  if (Object.keys(patch).length === 0) throw new Error('Nothing would change: add a field under Update Fields')
  return patch
}

/** Rows of a list: an array, a JSON array as text, or one value per line. Elements of an array keep their spaces. */
export function lines(value: unknown): string[] {
  const given = typeof value === 'string' && value.trim().startsWith('[') ? parsedArray(value) : value
  const rows = Array.isArray(given) ? given.flat().map(verbatim) : asText(given).split('\n').map(asText)
  return rows.filter((row) => row.trim() !== '')
}

function verbatim(value: unknown): string {
  return typeof value === 'string' ? value : asText(value)
}

function parsedArray(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
