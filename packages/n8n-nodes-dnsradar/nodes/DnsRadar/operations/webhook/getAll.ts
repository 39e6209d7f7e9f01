import { collect, LIST_FIELDS } from '../../lists.ts'
import { type Call, collection, type ItemOperation } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownWebhook } from '../../simplify.ts'

export const getManyWebhooks: ItemOperation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many webhooks',
  description: 'List the webhooks that a filter leaves',
  fields: [
    ...LIST_FIELDS,
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      default: {},
      placeholder: 'Add Filter',
      options: [
        {
          displayName: 'Active',
          name: 'is_active',
          type: 'boolean',
          default: true,
          description: 'Whether the webhooks are active',
        },
        { displayName: 'Group', name: 'group', type: 'string', default: '', description: 'Slug or ID' },
        {
          displayName: 'Source',
          name: 'source',
          type: 'options',
          default: 'n8n',
          description: 'Who subscribed; webhooks of your own have none',
          options: [
            { name: 'Entri', value: 'entri' },
            { name: 'N8n', value: 'n8n' },
            { name: 'Zapier', value: 'zapier' },
          ],
        },
        { displayName: 'URL', name: 'url', type: 'string', default: '' },
      ],
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    const webhooks = await collect(call, 'listWebhooks', [], collection(call, 'filters'))
    return webhooks.map((webhook) => shownWebhook(call, webhook))
  },
}
