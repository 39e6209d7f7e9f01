import { WEBHOOK_LOCATOR } from '../../../shared/locators.ts'
import { webhookId } from '../../find.ts'
import type { Call, ItemOperation } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownWebhook } from '../../simplify.ts'

export const getWebhook: ItemOperation = {
  value: 'get',
  name: 'Get',
  action: 'Get a webhook',
  description: 'Read a webhook and what waits for it',
  fields: [WEBHOOK_LOCATOR, SIMPLIFY_FIELD],
  run: async (call: Call) => shownWebhook(call, await call.client.getWebhook(await webhookId(call))),
}
