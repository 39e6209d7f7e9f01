import { GROUP_LOCATOR } from '../../../shared/locators.ts'
import { groupId } from '../../find.ts'
import type { Call, ItemOperation } from '../../operation.ts'

export const deleteGroup: ItemOperation = {
  value: 'delete',
  name: 'Delete',
  action: 'Delete a group',
  description: 'Delete a group that has no monitors permanently',
  fields: [GROUP_LOCATOR],
  async run(call: Call) {
    await call.client.deleteGroup(groupId(call))
    return { deleted: true }
  },
}
