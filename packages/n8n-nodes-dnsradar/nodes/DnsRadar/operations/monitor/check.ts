import type { WireMonitor } from '../../../shared/client.ts'
import { MONITOR_LOCATOR } from '../../../shared/locators.ts'
import { monitorId } from '../../find.ts'
import type { Call, ItemOperation } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

export const checkMonitor: ItemOperation = {
  value: 'check',
  name: 'Check Now',
  action: 'Check a monitor now',
  description: 'Look the record up now, and answer with the state that follows',
  fields: [MONITOR_LOCATOR, SIMPLIFY_FIELD],
  async run(call: Call) {
    const monitor: WireMonitor = await call.client.checkMonitor(await monitorId(call))
    return shownMonitor(call, monitor)
  },
}
