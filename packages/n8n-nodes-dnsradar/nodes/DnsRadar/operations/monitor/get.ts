import { MONITOR_LOCATOR } from '../../../shared/locators.ts'
import { monitorId } from '../../find.ts'
import type { Call, ItemOperation } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

export const getMonitor: ItemOperation = {
  value: 'get',
  name: 'Get',
  action: 'Get a monitor',
  description: 'Read a monitor with its state, the values found and the reasons',
  fields: [MONITOR_LOCATOR, SIMPLIFY_FIELD],
  async run(call: Call) {
    return shownMonitor(call, await call.client.getMonitor(await monitorId(call)))
  },
}
