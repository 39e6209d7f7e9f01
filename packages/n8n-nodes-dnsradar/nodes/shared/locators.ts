/** One monitor, group or webhook, chosen from a list or named. */
import type { INodeProperties, INodePropertyMode } from 'n8n-workflow'

type What = 'monitor' | 'group' | 'webhook'

const SEARCHES: Readonly<Record<What, string>> = {
  monitor: 'searchMonitors',
  group: 'searchGroups',
  webhook: 'searchWebhooks',
}

const TYPED = { type: 'string' } as const

/** For a filter of the server, which takes ids. */
export const MONITOR_ID_LOCATOR = locator('monitor', 'The monitor: from the list or by its ID', [
  byId('monitor', 'mon'),
])

export const MONITOR_LOCATOR = locator(
  'monitor',
  'The monitor: from the list, by its ID, by its full domain name or by its external ID',
  [
    byId('monitor', 'mon'),
    {
      ...named('By Domain', 'name', 'e.g. www.example.com MX'),
      hint: 'The full name; add the record type when several monitors watch it',
    },
    {
      ...named('By External ID', 'externalId', 'e.g. customer-42-mx'),
      hint: 'The external ID that the monitor was created with',
    },
  ],
)

export const GROUP_LOCATOR = locator('group', 'The group: from the list, or by its ID or slug', [
  named('By ID or Slug', 'id', 'e.g. production-dns'),
])

export const WEBHOOK_LOCATOR = locator('webhook', 'The webhook: from the list, by its ID or by its URL', [
  byId('webhook', 'wh'),
  named('By URL', 'url', 'e.g. https://hooks.example.com/dns'),
])

/** The list comes first, as n8n's users expect. */
function locator(what: What, description: string, modes: readonly INodePropertyMode[]): INodeProperties {
  return {
    displayName: `${what.slice(0, 1).toUpperCase()}${what.slice(1)}`,
    name: what,
    type: 'resourceLocator',
    required: true,
    default: { mode: 'list', value: '' },
    description,
    modes: [
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: `Select a ${what}...`,
        typeOptions: { searchListMethod: SEARCHES[what], searchable: true },
      },
      ...modes,
    ],
  }
}

function named(displayName: string, name: string, placeholder: string): INodePropertyMode {
  return { ...TYPED, displayName, name, placeholder }
}

function byId(what: What, prefix: string): INodePropertyMode {
  const properties = { regex: `^\\s*${prefix}_\\S+\\s*$`, errorMessage: `The ID of a ${what} begins with ${prefix}_` }
  return {
    ...named('By ID', 'id', `e.g. ${prefix}_01jh3x5q9zfmq8b7n2w4c6k8ra`),
    validation: [{ type: 'regex', properties }],
  }
}
