import { collect, LIST_FIELDS } from '../../lists.ts'
import type { Call, ItemOperation } from '../../operation.ts'

export const getManyGroups: ItemOperation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many groups',
  description: 'List the groups',
  fields: LIST_FIELDS,
  run: async (call: Call) => collect(call, 'listGroups', [], {}),
}
