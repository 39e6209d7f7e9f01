import { WEBHOOK_LOCATOR } from '../../../shared/locators.ts'
import { webhookId } from '../../find.ts'
import { type Call, type ItemOperation, once } from '../../operation.ts'

export const testWebhook: ItemOperation = {
  value: 'test',
  name: 'Test',
  action: 'Test a webhook',
  description: 'Send a sample delivery; five a minute and twenty an hour',
  fields: [WEBHOOK_LOCATOR],
  run: async (call: Call) => call.client.testWebhook(await webhookId(call), once()),
}
