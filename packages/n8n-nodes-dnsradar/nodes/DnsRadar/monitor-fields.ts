/** The fields of a monitor that create, create or update, and create many share, and the body that they make. */
import type { IDataObject, INodeProperties } from 'n8n-workflow'
import type { NewMonitorInput, NotifyMode } from '../shared/client.ts'
import { asText } from '../shared/text.ts'
import { entriesField, entriesOf } from './entries.ts'
import { EXPECTATION_FIELDS, expectationOf } from './expected-fields.ts'
import { type Call, collection, text } from './operation.ts'

export const FREQUENCY_FIELD: INodeProperties = {
  displayName: 'Frequency',
  name: 'frequency',
  type: 'options',
  default: 60,
  description: 'Time between two checks; the plan of the organization may allow fewer',
  options: [
    { name: 'Every Minute', value: 1 },
    { name: 'Every 5 Minutes', value: 5 },
    { name: 'Every 10 Minutes', value: 10 },
    { name: 'Every 15 Minutes', value: 15 },
    { name: 'Every 30 Minutes', value: 30 },
    { name: 'Every Hour', value: 60 },
    { name: 'Every 2 Hours', value: 120 },
  ],
}

export const NAME_FIELD: INodeProperties = {
  displayName: 'Domain',
  name: 'domain',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. www.example.com',
  description: 'Full name of the record, or an IP address with the record type PTR',
}

export const EXTERNAL_ID_FIELD: INodeProperties = {
  displayName: 'External ID',
  name: 'externalId',
  type: 'string',
  default: '',
  placeholder: 'e.g. customer-42-mx',
  description: 'The ID that your own system has for it; unique in the organization',
}

export const METADATA_FIELD: INodeProperties = {
  ...entriesField('Metadata', 'metadata', 'Entry'),
  description: 'Data of your own; it comes back with every event',
}

export const NOTIFY_FIELD: INodeProperties = {
  displayName: 'Notify',
  name: 'notify',
  type: 'options',
  default: 'immediately',
  description: 'From when on a change is an event',
  options: [
    { name: 'After the First Success', value: 'after_success', description: 'Silent until it was valid once' },
    { name: 'Immediately', value: 'immediately', description: 'Bad when first checked is an event' },
    { name: 'On Success', value: 'on_success', description: 'The first event is the first success' },
  ],
}

export const GROUP_FIELD: INodeProperties = {
  displayName: 'Group',
  name: 'group',
  type: 'string',
  default: '',
  placeholder: 'e.g. production-dns',
  description: 'Slug or ID; a slug that does not exist makes the group',
}

const EXTRA_FIELDS: readonly INodeProperties[] = [
  {
    displayName: 'Active',
    name: 'isActive',
    type: 'boolean',
    default: true,
    description: 'Whether the monitor is checked at all',
  },
  EXTERNAL_ID_FIELD,
  FREQUENCY_FIELD,
  GROUP_FIELD,
  METADATA_FIELD,
  NOTIFY_FIELD,
]

export function newMonitorFields({ withExternalId = true } = {}): INodeProperties[] {
  return [
    NAME_FIELD,
    ...EXPECTATION_FIELDS,
    {
      displayName: 'Additional Fields',
      name: 'additionalFields',
      type: 'collection',
      default: {},
      placeholder: 'Add Field',
      options: EXTRA_FIELDS.filter((field) => withExternalId || field !== EXTERNAL_ID_FIELD),
    },
  ]
}

export function newMonitor(call: Call): NewMonitorInput {
  return {
    full_domain: text(call, 'domain'),
    ...expectationOf(call),
    ...extrasOf(collection(call, 'additionalFields')),
  }
}

/** The members that have no field of their own in the panel. Only what is given; null takes away what was set. */
export function extrasOf(
  fields: IDataObject,
): Pick<NewMonitorInput, 'frequency' | 'group' | 'notify' | 'external_id' | 'metadata' | 'is_active'> {
  const { frequency, group, notify, externalId, metadata, isActive } = fields
  return {
    ...(frequency === undefined ? {} : { frequency: Number(frequency) }),
    ...(group === undefined ? {} : { group: textOrNull(group) }),
    ...(notify === undefined ? {} : { notify: notify as NotifyMode }),
    ...(externalId === undefined ? {} : { external_id: textOrNull(externalId) }),
    ...(metadata === undefined ? {} : { metadata: entriesOf(metadata) }),
    ...(isActive === undefined ? {} : { is_active: isActive === true }),
  }
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : asText(value)
}
