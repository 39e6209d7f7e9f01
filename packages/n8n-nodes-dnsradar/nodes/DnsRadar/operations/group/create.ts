import { type Call, collection, type ItemOperation, once, text } from '../../operation.ts'
import { GROUP_EXTRAS, groupExtras } from './fields.ts'

export const createGroup: ItemOperation = {
  value: 'create',
  name: 'Create',
  action: 'Create a group',
  description: 'Make a group that monitors and webhooks can be in',
  fields: [
    {
      displayName: 'Slug',
      name: 'slug',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. production-dns',
      description: 'Lower-case letters, digits, - and _; it names the group everywhere',
    },
    {
      displayName: 'Additional Fields',
      name: 'additionalFields',
      type: 'collection',
      default: {},
      placeholder: 'Add Field',
      options: [...GROUP_EXTRAS],
    },
  ],
  async run(call: Call) {
    const input = { slug: text(call, 'slug'), ...groupExtras(collection(call, 'additionalFields')) }
    return call.client.createGroup(input, once())
  },
}
