/**
 * Values that a schema is likely to accept, so that requests get past validation: what was sent in the recorded examples,
 * and what the schema itself says. Made from JSON Schema, which every row of the route tables can give of itself.
 */
import fc from 'fast-check'
import { placeholder } from './placeholders.ts'
import { hostileText, idText } from './values.ts'

export interface JsonSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly minimum?: number
  readonly maximum?: number
  /** What the reference shows in the schema's place: types that are narrowed by code. */
  readonly override?: JsonSchema | object
}

/** Of a member, by its name: what examples of any route gave it. */
export type Vocabulary = ReadonlyMap<string, readonly unknown[]>

/** What no example can hold, because it is another in every installation. */
const OWN_WORDS: Readonly<Record<string, readonly unknown[]>> = {
  group: [placeholder('group')],
  groups: [[placeholder('group')]],
  monitor: [placeholder('monitor')],
  monitors: [[placeholder('monitor')]],
  webhook: [placeholder('webhook')],
  domain: ['hostile.example', placeholder('domain_name')],
  prefilledDomain: [placeholder('domain_name')],
  dnsRecords: [
    [{ type: 'A', host: '@', value: '192.0.2.1', ttl: 60, monitor: true }],
    [{ type: 'MX', host: 'www', value: 'mx.example.com', priority: 10, ttl: 0, monitor: true }],
  ],
  applicationId: [placeholder('application_id')],
  secret: [placeholder('secret')],
  key: [placeholder('admin')],
}

/** Every member of every body that was recorded, however deep it stands. */
export function vocabularyOf(bodies: readonly unknown[]): Vocabulary {
  const words = new Map<string, unknown[]>(Object.entries(OWN_WORDS).map(([name, values]) => [name, [...values]]))
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, member] of Object.entries(value)) {
      if (!Array.isArray(value)) words.set(name, [...(words.get(name) ?? []), member])
      collect(member)
    }
  }
  for (const body of bodies) collect(body)
  return words
}

/** Deeper than any schema of ours, but for those that hold themselves. */
const DEEPEST = 6

export function acceptable(given: JsonSchema, words: Vocabulary, name = '', depth = 0): fc.Arbitrary<unknown> {
  const schema = { ...given, ...given.override } as JsonSchema
  const known = (words.get(name) ?? []).filter((value) => isOfType(schema.type, value))
  const made = madeOf(schema, words, name, depth)
  if (known.length === 0 || schema.enum !== undefined || schema.properties !== undefined) return made
  return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: made })
}

/** The same name may be another thing elsewhere. */
function isOfType(type: unknown, value: unknown): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type
    case 'integer':
    case 'number':
      return typeof value === 'number'
    case 'array':
      return Array.isArray(value)
    default:
      return true
  }
}

function madeOf(schema: JsonSchema, words: Vocabulary, name: string, depth: number): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf
  if (depth > DEEPEST) return fc.constant(null)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => acceptable(choice, words, name, depth + 1)))
  switch (schema.type) {
    case 'object':
      return objectOf(schema, words, depth)
    case 'array':
      return fc.array(acceptable(schema.items ?? {}, words, name, depth + 1), { minLength: 1, maxLength: 3 })
    case 'integer':
    case 'number':
      return fc.integer({ min: Math.max(schema.minimum ?? 0, 0), max: Math.min(schema.maximum ?? 86_400, 604_800) })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.oneof(hostileText, idText, fc.constantFrom('a', '7', 'hostile'))
  }
}

function objectOf(schema: JsonSchema, words: Vocabulary, depth: number): fc.Arbitrary<object> {
  const members = Object.entries(schema.properties ?? {}).map(
    ([name, member]) => [name, acceptable(member, words, name, depth + 1)] as const,
  )
  return fc.record(Object.fromEntries(members), { requiredKeys: [...(schema.required ?? [])] })
}
