import { WEBHOOK_LOCATOR } from '../../../shared/locators.ts'
import { webhookId } from '../../find.ts'
import { collect, filtersOf, LIST_FIELDS, timeFields } from '../../lists.ts'
import { type Call, isSet, type ItemOperation } from '../../operation.ts'

export const getManyRequests: ItemOperation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many webhook requests',
  description: 'List the deliveries to a webhook, and how each went',
  fields: [
    WEBHOOK_LOCATOR,
    ...LIST_FIELDS,
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      default: {},
      placeholder: 'Add Filter',
      options: [
        ...timeFields('Created', 'created'),
        ...timeFields('Delivered', 'delivered'),
        ...timeFields('Last Attempt', 'last_attempt'),
        {
          displayName: 'Status',
          name: 'status',
          type: 'options',
          default: 'FAILED',
          options: [
            { name: 'Delivered', value: 'DELIVERED' },
            { name: 'Failed', value: 'FAILED' },
            { name: 'Pending', value: 'PENDING' },
            { name: 'Retrying', value: 'RETRYING' },
          ],
        },
        {
          displayName: 'Status Code',
          name: 'status_code',
          type: 'string',
          default: '',
          placeholder: 'e.g. 500 or 5xx',
        },
      ],
    },
    {
      displayName: 'Oldest First',
      name: 'oldestFirst',
      type: 'boolean',
      default: false,
      description: 'Whether to begin with the request that was made first',
    },
  ],
  async run(call: Call) {
    const order_way = isSet(call, 'oldestFirst') ? 'asc' : 'desc'
    return collect(call, 'listRequests', [await webhookId(call)], { ...filtersOf(call), order_way })
  },
}
