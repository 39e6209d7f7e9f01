/** The workflows that are shipped to be imported, held to what n8n knows of their nodes. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkflowJson } from './workflow.ts'

const FOLDER = fileURLToPath(new URL('../../packages/n8n-nodes-dnsradar/workflows', import.meta.url))

/** A parameter's row in n8n's list of node types; a collection has rows of its own. */
interface Property {
  readonly name: string
  readonly type?: string
  readonly options?: readonly Property[]
}

export interface NodeType {
  readonly name: string
  readonly version: number | readonly number[]
  readonly properties: readonly Property[]
}

export function exampleNames(): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
}

export function readExample(name: string): WorkflowJson {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as WorkflowJson
}

/** Nodes and parameters of `workflow` that this n8n does not have. */
export function unknownTo(types: readonly NodeType[], workflow: WorkflowJson): string[] {
  return workflow.nodes.flatMap(({ name, type, typeVersion, parameters }) => {
    const found = types.find((one) => one.name === type && [one.version].flat().includes(typeVersion))
    if (found === undefined) return [`${name}: ${type} in version ${typeVersion}`]
    return unknownParameters(found.properties, parameters).map((parameter) => `${name}: ${type} has no ${parameter}`)
  })
}

function unknownParameters(properties: readonly Property[], parameters: object): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const rows = properties.filter((one) => one.name === name)
    if (rows.length === 0) return [name]
    const inner = rows.filter(({ type }) => type === 'collection').flatMap(({ options = [] }) => options)
    return inner.length === 0 ? [] : unknownParameters(inner, value as object).map((one) => `${name}.${one}`)
  })
}
