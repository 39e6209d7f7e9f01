/** Holds what a source asks for to the rules that a server has for new monitors, with the place of each refusal. */
import type { NewMonitorInput } from '@dnsradar/client'
import { RadarError, watchKey } from '@dnsradar/core'
import { newMonitor } from '../actions/new-monitor.ts'
import { DEFAULT_PLAN } from '../actions/plans.ts'
import { given } from '../http/page.ts'
import { validateBody } from '../http/validate.ts'
import { NewMonitorBody } from '../schemas/monitors.ts'
import { type Fault, inOrder, type Place } from '../source/place.ts'
import type { LeftOut, Reading, Wanted } from './reading.ts'

/** What the caller says of all monitors; a monitor that says something itself keeps it. */
export interface Defaults {
  readonly group?: string | undefined
  readonly frequency?: number | undefined
  readonly notify?: NewMonitorInput['notify'] | undefined
  /** Fastest frequency that the plan allows, in minutes; sources that watch faster are slowed down to it. */
  readonly fastest?: number
}

export interface CheckedMonitor {
  readonly place: Place
  readonly input: NewMonitorInput
}

export interface Checked {
  /** Each of them once. */
  readonly monitors: readonly CheckedMonitor[]
  readonly leftOut: readonly LeftOut[]
  readonly faults: readonly Fault[]
}

export function checkReading(reading: Reading, defaults: Defaults): Checked {
  const faults: Fault[] = [...reading.faults]
  const leftOut: LeftOut[] = [...reading.leftOut]
  const monitors = new Map<string, CheckedMonitor>()
  const externalIds = new Map<string, Place>()
  for (const wanted of reading.wanted) {
    const input = withDefaults(wanted, defaults)
    try {
      const key = keyOf(input)
      if (monitors.has(key)) continue
      checkExternalId(wanted, externalIds)
      monitors.set(key, { place: wanted.place, input })
    } catch (error) {
      if (!(error instanceof RadarError)) throw error
      if (wanted.called === undefined) faults.push(...faultsOf(wanted, error))
      else leftOut.push({ place: wanted.place, what: wanted.called, why: error.message.replace(/\.$/, '') })
    }
  }
  return { monitors: [...monitors.values()], leftOut: inOrder(leftOut), faults: inOrder(faults) }
}

function withDefaults({ input, called }: Wanted, { fastest = 0, ...defaults }: Defaults): NewMonitorInput {
  const merged: NewMonitorInput = { ...given(defaults), ...input }
  // What was asked for in our own words stays what it is: the server says what it thinks of it.
  if (called === undefined || input.frequency === undefined) return merged
  return { ...merged, frequency: Math.max(input.frequency, fastest) }
}

/** Two that watch the same in one group are one. Throws for what no server would accept. */
function keyOf(input: NewMonitorInput): string {
  const monitor = newMonitor(validateBody(NewMonitorBody, input), DEFAULT_PLAN)
  return `${monitor.group ?? ''} ${watchKey(monitor)}`
}

function checkExternalId({ place, input }: Wanted, seen: Map<string, Place>): void {
  const id = input.external_id
  if (typeof id !== 'string') return
  const before = seen.get(id)
  if (before !== undefined) {
    throw new RadarError(
      'external_id_taken',
      `external_id ${id} stands in line ${before.line} already; give each its own.`,
    )
  }
  seen.set(id, place)
}

function faultsOf({ place, values }: Wanted, { message, fields }: RadarError): readonly Fault[] {
  const told = Object.entries(fields ?? {})
  if (told.length === 0) return [{ place, message }]
  return told.map(([field, text]) => {
    const at = /^expected_value\[(\d+)\]$/.exec(field)?.[1]
    const where = field.startsWith('expected_value') ? values?.[Number(at ?? 0)] : undefined
    return { place: where ?? place, message: sentence(field, text) }
  })
}

/** Complaints of the schema continue the field's name, those of the rules are sentences. */
function sentence(field: string, text: string): string {
  if (text.endsWith('.')) return text
  return text.startsWith(`${field} `) ? `${text}.` : `${field} ${text}.`
}
