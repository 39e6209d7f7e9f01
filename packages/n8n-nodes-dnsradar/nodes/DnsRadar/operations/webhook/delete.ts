import { WEBHOOK_LOCATOR } from '../../../shared/locators.ts'
import { webhookId } from '../../find.ts'
import type { Call, ItemOperation } from '../../operation.ts'

export const deleteWebhook: ItemOperation = {
  value: 'delete',
  name: 'Delete',
  action: 'Delete a webhook',
  description: 'Delete a webhook and its history permanently',
  fields: [WEBHOOK_LOCATOR],
  async run(call: Call) {
    await call.client.deleteWebhook(await webhookId(call))
    return { deleted: true }
  },
}
