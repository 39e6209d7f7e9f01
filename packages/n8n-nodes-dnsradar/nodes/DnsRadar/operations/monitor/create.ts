import { type Call, isSet, type ItemOperation, once } from '../../operation.ts'
import { newMonitor, newMonitorFields } from '../../monitor-fields.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

export const createMonitor: ItemOperation = {
  value: 'create',
  name: 'Create',
  action: 'Create a monitor',
  description: 'Start to watch a record',
  fields: [
    ...newMonitorFields(),
    {
      displayName: 'Wait for First Check',
      name: 'waitForCheck',
      type: 'boolean',
      default: true,
      description: 'Whether to answer with the result of the first check instead of at once',
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    const { client } = call
    const create = isSet(call, 'waitForCheck') ? client.createMonitorAndWait : client.createMonitor
    return shownMonitor(call, await create(newMonitor(call), once()))
  },
}
