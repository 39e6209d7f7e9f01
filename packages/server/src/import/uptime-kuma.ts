/**
 * An Uptime Kuma backup (JSON) as monitors.
 *
 * Kuma passes when some record satisfies the conditions, and sees TXT in pieces, an MX record without its priority and
 * of CAA only `issue`. What it means by that is translated; a condition about a part of a value is not, because a
 * monitor here expects whole records.
 */
import type { MatchMode, NewMonitorInput, RecordType } from '@dnsradar/client'
import { RECORD_TYPES } from '@dnsradar/core/record-types'
import { shown } from '../http/validate.ts'
import { isObject, type Path, readDocument, type SourceDocument } from '../source/document.ts'
import { frequencyFor } from './frequency.ts'
import type { LeftOut, Reading, Wanted } from './reading.ts'

export function readUptimeKuma(text: string): Reading {
  const document = readDocument(text)
  if (document.faults.length > 0) return { wanted: [], leftOut: [], faults: document.faults }
  const found = monitorsIn(document.value)
  if (found === null) {
    const message = 'This is no backup of Uptime Kuma: it has no monitorList. Export one under Settings, Backup.'
    return { wanted: [], leftOut: [], faults: [{ place: { line: 1, column: 1 }, message }] }
  }
  const read = found.map(({ path, monitor }) => translate(document, path, monitor))
  return {
    wanted: read.flatMap((each) => ('input' in each ? [each] : [])),
    leftOut: read.flatMap((each) => ('why' in each ? [each] : [])),
    faults: [],
  }
}

/** A backup's list, the list alone, or the object by id that Kuma's own interface sends. */
function monitorsIn(value: unknown): readonly { readonly path: Path; readonly monitor: unknown }[] | null {
  const [list, path] = isObject(value) && 'monitorList' in value ? [value['monitorList'], ['monitorList']] : [value, []]
  if (Array.isArray(list)) return list.map((monitor, at) => ({ path: [...path, at], monitor }))
  if (!isObject(list)) return null
  const entries = Object.entries(list)
  if (entries.length === 0 || !entries.every(([, monitor]) => isObject(monitor) && 'type' in monitor)) return null
  return entries.map(([key, monitor]) => ({ path: [...path, key], monitor }))
}

function translate(document: SourceDocument, path: Path, monitor: unknown): Wanted | LeftOut {
  const place = document.placeOf(path)
  const fields = isObject(monitor) ? monitor : {}
  const called = shown(fields['name'] ?? fields['hostname'])
  const leave = (why: string): LeftOut => ({ place, what: called, why })
  if (fields['type'] !== 'dns') return leave(`it is of type ${shown(fields['type'])}, and only dns is about records`)
  if (fields['upsideDown'] === true) return leave('it is upside down: it wants the look-up to fail')
  const type = RECORD_TYPES.find((known) => known === fields['dns_resolve_type'])
  if (type === undefined) return leave(`records of type ${shown(fields['dns_resolve_type'])} cannot be watched`)
  const expectation = expectationOf(type, fields['conditions'])
  if (typeof expectation === 'string') return leave(expectation)
  const input = {
    full_domain: fields['hostname'],
    record_type: type,
    ...expectation,
    ...(typeof fields['interval'] === 'number' ? { frequency: frequencyFor(fields['interval']) } : {}),
    is_active: fields['active'] !== false && fields['active'] !== 0,
  } as NewMonitorInput
  return { place, called, input }
}

interface Condition {
  readonly andOr?: unknown
  readonly operator?: unknown
  readonly value?: unknown
}

type Expectation = Pick<NewMonitorInput, 'match' | 'expected_value'>

/** Or why there is none. Without conditions any records will do, so those that are there now are the baseline. */
function expectationOf(type: RecordType, given: unknown): Expectation | string {
  const conditions = conditionsIn(given)
  if (conditions === null) return 'its conditions cannot be read'
  if (conditions.length === 0) return { match: 'baseline' }
  const words = conditions.map(({ operator }) => operator)
  const values = conditions.map(({ value }) => valueFor(type, value))
  const isOr = conditions.slice(1).map(({ andOr }) => andOr === 'or')
  const match = matchFor(words, isOr)
  return match === null
    ? `its conditions (${words.map(shown).join(', ')}) have no like here, where whole values are expected`
    : { match, expected_value: values }
}

/** Kuma keeps them as JSON inside the JSON, and gives them out as a list. Groups of groups are no plain list. */
function conditionsIn(given: unknown): readonly Condition[] | null {
  const list = typeof given === 'string' ? parsed(given) : (given ?? [])
  if (!Array.isArray(list)) return null
  return list.every((each) => isObject(each) && each['type'] === 'expression' && each['variable'] === 'record')
    ? (list as Condition[])
    : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function matchFor(operators: readonly unknown[], isOr: readonly boolean[]): MatchMode | null {
  const all = (operator: string) => operators.every((each) => each === operator)
  if (all('equals') && operators.length === 1) return 'includes'
  if (all('equals') && isOr.every(Boolean)) return 'any_of'
  if (all('not_equals') && !isOr.some(Boolean)) return 'none_of'
  return null
}

function valueFor(type: RecordType, value: unknown): string {
  const text = typeof value === 'string' ? value : ''
  return type === 'CAA' ? `0 issue "${text}"` : text
}
