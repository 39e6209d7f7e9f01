/** What a group has beside its slug. */
import type { IDataObject, INodeProperties } from 'n8n-workflow'
import { asText } from '../../../shared/text.ts'

export const GROUP_EXTRAS: readonly INodeProperties[] = [
  { displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. Production DNS' },
  {
    displayName: 'Public',
    name: 'isPublic',
    type: 'boolean',
    default: false,
    description: 'Whether the status page and the badge of the group can be read without a key',
  },
]

export function groupExtras({ name, isPublic }: IDataObject): { name?: string; is_public?: boolean } {
  return {
    ...(name === undefined ? {} : { name: asText(name) }),
    ...(isPublic === undefined ? {} : { is_public: isPublic === true }),
  }
}
