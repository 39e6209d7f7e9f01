import { GROUP_LOCATOR } from '../../../shared/locators.ts'
import { groupId } from '../../find.ts'
import type { Call, ItemOperation } from '../../operation.ts'

export const getGroup: ItemOperation = {
  value: 'get',
  name: 'Get',
  action: 'Get a group',
  description: 'Read a group and how many monitors and webhooks it has',
  fields: [GROUP_LOCATOR],
  run: async (call: Call) => call.client.getGroup(groupId(call)),
}
