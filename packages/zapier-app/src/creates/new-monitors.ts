/** Creating one monitor, or many from line items. */
import { MATCH_MODES, type MatchMode, type NewMonitorInput, type NotifyMode, type RecordType } from '@dnsradar/client'
import type { PlainInputField } from 'zapier-platform-core'
import { Fault } from '../fault.ts'
import { DOMAIN, EXPECTATION, FREQUENCY, GROUP_TO_JOIN, RECORD_TYPE, SUBDOMAIN } from '../fields.ts'
import { flagOf, given, minutesOf, requiredText, textOf, textsOf, wordOf } from '../input.ts'
import { MONITOR_FIELDS, type MonitorItem, monitorItem } from '../items/monitor.ts'
import { MONITOR_SAMPLE } from '../items/samples.ts'
import type { Input } from '../radar.ts'
import { action } from './definition.ts'

const NOTIFY: PlainInputField = {
  key: 'notify',
  label: 'Notify',
  type: 'string',
  choices: {
    immediately: 'Immediately: of every change, the first look included',
    on_success: 'On success: from the first time it is as expected',
    after_success: 'After success: from the first time it is no longer as expected',
  },
  helpText: 'From when on changes are told.',
}

const EXTERNAL_ID: PlainInputField = {
  key: 'external_id',
  label: 'External ID',
  type: 'string',
  helpText: 'The ID of this record in a system of your own. No two monitors can have the same.',
}

export const createMonitor = action({
  key: 'create_monitor',
  noun: 'Monitor',
  label: 'Create Monitor',
  description: 'Creates a monitor that watches one DNS record.',
  inputFields: [
    DOMAIN,
    { ...RECORD_TYPE, required: true },
    ...EXPECTATION,
    SUBDOMAIN,
    FREQUENCY,
    GROUP_TO_JOIN,
    NOTIFY,
    EXTERNAL_ID,
  ],
  work: async (radar, input) =>
    monitorItem(await radar.createMonitor(newMonitorOf(input, textsOf(input['expected_value'])))),
  outputFields: MONITOR_FIELDS,
  sample: MONITOR_SAMPLE,
})

function newMonitorOf(input: Input, expected: readonly string[]): NewMonitorInput {
  return {
    domain: requiredText(input['domain'], 'Domain'),
    record_type: requiredText(input['record_type'], 'Record Type') as RecordType,
    ...given({
      subdomain: textOf(input['subdomain']),
      expected_value: expected,
      match: wordOf<MatchMode>(input['match']),
      frequency: minutesOf(input['frequency']),
      group: textOf(input['group']),
      notify: wordOf<NotifyMode>(input['notify']),
      external_id: textOf(input['external_id']),
    }),
  }
}

export interface MonitorsItem {
  readonly count: number
  readonly monitors: readonly MonitorItem[]
}

export const createMonitors = action({
  key: 'create_monitors',
  noun: 'Monitor',
  label: 'Create Multiple Monitors',
  description: 'Creates up to 1000 monitors at once, all of them or none.',
  inputFields: [
    {
      key: 'monitors',
      label: 'Monitors',
      required: true,
      children: [
        DOMAIN,
        { ...RECORD_TYPE, required: true },
        {
          key: 'expected_value',
          label: 'Expected Values',
          type: 'text',
          helpText: 'One value per line.',
        },
        SUBDOMAIN,
        { key: 'match', label: 'Match', type: 'string', choices: [...MATCH_MODES] },
        EXTERNAL_ID,
      ],
    },
    FREQUENCY,
    GROUP_TO_JOIN,
    NOTIFY,
    {
      key: 'ignore',
      label: 'Keep Existing',
      type: 'boolean',
      helpText: 'Whether a monitor that exists already in the group is kept, rather than created a second time.',
    },
  ],
  work: async (radar, input) => {
    const { data } = await radar.createMonitors({
      monitors: lineItemsOf(input['monitors']).map(monitorOfLine),
      ...given({
        frequency: minutesOf(input['frequency']),
        group: textOf(input['group']),
        notify: wordOf<NotifyMode>(input['notify']),
        ignore: flagOf(input['ignore'], 'Keep Existing'),
      }),
    })
    return monitorsItem(data.map(monitorItem))
  },
  outputFields: [
    { key: 'count', label: 'Count', type: 'integer' },
    ...MONITOR_FIELDS.map((field) => ({ ...field, key: `monitors[]${field.key}`, primary: false })),
  ],
  sample: monitorsItem([MONITOR_SAMPLE]),
})

/** Says which line it is that cannot be, as the server does: `monitors[3]`. */
function monitorOfLine(line: Input, at: number): NewMonitorInput {
  try {
    return newMonitorOf(line, linesOf(line['expected_value']))
  } catch (error) {
    throw error instanceof Fault ? new Fault(`monitors[${at}]: ${error.message}`) : error
  }
}

function monitorsItem(monitors: readonly MonitorItem[]): MonitorsItem {
  return { count: monitors.length, monitors }
}

function lineItemsOf(value: unknown): Input[] {
  const lines = [value].flat().filter((line): line is Input => typeof line === 'object' && line !== null)
  if (lines.length === 0) throw new Fault('Monitors is empty. Map line items, or fill in at least one monitor.')
  return lines
}

/** A line item holds one text; a list inside it cannot be mapped. */
function linesOf(value: unknown): string[] {
  return textsOf(value).flatMap((text) => text.split(/\r?\n/).filter((line) => line.trim() !== ''))
}
