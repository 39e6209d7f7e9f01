import { MONITOR_LOCATOR } from '../../../shared/locators.ts'
import { monitorId } from '../../find.ts'
import { type Call, type ItemOperation, once } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

const fields = [MONITOR_LOCATOR, SIMPLIFY_FIELD]

export const enableMonitor: ItemOperation = {
  value: 'enable',
  name: 'Enable',
  action: 'Enable a monitor',
  description: 'Check the record again',
  fields,
  run: async (call: Call) => shownMonitor(call, await call.client.enableMonitor(await monitorId(call), once())),
}

export const disableMonitor: ItemOperation = {
  value: 'disable',
  name: 'Disable',
  action: 'Disable a monitor',
  description: 'Stop checking the record; nothing is deleted',
  fields,
  run: async (call: Call) => shownMonitor(call, await call.client.disableMonitor(await monitorId(call), once())),
}
