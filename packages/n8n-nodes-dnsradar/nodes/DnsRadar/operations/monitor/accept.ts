import { MONITOR_LOCATOR } from '../../../shared/locators.ts'
import { monitorId } from '../../find.ts'
import { type Call, type ItemOperation, once } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

export const acceptValue: ItemOperation = {
  value: 'accept',
  name: 'Accept Current Value',
  action: 'Accept the current value of a monitor',
  description: 'Make the value that was found the one that is expected',
  fields: [MONITOR_LOCATOR, SIMPLIFY_FIELD],
  async run(call: Call) {
    return shownMonitor(call, await call.client.acceptMonitor(await monitorId(call), once()))
  },
}
