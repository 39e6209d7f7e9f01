/** A group as a Zap sees it. */
import type { WireGroup } from '@dnsradar/client'
import type { PlainOutputField } from 'zapier-platform-core'

export interface GroupItem extends WireGroup {
  readonly id: string
}

export function groupItem(group: WireGroup): GroupItem {
  return { id: group.uuid, ...group }
}

export const GROUP_FIELDS: PlainOutputField[] = [
  { key: 'id', label: 'ID', type: 'string', primary: true },
  { key: 'slug', label: 'Slug', type: 'string' },
  { key: 'name', label: 'Name', type: 'string' },
  { key: 'monitors', label: 'Monitors', type: 'integer' },
  { key: 'webhooks', label: 'Webhooks', type: 'integer' },
  { key: 'is_default', label: 'Is Default', type: 'boolean' },
  { key: 'is_public', label: 'Is Public', type: 'boolean' },
  { key: 'kind', label: 'Kind', type: 'string' },
  { key: 'created', label: 'Created', type: 'datetime' },
  { key: 'uuid', label: 'UUID', type: 'string' },
]
