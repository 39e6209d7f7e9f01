/**
 * From a schema's complaints to a refusal that a person can act on.
 *
 * Every message reads as the end of a sentence that begins with the field: "is required", "7 is not offered; use …".
 * Messages that belong to one field stand in its schema; those that hold for any field are made here.
 */
import { type ErrorCode, type FieldErrors, RadarError } from '@dnsradar/core'
import * as z from 'zod'

export function validateBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body, { error: describe })
  if (parsed.success) return parsed.data
  const fields = fieldErrors(parsed.error.issues)
  const unknown = parsed.error.issues.every((issue) => issue.code === 'unrecognized_keys')
  const whole = parsed.error.issues.some((issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys')
  throw refusal(unknown ? 'unknown_field' : whole ? 'invalid_body' : 'invalid_field', fields)
}

const CURSORS = ['after', 'before']

export function validateQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query, { error: describe })
  if (parsed.success) return parsed.data
  const fields = fieldErrors(parsed.error.issues)
  const cursorsOnly = Object.keys(fields).every((name) => CURSORS.includes(name))
  throw refusal(cursorsOnly ? 'invalid_cursor' : 'invalid_query', fields)
}

/** Told as a sentence about the first of the fields, which begins with its name. */
export function refusal(code: ErrorCode, fields: FieldErrors): RadarError {
  const [[path, message] = ['', 'is not acceptable'], ...others] = Object.entries(fields)
  const more = others.length > 0 ? ` (and ${others.length} more, see errors)` : ''
  return new RadarError(code, `${path === '' ? 'The body' : path} ${message}${more}.`, fields)
}

/** The first complaint about each field; object keys are defined, never assigned, so that none is special. */
function fieldErrors(issues: readonly z.core.$ZodIssue[]): FieldErrors {
  const found = new Map<string, string>()
  const add = (path: string, message: string): void => {
    if (!found.has(path)) found.set(path, message)
  }
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) add(pathOf([...issue.path, key]), issue.message)
    } else add(pathOf(issue.path), issue.message)
  }
  return Object.fromEntries(found)
}

const LONGEST_PATH = 200

/** `monitors[3].domain`. */
export function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`))
    .join('')
    .slice(0, LONGEST_PATH)
}

const describe: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `${shown(issue.input)} is not accepted; give ${article(issue.expected)}`
    case 'invalid_value':
      return issue.input === undefined
        ? `is required; use one of ${issue.values.join(', ')}`
        : `${shown(issue.input)} is not accepted; use one of ${issue.values.join(', ')}`
    case 'too_small':
      return `is too ${issue.origin === 'number' || issue.origin === 'int' ? 'low' : 'short'}; at least ${issue.minimum} ${unit(issue.origin)}`
    case 'too_big':
      return `is too ${issue.origin === 'number' || issue.origin === 'int' ? 'high' : 'long'}; at most ${issue.maximum} ${unit(issue.origin)}`
    case 'unrecognized_keys':
      return `is not known here; known are ${knownKeys(issue.inst)}`
    default:
      return `${shown(issue.input)} is not accepted`
  }
}

const ARTICLES: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a JSON object',
  record: 'a JSON object',
  array: 'a list',
}

function article(expected: string): string {
  return ARTICLES[expected] ?? expected
}

function unit(origin: string): string {
  switch (origin) {
    case 'string':
      return 'characters are accepted'
    case 'array':
    case 'record':
      return 'entries are accepted'
    default:
      return 'is accepted'
  }
}

const LONGEST_SHOWN = 60

/** What was given, short enough to be repeated. */
export function shown(input: unknown): string {
  if (input === null || typeof input !== 'object') {
    const text = JSON.stringify(input) ?? String(input)
    return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
  }
  return Array.isArray(input) ? 'a list' : 'an object'
}

function knownKeys(schema: unknown): string {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape).join(', ') || 'no fields at all' : 'others'
}
