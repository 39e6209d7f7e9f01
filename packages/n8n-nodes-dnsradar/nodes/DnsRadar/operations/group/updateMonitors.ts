import { GROUP_LOCATOR } from '../../../shared/locators.ts'
import { groupId } from '../../find.ts'
import { FREQUENCY_FIELD } from '../../monitor-fields.ts'
import { type Call, changesIn, collection, type ItemOperation } from '../../operation.ts'

export const updateGroupMonitors: ItemOperation = {
  value: 'updateMonitors',
  name: 'Update Monitors',
  action: 'Update the monitors of a group',
  description: 'Enable, disable or re-time all monitors of a group at once',
  fields: [
    GROUP_LOCATOR,
    {
      displayName: 'Update Fields',
      name: 'updateFields',
      type: 'collection',
      default: {},
      placeholder: 'Add Field',
      options: [
        {
          displayName: 'Active',
          name: 'isActive',
          type: 'boolean',
          default: true,
          description: 'Whether the monitors are checked at all',
        },
        FREQUENCY_FIELD,
      ],
    },
  ],
  async run(call: Call) {
    const { isActive, frequency } = collection(call, 'updateFields')
    const patch = changesIn({
      ...(isActive === undefined ? {} : { is_active: isActive === true }),
      ...(frequency === undefined ? {} : { frequency: Number(frequency) }),
    })
    await call.client.updateGroupMonitors(groupId(call), patch)
    return { updated: true }
  },
}
