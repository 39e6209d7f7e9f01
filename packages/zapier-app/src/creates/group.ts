/** The action on all monitors of a group. */
import type { GroupMonitorsPatch, WireGroup } from '@dnsradar/client'
import type { PlainOutputField } from 'zapier-platform-core'
import { Fault } from '../fault.ts'
import { ACTIVE, FREQUENCY, GROUP_TO_CHANGE } from '../fields.ts'
import { flagOf, given, minutesOf, requiredId } from '../input.ts'
import { GROUP_FIELDS, type GroupItem, groupItem } from '../items/group.ts'
import { GROUP_SAMPLE } from '../items/samples.ts'
import { action } from './definition.ts'

/** The group, and what was asked of its monitors; null for what was left as it was. */
export interface UpdatedGroupItem extends GroupItem {
  readonly frequency: number | null
  readonly is_active: boolean | null
}

function updatedGroupItem(group: WireGroup, { frequency, is_active }: GroupMonitorsPatch): UpdatedGroupItem {
  return { ...groupItem(group), frequency: frequency ?? null, is_active: is_active ?? null }
}

const UPDATED_GROUP_FIELDS: PlainOutputField[] = [
  ...GROUP_FIELDS,
  { key: 'frequency', label: 'Frequency (Minutes)', type: 'integer' },
  { key: 'is_active', label: 'Is Active', type: 'boolean' },
]

export const updateGroupMonitors = action({
  key: 'update_group_monitors',
  noun: 'Group',
  label: 'Update Monitors in Group',
  description: 'Updates how often all monitors of a group look, or enables or disables all of them.',
  inputFields: [
    GROUP_TO_CHANGE,
    FREQUENCY,
    { ...ACTIVE, helpText: 'Whether the records are watched. Leave it empty to keep each as it is.' },
  ],
  work: async (radar, input) => {
    const patch = given({ frequency: minutesOf(input['frequency']), is_active: flagOf(input['active'], 'Active') })
    if (Object.keys(patch).length === 0) throw new Fault('Nothing to update. Fill in Frequency, Active or both.')
    const group = requiredId(input['group'], 'Group')
    await radar.updateGroupMonitors(group, patch)
    return updatedGroupItem(await radar.getGroup(group), patch)
  },
  outputFields: UPDATED_GROUP_FIELDS,
  sample: updatedGroupItem(GROUP_SAMPLE, { frequency: 5 }),
})
