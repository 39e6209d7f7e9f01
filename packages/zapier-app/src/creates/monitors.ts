/** Actions on a monitor that there is. */
import type { MatchMode } from '@dnsradar/client'
import { Fault } from '../fault.ts'
import { ACTIVE, EXPECTATION, FREQUENCY, GROUP_TO_JOIN, MONITOR } from '../fields.ts'
import { flagOf, given, minutesOf, requiredFlag, requiredId, textOf, textsOf, wordOf } from '../input.ts'
import { CHECKED_MONITOR_FIELDS, checkedMonitorItem, MONITOR_FIELDS, monitorItem } from '../items/monitor.ts'
import { CHECKED_MONITOR_SAMPLE, MONITOR_SAMPLE } from '../items/samples.ts'
import type { Input } from '../radar.ts'
import { action } from './definition.ts'

function monitorIdIn(input: Input): string {
  return requiredId(input['monitor'], 'Monitor')
}

const MONITOR_RESULT = { noun: 'Monitor', outputFields: MONITOR_FIELDS, sample: MONITOR_SAMPLE }

export const updateMonitor = action({
  ...MONITOR_RESULT,
  key: 'update_monitor',
  label: 'Update Monitor',
  description: 'Updates what a monitor expects, how often it looks and where it belongs.',
  inputFields: [
    MONITOR,
    ...EXPECTATION,
    FREQUENCY,
    GROUP_TO_JOIN,
    { ...ACTIVE, helpText: 'Whether the record is watched. Leave it empty to keep it as it is.' },
  ],
  work: async (radar, input) => {
    const patch = given({
      expected_value: textsOf(input['expected_value']),
      match: wordOf<MatchMode>(input['match']),
      frequency: minutesOf(input['frequency']),
      group: textOf(input['group']),
      is_active: flagOf(input['active'], 'Active'),
    })
    if (Object.keys(patch).length === 0) throw new Fault('Nothing to update. Fill in at least one field.')
    return monitorItem(await radar.updateMonitor(monitorIdIn(input), patch))
  },
})

export const checkMonitor = action({
  key: 'check_monitor',
  noun: 'Monitor',
  label: 'Check Monitor Now',
  description: 'Checks a monitored record at once and returns what was found.',
  inputFields: [MONITOR],
  work: async (radar, input) => checkedMonitorItem(await radar.checkMonitor(monitorIdIn(input))),
  outputFields: CHECKED_MONITOR_FIELDS,
  sample: CHECKED_MONITOR_SAMPLE,
})

export const setMonitorActive = action({
  ...MONITOR_RESULT,
  key: 'set_monitor_active',
  label: 'Enable or Disable Monitor',
  description: 'Enables or disables a monitor. A disabled one keeps its history and is not looked at.',
  inputFields: [MONITOR, { ...ACTIVE, required: true, helpText: 'Whether the record is watched.' }],
  work: async (radar, input) => {
    const id = monitorIdIn(input)
    const isActive = requiredFlag(input['active'], 'Active')
    return monitorItem(await (isActive ? radar.enableMonitor(id) : radar.disableMonitor(id)))
  },
})

export const acceptCurrentValue = action({
  ...MONITOR_RESULT,
  key: 'accept_current_value',
  label: 'Accept Current Value',
  description: 'Accepts what a record holds now as what is expected of it: "yes, this change was mine".',
  inputFields: [MONITOR],
  work: async (radar, input) => monitorItem(await radar.acceptMonitor(monitorIdIn(input))),
})
