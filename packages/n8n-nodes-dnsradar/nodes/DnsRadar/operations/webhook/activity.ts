import { WEBHOOK_LOCATOR } from '../../../shared/locators.ts'
import { webhookId } from '../../find.ts'
import { type Call, type ItemOperation, once } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownWebhook } from '../../simplify.ts'

const fields = [WEBHOOK_LOCATOR, SIMPLIFY_FIELD]

export const enableWebhook: ItemOperation = {
  value: 'enable',
  name: 'Enable',
  action: 'Enable a webhook',
  description: 'Deliver again; what failed meanwhile is not sent by this',
  fields,
  run: async (call: Call) => shownWebhook(call, await call.client.enableWebhook(await webhookId(call), once())),
}

export const disableWebhook: ItemOperation = {
  value: 'disable',
  name: 'Disable',
  action: 'Disable a webhook',
  description: 'Deliver nothing any more; what waits is given up',
  fields,
  run: async (call: Call) => shownWebhook(call, await call.client.disableWebhook(await webhookId(call), once())),
}
