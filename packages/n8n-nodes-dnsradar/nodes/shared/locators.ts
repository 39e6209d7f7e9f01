/** One monitor, group or webhook, chosen from a list or named. */
import type { INodeProperties } from 'n8n-workflow'

export const MONITOR_LOCATOR: INodeProperties = {
  displayName: 'Monitor',
  name: 'monitor',
  type: 'resourceLocator',
  required: true,
  default: { mode: 'list', value: '' },
  description: 'The monitor: from the list, by its ID, by its full domain name or by its external ID',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a monitor...',
      typeOptions: { searchListMethod: 'searchMonitors', searchable: true },
    },
    {
      displayName: 'By ID',
      name: 'id',
      type: 'string',
      placeholder: 'e.g. mon_01jh3x5q9zfmq8b7n2w4c6k8ra',
      validation: [
        {
          type: 'regex',
          properties: { regex: '^\\s*mon_\\S+\\s*$', errorMessage: 'The ID of a monitor begins with mon_' },
        },
      ],
    },
    {
      displayName: 'By Domain',
      name: 'name',
      type: 'string',
      placeholder: 'e.g. www.example.com MX',
      hint: 'The full name; add the record type when several monitors watch it',
    },
    {
      displayName: 'By External ID',
      name: 'externalId',
      type: 'string',
      placeholder: 'e.g. customer-42-mx',
      hint: 'The external ID that the monitor was created with',
    },
  ],
}

/** For a filter of the server, which takes ids. */
export const MONITOR_ID_LOCATOR: INodeProperties = {
  displayName: 'Monitor',
  name: 'monitor',
  type: 'resourceLocator',
  required: true,
  default: { mode: 'list', value: '' },
  description: 'The monitor: from the list or by its ID',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a monitor...',
      typeOptions: { searchListMethod: 'searchMonitors', searchable: true },
    },
    {
      displayName: 'By ID',
      name: 'id',
      type: 'string',
      placeholder: 'e.g. mon_01jh3x5q9zfmq8b7n2w4c6k8ra',
      validation: [
        {
          type: 'regex',
          properties: { regex: '^\\s*mon_\\S+\\s*$', errorMessage: 'The ID of a monitor begins with mon_' },
        },
      ],
    },
  ],
}

export const GROUP_LOCATOR: INodeProperties = {
  displayName: 'Group',
  name: 'group',
  type: 'resourceLocator',
  required: true,
  default: { mode: 'list', value: '' },
  description: 'The group: from the list, or by its ID or slug',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a group...',
      typeOptions: { searchListMethod: 'searchGroups', searchable: true },
    },
    { displayName: 'By ID or Slug', name: 'id', type: 'string', placeholder: 'e.g. production-dns' },
  ],
}

export const WEBHOOK_LOCATOR: INodeProperties = {
  displayName: 'Webhook',
  name: 'webhook',
  type: 'resourceLocator',
  required: true,
  default: { mode: 'list', value: '' },
  description: 'The webhook: from the list, by its ID or by its URL',
  modes: [
    {
      displayName: 'From List',
      name: 'list',
      type: 'list',
      placeholder: 'Select a webhook...',
      typeOptions: { searchListMethod: 'searchWebhooks', searchable: true },
    },
    {
      displayName: 'By ID',
      name: 'id',
      type: 'string',
      placeholder: 'e.g. wh_01jh3x5q9zfmq8b7n2w4c6k8ra',
      validation: [
        {
          type: 'regex',
          properties: { regex: '^\\s*wh_\\S+\\s*$', errorMessage: 'The ID of a webhook begins with wh_' },
        },
      ],
    },
    { displayName: 'By URL', name: 'url', type: 'string', placeholder: 'e.g. https://hooks.example.com/dns' },
  ],
}
