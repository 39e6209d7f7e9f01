import { MONITOR_LOCATOR } from '../../../shared/locators.ts'
import { monitorId } from '../../find.ts'
import type { Call, ItemOperation } from '../../operation.ts'

export const deleteMonitor: ItemOperation = {
  value: 'delete',
  name: 'Delete',
  action: 'Delete a monitor',
  description: 'Delete a monitor permanently; its events stay readable',
  fields: [MONITOR_LOCATOR],
  async run(call: Call) {
    await call.client.deleteMonitor(await monitorId(call))
    return { deleted: true }
  },
}
