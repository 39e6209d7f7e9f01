import { type Call, collection, isSet, type ItemOperation, once, text } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownWebhook } from '../../simplify.ts'
import { URL_FIELD, WEBHOOK_EXTRAS, webhookExtras } from './fields.ts'

export const createWebhook: ItemOperation = {
  value: 'create',
  name: 'Create',
  action: 'Create a webhook',
  description: 'Have changes delivered to an address; to start this n8n, use the DNSRadar Trigger instead',
  fields: [
    URL_FIELD,
    {
      displayName: 'Additional Fields',
      name: 'additionalFields',
      type: 'collection',
      default: {},
      placeholder: 'Add Field',
      options: [...WEBHOOK_EXTRAS],
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    const input = { url: text(call, 'url'), ...webhookExtras(collection(call, 'additionalFields')) }
    const webhook = await call.client.createWebhook(input, once())
    // Never shown again, so that leaving it out would lose it.
    const { signing_secret } = webhook
    return isSet(call, 'simplify') ? { ...shownWebhook(call, webhook), signing_secret } : webhook
  },
}
