import { GROUP_LOCATOR } from '../../../shared/locators.ts'
import { asText } from '../../../shared/text.ts'
import { groupId } from '../../find.ts'
import { type Call, changesIn, collection, type ItemOperation } from '../../operation.ts'
import { GROUP_EXTRAS, groupExtras } from './fields.ts'

export const updateGroup: ItemOperation = {
  value: 'update',
  name: 'Update',
  action: 'Update a group',
  description: 'Change the name, the slug or the publicity of a group',
  fields: [
    GROUP_LOCATOR,
    {
      displayName: 'Update Fields',
      name: 'updateFields',
      type: 'collection',
      default: {},
      placeholder: 'Add Field',
      options: [
        ...GROUP_EXTRAS,
        { displayName: 'Slug', name: 'slug', type: 'string', default: '', placeholder: 'e.g. production-dns' },
      ],
    },
  ],
  async run(call: Call) {
    const fields = collection(call, 'updateFields')
    const slug = fields['slug'] === undefined ? {} : { slug: asText(fields['slug']) }
    const patch = changesIn({ ...slug, ...groupExtras(fields) })
    return call.client.updateGroup(groupId(call), patch)
  },
}
