import { GROUP_LOCATOR } from '../../../shared/locators.ts'
import { groupId } from '../../find.ts'
import { type Call, collection, type ItemOperation } from '../../operation.ts'
import { GROUP_EXTRAS, groupExtras } from './fields.ts'
import { asText } from '../../../shared/text.ts'

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
    const patch = { ...slug, ...groupExtras(fields) }
    if (Object.keys(patch).length === 0) throw new Error('Nothing would change: add a field under Update Fields')
    return call.client.updateGroup(groupId(call), patch)
  },
}
