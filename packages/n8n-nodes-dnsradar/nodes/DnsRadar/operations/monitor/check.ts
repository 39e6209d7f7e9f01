import { MONITOR_LOCATOR } from '../../../shared/locators.ts'
import { monitorId } from '../../find.ts'
import { type Call, type ItemOperation, once } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

export const checkMonitor: ItemOperation = {
  value: 'check',
  name: 'Check Now',
  action: 'Check a monitor now',
  description: 'Look the record up now, and answer with the state that follows',
  fields: [MONITOR_LOCATOR, SIMPLIFY_FIELD],
  async run(call: Call) {
    return shownMonitor(call, await call.client.checkMonitor(await monitorId(call), once()))
  },
}
