import { WEBHOOK_LOCATOR } from '../../../shared/locators.ts'
import { asText } from '../../../shared/text.ts'
import { webhookId } from '../../find.ts'
import { type Call, changesIn, collection, type ItemOperation } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownWebhook } from '../../simplify.ts'
import { URL_FIELD, WEBHOOK_EXTRAS, webhookExtras } from './fields.ts'

export const updateWebhook: ItemOperation = {
  value: 'update',
  name: 'Update',
  action: 'Update a webhook',
  description: 'Change what is given; what is left out stays',
  fields: [
    WEBHOOK_LOCATOR,
    {
      displayName: 'Update Fields',
      name: 'updateFields',
      type: 'collection',
      default: {},
      placeholder: 'Add Field',
      options: [...WEBHOOK_EXTRAS, { ...URL_FIELD, required: false }],
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    const fields = collection(call, 'updateFields')
    const url = fields['url'] === undefined ? {} : { url: asText(fields['url']) }
    const patch = changesIn({ ...url, ...webhookExtras(fields) })
    return shownWebhook(call, await call.client.updateWebhook(await webhookId(call), patch))
  },
}
