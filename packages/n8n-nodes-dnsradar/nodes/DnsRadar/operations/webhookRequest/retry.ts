import { WEBHOOK_LOCATOR } from '../../../shared/locators.ts'
import { webhookId } from '../../find.ts'
import { type Call, type ItemOperation, once, text } from '../../operation.ts'

export const retryRequest: ItemOperation = {
  value: 'retry',
  name: 'Retry',
  action: 'Retry a webhook request',
  description: 'Send it again now: the one that waits at the head, or one that was delivered already as a new request',
  fields: [
    WEBHOOK_LOCATOR,
    {
      displayName: 'Request ID',
      name: 'requestId',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. req_01jh3x5q9zfmq8b7n2w4c6k8ra',
    },
  ],
  run: async (call: Call) => call.client.retryRequest(await webhookId(call), text(call, 'requestId'), once()),
}
