import { WEBHOOK_LOCATOR } from '../../../shared/locators.ts'
import { webhookId } from '../../find.ts'
import { collect, LIST_FIELDS } from '../../lists.ts'
import { type Call, collection, type ItemOperation } from '../../operation.ts'
import { unixSeconds } from '../../times.ts'

export const getManyRequests: ItemOperation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many webhook requests',
  description: 'List the deliveries to a webhook, newest first',
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
        { displayName: 'Created After', name: 'createdAfter', type: 'dateTime', default: '' },
        { displayName: 'Created Before', name: 'createdBefore', type: 'dateTime', default: '' },
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
  ],
  async run(call: Call) {
    const { createdAfter, createdBefore, ...filters } = collection(call, 'filters')
    const zone = call.context.getTimezone()
    return collect(call, 'listRequests', [await webhookId(call)], {
      ...filters,
      ...(createdAfter === undefined ? {} : { created_after: unixSeconds(createdAfter, zone) }),
      ...(createdBefore === undefined ? {} : { created_before: unixSeconds(createdBefore, zone) }),
    })
  },
}
